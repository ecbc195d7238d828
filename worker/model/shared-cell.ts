/** The SC-LSTM cell (Lu et al. 2019, §3.2): a memory that tasks share, read by an output gate of each task beside the common one. */
import { concat, reshape, slice, zeros, type Rank, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import type { LstmWeights } from '../engine/ops/lstm.ts';

/**
 * The shared LSTM (Eq. 1) and one task's output gate (Eq. 2: o^k = σ(W_k·q^k_{t−1} + U_k·x), q^k = o^k ∘ tanh(c)) as one LSTM of twice the
 * size whose output is h ‖ q^k (Eq. 3, the halves the other way round). Its second half repeats the cell of the first, whose gates
 * read h alone, and is let out by the task's gate, which reads q^k alone: exactly the paper's equations, run by the ordinary kernel.
 * `shared` kernel [I,4H], recurrent [H,4H], bias [4H]; `gate` [I,H], [H,H], [H]. The papers have no biases: ours are learned.
 */
export function sharedCell(shared: LstmWeights, gate: LstmWeights): LstmWeights {
  const H = shared.recurrent.shape[0] ?? 0;
  const nothing = (columns: number): Tensor2D => zeros<Rank.R2>([H, columns]);
  const row = (bias: Tensor): Tensor2D => reshape<Rank.R2>(bias, [1, -1]);
  const fromCommon = beside(shared.recurrent as Tensor2D, nothing(H), H);
  const fromTask: Tensor2D = concat([nothing(7 * H), gate.recurrent as Tensor2D], 1);
  const flat = [fromCommon, fromTask].map((half) => reshape<Rank.R2>(half, [1, 8 * H * H]));
  return {
    kernel: beside(shared.kernel as Tensor2D, gate.kernel as Tensor2D, H),
    recurrent: reshape<Rank.R2>(concat<Tensor2D>(flat, 1), [2 * H, 8 * H]),
    bias: reshape<Rank.R1>(beside(row(shared.bias), row(gate.bias), H), [8 * H]),
  };
}

/** Gates i, f, g twice each, then the common output gate and the task's: columns of the LSTM of twice the size. */
function beside(shared: Tensor2D, own: Tensor2D, H: number): Tensor2D {
  const [i, f, g, o] = [0, 1, 2, 3].map((gate) => slice(shared, [0, gate * H], [-1, H])) as [
    Tensor2D,
    Tensor2D,
    Tensor2D,
    Tensor2D,
  ];
  return concat([i, i, f, f, g, g, o, own], 1);
}
