/** The maximum over the steps of each sequence. */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { registerFusedGradient, runFusedSingle } from './kernel-call.ts';
import type { PackedRows } from './layout.ts';

export interface MaxOverStepsAttributes {
  readonly rows: PackedRows;
  readonly columns: number;
  saved: unknown;
}

/**
 * out[s, c] = max over the steps t of sequence s of x[row of (s, t), c]; x [N,F] in packed rows, out [sequences, F] in the order of the
 * rows' first step. Of equal steps the first has the gradient.
 */
export function maxOverSteps(x: Tensor2D, rows: PackedRows): Tensor2D {
  const attributes: MaxOverStepsAttributes = { rows, columns: x.shape[1], saved: null };
  return runFusedSingle('MaxOverSteps', { x }, attributes) as Tensor2D;
}

export function registerMaxPoolGradients(): void {
  registerFusedGradient('MaxOverSteps', () => ['x']);
}
