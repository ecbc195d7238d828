/** CharacterLstm and its gradient: words are sentences of characters, run by whatever kernel the backend has for LstmSequence. */
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
import { runFused } from '../ops/kernel-call.ts';
import type { CharacterLstmAttributes, LstmSequenceAttributes } from '../ops/lstm.ts';
import { characterRows } from '../ops/character-rows.ts';
import { keepForStep } from './step.ts';

type Inputs = Readonly<Record<string, Tensor>>;

interface SavedCharacters {
  readonly sequence: LstmSequenceAttributes;
  /** The character of each row. */
  readonly ids: Tensor1D;
  /** The row of each word's final state, forwards and backwards. */
  readonly ends: readonly [Tensor1D, Tensor1D];
}

/** See ops/lstm.ts. */
export function characterLstm({ embedding, ...weights }: Inputs, attributes: CharacterLstmAttributes): Tensor[] {
  const { layers, inputSize, hiddenSize } = attributes;
  const { rows, ids, first, last } = characterRows(attributes.tries);
  const saved: SavedCharacters = {
    sequence: { rows, layers, directions: 2, inputSize, hiddenSize, saved: null },
    ids: upload(ids),
    ends: [upload(last), upload(first)],
  };
  attributes.saved = saved;
  const x = gather(embedding as Tensor2D, saved.ids);
  return runFused('LstmSequence', { x, ...weights }, saved.sequence).map((hidden) =>
    concat(
      split(hidden, 2, 1).map((direction, d) => gather(direction, saved.ends[d] as Tensor1D)),
      1,
    ),
  );
}

/** Gradients of the embedding, then kernel, recurrent and bias of each direction of each layer. */
export function characterLstmGradient(inputs: Inputs, attributes: CharacterLstmAttributes): Tensor[] {
  const { sequence, ids, ends } = attributes.saved as SavedCharacters;
  const toRows = (dy: Tensor): Tensor =>
    concat(
      split(dy, 2, 1).map((direction, d) => unsortedSegmentSum(direction, ends[d] as Tensor1D, sequence.rows.rows)),
      1,
    );
  const dHidden = Object.fromEntries(Object.entries(inputs).map(([name, dy]) => [name, toRows(dy)]));
  const [dx, ...weights] = runFused('LstmSequenceGrad', dHidden, sequence);
  return [unsortedSegmentSum(dx as Tensor, ids, attributes.alphabet), ...weights];
}

function upload(indices: Int32Array): Tensor1D {
  return keepForStep(tensor1d(indices, 'int32'));
}
