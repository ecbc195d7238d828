/** The fused shared cell of SC-LSTM over a packed batch of sentences: a memory that tasks share, read by one task. */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { registerFusedGradient, runFusedSingle } from './kernel-call.ts';
import type { PackedRows } from './layout.ts';
import type { LstmLayer, LstmWeights } from './lstm.ts';

/** One direction: the shared LSTM, and a task's output gate of its memory: kernel [I,H], recurrent [H,H], bias [H]. */
export interface SharedCellWeights {
  readonly shared: LstmWeights;
  readonly gate: LstmWeights;
}

/** One layer: [forward] or [forward, backward]. */
export type SharedCellLayer = readonly SharedCellWeights[];

/** A layer of LSTMs (or of GRUs, whose weights have the same names), or of a shared cell. */
export type RecurrentLayer = LstmLayer | SharedCellLayer;

export function isSharedCell(layer: RecurrentLayer): layer is SharedCellLayer {
  return layer.some((direction) => 'gate' in direction);
}

export interface SharedCellAttributes {
  readonly rows: PackedRows;
  readonly directions: number;
  readonly inputSize: number;
  readonly hiddenSize: number;
  saved: unknown;
}

const parts = ['kernel', 'recurrent', 'bias', 'gateKernel', 'gateRecurrent', 'gateBias'] as const;

/**
 * The shared LSTM (Lu et al. 2019, Eq. 1) and one task's output gate (Eq. 2: o^k = σ(W_k·q^k_{t−1} + U_k·x), q^k = o^k ∘ tanh(c)) over
 * x [N,I] in packed rows, from zero states. The papers have no biases: ours are learned.
 * Returns [N, directions·2H], of each direction h ‖ q^k (Eq. 3, the halves the other way round), the directions side by side.
 */
export function sharedCellSequence(x: Tensor2D, layer: SharedCellLayer, rows: PackedRows): Tensor2D {
  const inputs: Record<string, Tensor> = { x };
  for (const [i, { shared, gate }] of layer.entries()) {
    const tensors = [shared.kernel, shared.recurrent, shared.bias, gate.kernel, gate.recurrent, gate.bias];
    for (const [place, part] of parts.entries()) inputs[`${part}${i}`] = tensors[place] as Tensor;
  }
  const attributes: SharedCellAttributes = {
    rows,
    directions: layer.length,
    inputSize: x.shape[1],
    hiddenSize: layer[0]?.shared.recurrent.shape[0] ?? 0,
    saved: null,
  };
  return runFusedSingle('SharedCell', inputs, attributes) as Tensor2D;
}

export function registerSharedCellGradients(): void {
  registerFusedGradient<SharedCellAttributes>('SharedCell', ({ directions }) => {
    const numbers = Array.from({ length: directions }, (_, i) => i);
    return ['x', ...numbers.flatMap((i) => parts.map((part) => `${part}${i}`))];
  });
}
