/** CRF batches for tests: emissions, transitions and permitted gold tags, for the engine and for the reference. */
import { tensor2d, type Tensor2D } from '@tensorflow/tfjs-core';
import { crfPermitted, type CrfSpec } from '../../../worker/engine/ops/crf.ts';
import { permittedTags } from '../../../worker/model/permitted.ts';
import { randomValues } from '../numbers.ts';
import { matrixOf, rows, type Vector } from '../reference-blocks.ts';
import { referenceCrf, type ReferenceCrf } from './crf-reference.ts';
import { packedRows, sentenceRows } from './layouts.ts';

export interface CrfCase {
  readonly lengths: readonly number[];
  readonly K: number;
  /** iobes: the tag scheme's transitions only (K = 4 · labels + 1). */
  readonly permitted: 'all' | 'iobes';
  readonly cost: number;
  /** Emissions are uniform in ±scale; 1 where left out. */
  readonly scale?: number;
}

/** The same batch for the engine and, sentence by sentence, for the reference. */
export interface Instance {
  readonly given: CrfCase;
  readonly emissions: Float32Array;
  readonly transitions: Float32Array;
  readonly permitted: Uint8Array;
  readonly tags: Int32Array;
  readonly reference: ReferenceCrf;
  readonly sentences: readonly { rows: number[]; emissions: Vector[]; gold: number[] }[];
}

export function instance(given: CrfCase, seed = 1): Instance {
  const layout = packedRows(given.lengths);
  const { K } = given;
  const emissions = randomValues(layout.rows * K, seed, given.scale ?? 1);
  const transitions = randomValues((K + 2) * K, seed + 1, 1.5);
  const permitted = permittedOf(given);
  const tags = goldTags(given);
  const all = rows(matrixOf(emissions, [layout.rows, K]));
  const sentences = sentenceRows(layout).map((numbers) => ({
    rows: numbers,
    emissions: numbers.map((row) => all[row] ?? []),
    gold: numbers.map((row) => tags[row] ?? NaN),
  }));
  const reference = referenceCrf(rows(matrixOf(transitions, [K + 2, K])), permitted);
  return { given, emissions, transitions, permitted, tags, reference, sentences };
}

export function tensors({ given, emissions, transitions, permitted }: Instance): { emissions: Tensor2D; crf: CrfSpec } {
  const { K } = given;
  return {
    emissions: tensor2d(emissions, [emissions.length / K, K]),
    crf: { transitions: tensor2d(transitions, [K + 2, K]), permitted },
  };
}

function permittedOf({ K, permitted }: CrfCase): Uint8Array {
  if (permitted === 'all') return new Uint8Array((K + 2) * K).fill(1);
  return crfPermitted(permittedTags({ labels: [], size: K }), K);
}

/** Permitted gold tags for every sentence, in packed row order. */
function goldTags(given: CrfCase): Int32Array {
  const permitted = permittedOf(given);
  const { lengths, K } = given;
  const layout = packedRows(lengths);
  const draws = randomValues(layout.rows, 77);
  const tags = new Int32Array(layout.rows);
  for (const numbers of sentenceRows(layout)) {
    let before = K;
    for (const [t, row] of numbers.entries()) {
      const isLast = t === numbers.length - 1;
      const allowed = Array.from({ length: K }, (_, tag) => tag).filter((tag) => {
        if (permitted[before * K + tag] !== 1) return false;
        if (isLast) return permitted[(K + 1) * K + tag] === 1;
        // One token before the end an entity must not begin to need two more.
        return t < numbers.length - 2 || continues(permitted, K, tag);
      });
      before = allowed[Math.floor((((draws[row] ?? 0) + 1) / 2) * allowed.length)] ?? 0;
      tags[row] = before;
    }
  }
  return tags;
}

/** May a tag be followed by one that may end a sentence? */
function continues(permitted: Uint8Array, K: number, tag: number): boolean {
  return Array.from({ length: K }, (_, to) => to).some(
    (to) => permitted[tag * K + to] === 1 && permitted[(K + 1) * K + to] === 1,
  );
}
