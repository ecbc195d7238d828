/** Dropout masks of any backend, bit for bit those of the simd kernels: computed here and uploaded, unless the backend draws them itself. */
import { tensor2d, type Tensor2D } from '@tensorflow/tfjs-core';
import { runFusedSingle } from '../ops/kernel-call.ts';
import type { Dropout } from '../ops/rows.ts';
import { keepForStep } from './step.ts';

/** A mask [rows, columns] of 0 and 1/(1−rate) that lives until the step ends, or null when nothing is dropped. */
export function dropoutMask(rows: number, columns: number, dropout: Dropout): Tensor2D | null {
  if (dropout.rate === 0) return null;
  const attributes: DropoutMaskAttributes = { rows, columns, dropout };
  return keepForStep(runFusedSingle('DropoutMask', {}, attributes) as Tensor2D);
}

export interface DropoutMaskAttributes {
  readonly rows: number;
  readonly columns: number;
  readonly dropout: Dropout;
}

/** The kernel DropoutMask for backends without one of their own. */
export function uploadedMask(_inputs: object, { rows, columns, dropout }: DropoutMaskAttributes): Tensor2D {
  return tensor2d(dropoutValues(rows * columns, dropout), [rows, columns]);
}

/** The first `count` draws of a dropout: murmur3's finaliser over seed + position · golden ratio (see simd/kernels/rows.ts). */
export function dropoutValues(count: number, { rate, seed }: Dropout): Float32Array {
  const values = new Float32Array(count);
  const threshold = Math.floor(rate * 4294967296);
  const scale = 1 / (1 - rate);
  for (let i = 0; i < count; i++) {
    let x = (seed + Math.imul(i, 0x9e3779b1)) | 0;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    x ^= x >>> 16;
    if (x >>> 0 >= threshold) values[i] = scale;
  }
  return values;
}
