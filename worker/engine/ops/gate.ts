/** The gate of DTN as one operation. */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { registerFusedGradient, runFusedSingle } from './kernel-call.ts';

export interface GateAttributes {
  readonly rows: number;
  readonly size: number;
  readonly inputSize: number;
  saved: unknown;
}

/**
 * g = σ(first·K₁ + second·K₂ + input·K₃ + bias); out = (1−g)·second + g·first (DTN Eq. 1–4).
 * first, second [N,O], input [N,I]; kernel [2O+I, O] holds K₁, K₂, K₃ below each other; bias [O]. Element-wise gates.
 */
export function gateMix(
  first: Tensor2D,
  second: Tensor2D,
  input: Tensor2D,
  kernel: Tensor2D,
  bias: Tensor1D,
): Tensor2D {
  const attributes: GateAttributes = {
    rows: first.shape[0],
    size: first.shape[1],
    inputSize: input.shape[1],
    saved: null,
  };
  return runFusedSingle('GateMix', { first, second, input, kernel, bias }, attributes) as Tensor2D;
}

export function registerGateGradients(): void {
  registerFusedGradient('GateMix', () => ['first', 'second', 'input', 'kernel', 'bias']);
}
