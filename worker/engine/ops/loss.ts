/** Projection to tags with dropout and mean cross-entropy, as one operation. */
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { registerFusedGradient, runFusedSingle } from './kernel-call.ts';
import type { Dropout } from './rows.ts';

export interface TagLossAttributes {
  readonly rows: number;
  readonly hiddenSize: number;
  readonly tagCount: number;
  readonly tags: Int32Array;
  readonly dropout: Dropout;
  saved: unknown;
}

/** Mean over the N tokens of −log softmax(drop(hidden)·kernel + bias)[tag]. hidden [N,H], kernel [H,K], bias [K], tags [N] in 0..K−1. */
export function tagLoss(
  hidden: Tensor2D,
  kernel: Tensor2D,
  bias: Tensor1D,
  tags: Int32Array,
  dropout: Dropout,
): Scalar {
  const attributes: TagLossAttributes = {
    rows: hidden.shape[0],
    hiddenSize: hidden.shape[1],
    tagCount: kernel.shape[1],
    tags,
    dropout,
    saved: null,
  };
  return runFusedSingle('TagLoss', { hidden, kernel, bias }, attributes) as Scalar;
}

export function registerLossGradients(): void {
  registerFusedGradient('TagLoss', () => ['hidden', 'kernel', 'bias']);
}
