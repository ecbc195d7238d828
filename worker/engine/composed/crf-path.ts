/** CrfViterbi, composed: the best path stays on the device until the caller reads it. */
import {
  add,
  argMax,
  concat,
  expandDims,
  gather,
  max,
  reshape,
  tensor1d,
  type Rank,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import type { CrfViterbiAttributes } from '../ops/crf.ts';
import { crfMarginals, rowsOf } from './crf.ts';

/** See ops/crf.ts: tags [N] (int32) and their marginal probabilities [N]. */
export function crfViterbi(
  inputs: Readonly<Record<string, Tensor>>,
  attributes: CrfViterbiAttributes,
): [Tensor1D, Tensor1D] {
  const { scores, probabilities } = crfMarginals(inputs, attributes);
  const { steps, emissions, inside, start, end } = scores;
  const K = attributes.tagCount;
  const best: Tensor2D[] = [];
  /** The tag before on the best way to each tag, [sentences of the step, K]. */
  const before: (Tensor2D | null)[] = [];
  for (const { offset, count } of steps) {
    const last = best.at(-1);
    const ways = last && add(expandDims(rowsOf(last, 0, count), 2), expandDims(inside, 0));
    before.push(ways ? argMax<Tensor2D>(ways, 1) : null);
    best.push(add(rowsOf(emissions, offset, count), ways ? max<Tensor2D>(ways, 1) : start));
  }
  const tags: Tensor1D[] = [];
  const chosen: Tensor1D[] = [];
  for (let t = steps.length - 1; t >= 0; t--) {
    const { count, continuing } = steps[t] as (typeof steps)[number];
    const parts: Tensor1D[] = [];
    const later = before[t + 1];
    if (continuing > 0 && later) parts.push(at(later, tags[t + 1] as Tensor1D, K));
    if (count > continuing) {
      const last = rowsOf(best[t] as Tensor2D, continuing, count - continuing);
      parts.push(argMax<Tensor1D>(add(last, end), 1));
    }
    const own = concat(parts);
    tags[t] = own;
    chosen[t] = at(probabilities[t] as Tensor2D, own, K);
  }
  return [concat(tags), concat(chosen)];
}

/** table[s, columns[s]] for each row. */
function at(table: Tensor2D, columns: Tensor1D, K: number): Tensor1D {
  const rows = tensor1d(
    Int32Array.from({ length: table.shape[0] }, (_, s) => s * K),
    'int32',
  );
  return gather(reshape<Rank.R1>(table, [-1]), add<Tensor1D>(rows, columns));
}
