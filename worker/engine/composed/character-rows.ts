/** CharacterLstm by way of LstmSequence, for backends that have a fast kernel for that: words are read as packed rows of characters. */
import {
  concat,
  gather,
  split,
  tensor1d,
  unsortedSegmentSum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import type { CharacterTries, PackedRows } from '../ops/layout.ts';
import type { CharacterLstmAttributes, LstmSequenceAttributes } from '../ops/lstm.ts';
import type { ComposedKernel } from './register.ts';
import { keepForStep } from './step.ts';

/** A batch's distinct words, longest first, as rows of characters. */
export interface CharacterRows {
  readonly rows: PackedRows;
  /** The character of each row. */
  readonly ids: Int32Array;
  /** The rows of each word's first and last character, words in the tries' order. */
  readonly first: Int32Array;
  readonly last: Int32Array;
}

interface SavedCharacters {
  readonly sequence: LstmSequenceAttributes;
  readonly ids: Tensor1D;
  /** Where each word's final state is, forwards and backwards. */
  readonly ends: readonly [Tensor1D, Tensor1D];
}

/** The kernels CharacterLstm and its gradient, from those of LstmSequence. */
export function characterKernels(
  sequence: ComposedKernel<LstmSequenceAttributes>,
  sequenceGradient: ComposedKernel<LstmSequenceAttributes>,
): { forward: ComposedKernel<CharacterLstmAttributes>; gradient: ComposedKernel<CharacterLstmAttributes> } {
  const upload = (indices: Int32Array): Tensor1D => keepForStep(tensor1d(indices, 'int32'));
  return {
    forward: ({ embedding, ...weights }, attributes) => {
      const { rows, ids, first, last } = characterRows(attributes.tries);
      const { layers, inputSize, hiddenSize } = attributes;
      const saved: SavedCharacters = {
        sequence: { rows, layers, directions: 2, inputSize, hiddenSize, saved: null },
        ids: upload(ids),
        ends: [upload(last), upload(first)],
      };
      attributes.saved = saved;
      const x = gather(embedding as Tensor2D, saved.ids);
      const hidden = [sequence({ x, ...weights }, saved.sequence)].flat();
      return hidden.map((layer) =>
        concat(
          split(layer, 2, 1).map((direction, d) => gather(direction, saved.ends[d] as Tensor1D)),
          1,
        ),
      );
    },
    gradient: (inputs, attributes) => {
      const { sequence: own, ids, ends } = attributes.saved as SavedCharacters;
      const scattered = Object.entries(inputs).map(([name, dy]) => {
        const sums = split(dy, 2, 1).map((d, i) => unsortedSegmentSum(d, ends[i] as Tensor1D, own.rows.rows));
        return [name, concat(sums, 1)] as const;
      });
      const [dx, ...weights] = [sequenceGradient(Object.fromEntries(scattered), own)].flat();
      return [unsortedSegmentSum(dx as Tensor, ids, attributes.alphabet), ...weights];
    },
  };
}

/** Lays the words of the tries out as sentences of characters. */
export function characterRows({ words, lengths, forward }: CharacterTries): CharacterRows {
  const order = Array.from({ length: words }, (_, w) => w).sort((a, b) => (lengths[b] ?? 0) - (lengths[a] ?? 0));
  const longest = lengths[order[0] ?? 0] ?? 0;
  const steps = new Int32Array(longest);
  for (const length of lengths) for (let t = 0; t < length; t++) steps[t] = (steps[t] ?? 0) + 1;
  const offsets = new Int32Array(longest);
  for (let t = 1; t < longest; t++) offsets[t] = (offsets[t - 1] ?? 0) + (steps[t - 1] ?? 0);
  const count = steps.reduce((sum, step) => sum + step, 0);
  const ids = new Int32Array(count);
  const [first, last] = [new Int32Array(words), new Int32Array(words)];
  for (const [rank, w] of order.entries()) {
    let t = (lengths[w] ?? 0) - 1;
    first[w] = rank;
    last[w] = (offsets[t] ?? 0) + rank;
    for (let node = forward.last[w] ?? -1; node >= 0; node = forward.parents[node] ?? -1) {
      ids[(offsets[t--] ?? 0) + rank] = forward.ids[node] ?? 0;
    }
  }
  return { rows: { rows: count, sentences: words, steps }, ids, first, last };
}
