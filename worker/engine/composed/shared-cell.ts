/**
 * SharedCell and its gradient by way of LstmSequence: one LSTM of twice the size, whose second half repeats the cell of the first and is
 * let out by the task's gate.
 */
import {
  add,
  concat,
  reshape,
  slice,
  split,
  zeros,
  type Rank,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { runFused } from '../ops/kernel-call.ts';
import type { LstmSequenceAttributes } from '../ops/lstm.ts';
import type { SharedCellAttributes } from '../ops/shared-cell.ts';

type Inputs = Readonly<Record<string, Tensor>>;

/** See ops/shared-cell.ts. */
export function sharedCell(inputs: Inputs, attributes: SharedCellAttributes): Tensor[] {
  const { rows, directions, inputSize, hiddenSize: H } = attributes;
  const sequence: LstmSequenceAttributes = { rows, layers: 1, directions, inputSize, hiddenSize: 2 * H, saved: null };
  attributes.saved = sequence;
  const weights: Record<string, Tensor> = { x: inputs['x'] as Tensor };
  for (let i = 0; i < directions; i++) {
    const at = (name: string): Tensor2D => inputs[`${name}${i}`] as Tensor2D;
    // The first half's gates read h alone, the task's gate q alone.
    const fromCommon = beside(at('recurrent'), zeros<Rank.R2>([H, H]), H);
    const fromTask: Tensor2D = concat([zeros<Rank.R2>([H, 7 * H]), at('gateRecurrent')], 1);
    weights[`kernel${i}`] = beside(at('kernel'), at('gateKernel'), H);
    weights[`recurrent${i}`] = concat([fromCommon, fromTask]);
    weights[`bias${i}`] = reshape(beside(row(at('bias')), row(at('gateBias')), H), [8 * H]);
  }
  return runFused('LstmSequence', weights, sequence);
}

/** Gradients of x, then kernel, recurrent and bias of the shared LSTM and of the gate, direction by direction. */
export function sharedCellGradient(inputs: Inputs, attributes: SharedCellAttributes): Tensor[] {
  const { directions, hiddenSize: H } = attributes;
  const [dx, ...gradients] = runFused('LstmSequenceGrad', { ...inputs }, attributes.saved as LstmSequenceAttributes);
  const weights = Array.from({ length: directions }, (_, i) => {
    const [kernel, recurrent, bias] = gradients.slice(3 * i, 3 * i + 3) as [Tensor, Tensor, Tensor];
    const own = apart(kernel);
    const common = apart(slice(recurrent as Tensor2D, [0, 0], [H, -1]));
    const task = apart(slice(recurrent as Tensor2D, [H, 0], [H, -1]));
    const biases = apart(row(bias));
    return [
      ...[own.shared, common.shared, reshape(biases.shared, [4 * H])],
      ...[own.gate, task.gate, reshape(biases.gate, [H])],
    ];
  });
  return [dx as Tensor, ...weights.flat()];
}

const row = (bias: Tensor): Tensor2D => reshape<Rank.R2>(bias, [1, -1]);

/** Gates i, f, g twice each, then the common output gate and the task's: columns of the LSTM of twice the size. */
function beside(shared: Tensor2D, own: Tensor2D, H: number): Tensor2D {
  const columns = (gate: number): Tensor2D => slice(shared, [0, gate * H], [-1, H]);
  return concat([0, 0, 1, 1, 2, 2, 3].map(columns).concat(own), 1);
}

/** The gradients of what {@link beside} put together: a repeated gate has both its halves'. */
function apart(gradient: Tensor): { shared: Tensor2D; gate: Tensor2D } {
  const columns = split(gradient as Tensor2D, 8, 1);
  const at = (place: number): Tensor2D => columns[place] as Tensor2D;
  const shared: Tensor2D = concat([add(at(0), at(1)), add(at(2), at(3)), add(at(4), at(5)), at(6)], 1);
  return { shared, gate: at(7) };
}
