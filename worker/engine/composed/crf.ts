/** CrfLoss with its gradient and CrfViterbi, composed: sums in logarithms over [sentences, K, K] a step, so that nothing underflows. */
import {
  add,
  concat,
  div,
  expandDims,
  logSumExp,
  mul,
  reshape,
  scalar,
  slice,
  softmax,
  sub,
  sum,
  tensor2d,
  tile,
  type Scalar,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import type { CrfLossAttributes, CrfViterbiAttributes } from '../ops/crf.ts';
import type { PackedRows } from '../ops/layout.ts';
import { keepForStep } from './step.ts';

type Inputs = Readonly<Record<string, Tensor>>;

/** Scores with −1e30 where a transition is not permitted. */
interface Scores {
  /** The first row of each step and its sentences. */
  readonly steps: readonly { readonly offset: number; readonly count: number; readonly continuing: number }[];
  /** [N,K], with the cost of wrong tags in training. */
  readonly emissions: Tensor2D;
  /** [K,K] from tag to tag; [1,K] from the start and to the end. */
  readonly inside: Tensor2D;
  readonly start: Tensor2D;
  readonly end: Tensor2D;
}

/** A batch whose forward sums are known. */
interface Forward {
  readonly scores: Scores;
  /** log Σ of all beginnings that end with a tag, [sentences of the step, K]. */
  readonly alphas: readonly Tensor2D[];
  /** log Σ over all sequences, [sentences, 1]. */
  readonly partitions: Tensor2D;
}

interface SavedCrf extends Forward {
  readonly goldEmissions: Tensor2D;
  readonly goldTransitions: Tensor2D;
}

/** See ops/crf.ts. */
export function crfLoss(inputs: Inputs, attributes: CrfLossAttributes): Scalar {
  const { rows, tags, tagCount: K, cost } = attributes;
  const gold = goldCounts(rows, tags, K);
  const emissions = inputs['emissions'] as Tensor2D;
  const costly: Tensor2D = cost === 0 ? emissions : add(emissions, mul(sub(scalar(1), gold.emissions), scalar(cost)));
  const forward = forwardSums(scoresOf(costly, inputs['transitions'] as Tensor2D, attributes));
  const own = add(sum(mul(emissions, gold.emissions)), sum(mul(inputs['transitions'] as Tensor2D, gold.transitions)));
  const { scores, alphas, partitions } = forward;
  for (const kept of [...alphas, partitions, scores.inside, scores.start, scores.end]) keepForStep(kept);
  attributes.saved = {
    scores: { ...scores, emissions: keepForStep(scores.emissions.clone()) },
    alphas,
    partitions,
    goldEmissions: keepForStep(gold.emissions),
    goldTransitions: keepForStep(gold.transitions),
  } satisfies SavedCrf;
  return div(sub(sum(partitions), own), scalar(rows.sentences));
}

/** Gradients of emissions and transitions; dy is a scalar. */
export function crfLossGradient(inputs: Inputs, attributes: CrfLossAttributes): Tensor[] {
  const saved = attributes.saved as SavedCrf;
  const betas = backwardSums(saved.scores);
  const probabilities = marginals(saved, betas);
  const scale = div(inputs['dy0'] as Tensor, scalar(attributes.rows.sentences));
  const expected = expectedTransitions(saved, betas, probabilities);
  return [
    mul(sub(concat(probabilities), saved.goldEmissions), scale),
    mul(sub(expected, saved.goldTransitions), scale),
  ];
}

/** The forward sums and each token's marginal probabilities, for the best path. */
export function crfMarginals(
  inputs: Inputs,
  attributes: CrfViterbiAttributes,
): { scores: Scores; probabilities: Tensor2D[] } {
  const scores = scoresOf(inputs['emissions'] as Tensor2D, inputs['transitions'] as Tensor2D, attributes);
  return { scores, probabilities: marginals(forwardSums(scores), backwardSums(scores)) };
}

/** Rows of a step: all its sentences, or those from `first` on. */
export function rowsOf(table: Tensor2D, offset: number, count: number): Tensor2D {
  return slice(table, [offset, 0], [count, -1]);
}

function scoresOf(
  emissions: Tensor2D,
  transitions: Tensor2D,
  { rows, tagCount: K, permitted }: Pick<CrfLossAttributes, 'rows' | 'tagCount' | 'permitted'>,
): Scores {
  const mask = tensor2d(
    Float32Array.from(permitted, (allowed) => (allowed ? 0 : -1e30)),
    [K + 2, K],
  );
  const masked: Tensor2D = add(transitions, mask);
  let offset = 0;
  const steps = Array.from(rows.steps, (count, t) => {
    offset += count;
    return { offset: offset - count, count, continuing: rows.steps[t + 1] ?? 0 };
  });
  return {
    steps,
    emissions,
    inside: rowsOf(masked, 0, K),
    start: rowsOf(masked, K, 1),
    end: rowsOf(masked, K + 1, 1),
  };
}

function forwardSums(scores: Scores): Forward {
  const alphas: Tensor2D[] = [];
  const partitions: Tensor2D[] = [];
  for (const { offset, count, continuing } of scores.steps) {
    const own = rowsOf(scores.emissions, offset, count);
    const before = alphas.at(-1);
    const reached: Tensor2D = before
      ? logSumExp(add(expandDims(rowsOf(before, 0, count), 2), expandDims(scores.inside, 0)), 1)
      : scores.start;
    const alpha: Tensor2D = add(own, reached);
    alphas.push(alpha);
    if (count === continuing) continue;
    const ending = rowsOf(alpha, continuing, count - continuing);
    partitions.push(logSumExp(add(ending, scores.end), 1, true));
  }
  // Sentences lie longest first, so those that end last come first.
  return { scores, alphas, partitions: concat(partitions.reverse()) };
}

/** log Σ of all continuations after a tag, [sentences of the step, K], by step. */
function backwardSums({ steps, emissions, inside, end }: Scores): Tensor2D[] {
  const betas: Tensor2D[] = [];
  for (let t = steps.length - 1; t >= 0; t--) {
    const { offset, count, continuing } = steps[t] as Scores['steps'][number];
    const parts: Tensor2D[] = [];
    if (continuing > 0) {
      const later: Tensor2D = add(rowsOf(emissions, offset + count, continuing), betas[t + 1] as Tensor2D);
      parts.push(logSumExp(add(expandDims(inside, 0), expandDims(later, 1)), 2));
    }
    if (count > continuing) parts.push(tile(end, [count - continuing, 1]));
    betas[t] = concat(parts);
  }
  return betas;
}

/** Normalised token by token, so that rounding of the sums does not grow with the length of a sentence. */
function marginals({ alphas }: Pick<Forward, 'alphas'>, betas: readonly Tensor2D[]): Tensor2D[] {
  return alphas.map((alpha, t): Tensor2D => softmax(add(alpha, betas[t] as Tensor2D), 1));
}

/** How often each transition is expected in the whole batch, [K+2,K]. */
function expectedTransitions(
  { scores, alphas }: Forward,
  betas: readonly Tensor2D[],
  probabilities: readonly Tensor2D[],
): Tensor2D {
  const K = scores.inside.shape[0];
  let inside: Tensor2D = mul(scores.inside, scalar(0));
  let end: Tensor2D = mul(scores.end, scalar(0));
  for (const [t, { offset, count, continuing }] of scores.steps.entries()) {
    const own = probabilities[t] as Tensor2D;
    if (count > continuing) end = add(end, sum(rowsOf(own, continuing, count - continuing), 0, true));
    const before = alphas[t - 1];
    if (!before) continue;
    const from = expandDims(rowsOf(before, 0, count), 2);
    const to = expandDims(add(rowsOf(scores.emissions, offset, count), betas[t] as Tensor2D), 1);
    const pairs = reshape(add(add(from, to), expandDims(scores.inside, 0)), [count, K * K]);
    inside = add(inside, reshape(sum(softmax(pairs, 1), 0), [K, K]));
  }
  const start = reshape(sum(probabilities[0] as Tensor2D, 0), [1, K]);
  return concat([inside, start, end] as Tensor2D[]);
}

/** 1 at each row's gold tag [N,K], and how often each transition is gold [K+2,K]. */
function goldCounts(
  { rows, steps }: PackedRows,
  tags: Int32Array,
  K: number,
): { emissions: Tensor2D; transitions: Tensor2D } {
  const emissions = new Float32Array(rows * K);
  const transitions = new Float32Array((K + 2) * K);
  const count = (from: number, to: number): void => {
    transitions[from * K + to] = (transitions[from * K + to] ?? 0) + 1;
  };
  let [offset, before] = [0, 0];
  for (const [t, active] of steps.entries()) {
    for (let s = 0; s < active; s++) {
      const tag = tags[offset + s] ?? 0;
      emissions[(offset + s) * K + tag] = 1;
      count(t === 0 ? K : (tags[before + s] ?? 0), tag);
      if (s >= (steps[t + 1] ?? 0)) count(K + 1, tag);
    }
    before = offset;
    offset += active;
  }
  return { emissions: tensor2d(emissions, [rows, K]), transitions: tensor2d(transitions, [K + 2, K]) };
}
