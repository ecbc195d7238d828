/** The fused GRU operation over a packed batch of sequences. */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { registerFusedGradient, runFused } from './kernel-call.ts';
import type { PackedRows } from './layout.ts';

/** One direction: kernel [I,3H], recurrent [H,3H], bias [3H]; gates in the order r (reset), z (update), h̃ (candidate). */
export interface GruWeights {
  readonly kernel: Tensor;
  readonly recurrent: Tensor;
  readonly bias: Tensor;
}

/** One layer: [forward] or [forward, backward]. */
export type GruLayer = readonly GruWeights[];

export interface GruSequenceAttributes {
  readonly rows: PackedRows;
  readonly layers: number;
  readonly directions: number;
  readonly inputSize: number;
  readonly hiddenSize: number;
  saved: unknown;
}

/**
 * GRUs that all read x [N,I] in packed rows, from zero states, in the form of Cho et al. 2014 and Yang 2017 §3.4 (the reset gate
 * acts on the state before the recurrent product):
 * r = σ(x·Wr + h·Ur + br), z = σ(x·Wz + h·Uz + bz), h̃ = tanh(x·Wh + (r ∘ h)·Uh + bh), h' = z ∘ h + (1 − z) ∘ h̃.
 * The papers have no biases: zeros that are never trained give exactly their equations.
 * Returns for each layer h [N, directions·H], the directions side by side; a backward direction starts at each sequence's own
 * last row. Distinct words, longest first, are sequences of characters as sentences are of words. Stacked layers are calls one
 * after the other.
 */
export function gruSequence(x: Tensor2D, layers: readonly GruLayer[], rows: PackedRows): Tensor2D[] {
  const attributes: GruSequenceAttributes = {
    rows,
    layers: layers.length,
    directions: layers[0]?.length ?? 0,
    inputSize: x.shape[1],
    hiddenSize: layers[0]?.[0]?.recurrent.shape[0] ?? 0,
    saved: null,
  };
  const inputs: Record<string, Tensor> = { x };
  for (const [i, direction] of layers.flat().entries()) {
    inputs[`kernel${i}`] = direction.kernel;
    inputs[`recurrent${i}`] = direction.recurrent;
    inputs[`bias${i}`] = direction.bias;
  }
  return runFused('GruSequence', inputs, attributes) as Tensor2D[];
}

export function registerGruGradients(): void {
  registerFusedGradient<GruSequenceAttributes>('GruSequence', ({ layers, directions }) => {
    const numbers = Array.from({ length: layers * directions }, (_, i) => i);
    return ['x', ...numbers.flatMap((i) => [`kernel${i}`, `recurrent${i}`, `bias${i}`])];
  });
}
