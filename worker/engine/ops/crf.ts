/** Linear-chain conditional random fields over packed sentences: likelihood, softmax-margin, and the best path. */
import { keep, type Scalar, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import type { DecodedTags, DecoderSpec } from './decode.ts';
import { registerFusedGradient, runFused, runFusedSingle } from './kernel-call.ts';
import type { PackedRows } from './layout.ts';

/**
 * A CRF's scores: f(h, y) = start[y₁] + Σ emissions[n, yₙ] + Σ transitions[yₙ₋₁, yₙ] + end[y_T]. `transitions` [K+2,K] holds the
 * scores from tag to tag in rows 0…K−1, from the start in row K, to the end (of the column's tag) in row K+1.
 */
export interface CrfSpec {
  readonly transitions: Tensor2D;
  /** [K+2,K] of 0/1, laid out as `transitions`: what is 0 has no path through it, neither in the sums nor among the best. */
  readonly permitted: Uint8Array;
}

export interface CrfLossAttributes {
  readonly rows: PackedRows;
  readonly tagCount: number;
  readonly tags: Int32Array;
  readonly permitted: Uint8Array;
  readonly cost: number;
  saved: unknown;
}

export interface CrfViterbiAttributes {
  readonly rows: PackedRows;
  readonly tagCount: number;
  readonly permitted: Uint8Array;
}

/** The tag decoder's tables of permitted tags, [K+1,K] each, as a CRF's one table. */
export function crfPermitted({ inside, final }: DecoderSpec['permitted'], K: number): Uint8Array {
  const permitted = new Uint8Array((K + 2) * K);
  permitted.set(inside);
  for (const [place, isPermitted] of final.entries()) if (isPermitted) permitted[(K + 1) * K + (place % K)] = 1;
  return permitted;
}

/**
 * Mean over the sentences of −log p(y | h) = log Σ_y' exp f(h, y') − f(h, y), y' over all permitted paths: exact.
 * emissions [N,K], tags [N] in packed row order. Throws Error when the tags themselves are not permitted.
 */
export function crfLoss(emissions: Tensor2D, crf: CrfSpec, tags: Int32Array, rows: PackedRows): Scalar {
  return crfMarginLoss(emissions, crf, tags, rows, 0);
}

/**
 * Mean over the sentences of log Σ_y' exp(f(h, y') + cost(y, y')) − f(h, y): the negative of Yang 2017 §3.4's objective (the
 * softmax-margin of Gimpel and Smith 2010). Our choice where Yang is silent: cost(y, y') is `cost` times the number of tokens
 * whose tag differs. Throws as {@link crfLoss}.
 */
export function crfMarginLoss(
  emissions: Tensor2D,
  { transitions, permitted }: CrfSpec,
  tags: Int32Array,
  rows: PackedRows,
  cost: number,
): Scalar {
  const tagCount = emissions.shape[1];
  refuseImpossible(tags, rows, permitted, tagCount);
  const attributes: CrfLossAttributes = { rows, tagCount, tags, permitted, cost, saved: null };
  return runFusedSingle('CrfLoss', { emissions, transitions }, attributes) as Scalar;
}

/**
 * The permitted path with the highest score of each sentence (of equals the one with the lowest last tag, and so on backwards), and
 * for each of its tags the marginal probability p(yₙ | h) over all permitted paths; in packed row order. The inputs are read before
 * the first wait, so the caller's scope may end then.
 */
export async function crfViterbi(
  emissions: Tensor2D,
  { transitions, permitted }: CrfSpec,
  rows: PackedRows,
): Promise<DecodedTags> {
  const attributes: CrfViterbiAttributes = { rows, tagCount: emissions.shape[1], permitted };
  const [tags, probabilities] = runFused('CrfViterbi', { emissions, transitions }, attributes).map(keep) as [
    Tensor,
    Tensor,
  ];
  const values = await Promise.all([tags.data<'int32'>(), probabilities.data<'float32'>()]);
  tags.dispose();
  probabilities.dispose();
  return { tags: values[0], probabilities: values[1] };
}

export function registerCrfGradients(): void {
  registerFusedGradient('CrfLoss', () => ['emissions', 'transitions']);
}

/** A gold path without probability would have an infinite loss. */
function refuseImpossible(tags: Int32Array, { steps }: PackedRows, permitted: Uint8Array, K: number): void {
  const check = (from: number, tag: number): void => {
    if (tag >= 0 && tag < K && permitted[from * K + tag] === 1) return;
    const place = from === K ? 'start a sentence' : from > K ? 'end a sentence' : `follow tag ${from}`;
    throw new Error(`CRF: tag ${tag} may not ${place}, but the training data say so`);
  };
  let offset = 0;
  let before = 0;
  for (const [t, active] of steps.entries()) {
    for (let s = 0; s < active; s++) {
      const tag = tags[offset + s] ?? -1;
      check(t === 0 ? K : (tags[before + s] ?? -1), tag);
      if (s >= (steps[t + 1] ?? 0)) check(K + 1, tag);
    }
    before = offset;
    offset += active;
  }
}
