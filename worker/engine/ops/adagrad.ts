/** One AdaGrad step over named weights: share loss, global norm clipping and the update, beside `adam.ts`. */
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { runFused } from './kernel-call.ts';

/** A dense weight to update in place. */
export interface AdagradDense {
  readonly value: Tensor;
  /** Same shape as the value, or null when only the share loss moves it. */
  readonly gradient: Tensor | null;
  /** Sum of the squared gradients so far, same shape, from zeros. */
  readonly squares: Tensor;
  /** The other half of a soft pair: adds the gradient of λ‖value − twin‖². */
  readonly twin: Tensor | null;
}

/** Rows of a table to update in place; rows not named keep their sums. Not clipped, as in Adam's step. */
export interface AdagradRows {
  readonly table: Tensor;
  readonly squares: Tensor;
  /** Distinct row numbers. */
  readonly rows: Int32Array;
  /** [rows, columns]. */
  readonly gradient: Tensor;
}

/** AdaGrad with a diagonal matrix (Duchi et al. 2011) after clipping all dense gradients to a global norm. */
export interface AdagradSettings {
  readonly learningRate: number;
  /** Beside the root of the sum of squares; 1e-10 where nothing else is known. */
  readonly epsilon: number;
  readonly clipNorm: number;
  /** λ of L_share (TTN), as in Adam's settings. */
  readonly shareWeight: number;
}

export interface AdagradAttributes {
  readonly dense: readonly AdagradDense[];
  readonly rows: readonly AdagradRows[];
  readonly settings: AdagradSettings;
}

/**
 * squares += g², value −= rate · g / (√squares + ε), in place.
 * Returns the global gradient norm before clipping and L_share = Σ‖θ_source − θ_target‖², before the update.
 */
export function adagradUpdate(
  dense: readonly AdagradDense[],
  rows: readonly AdagradRows[],
  settings: AdagradSettings,
): { norm: Scalar; shareLoss: Scalar } {
  const attributes: AdagradAttributes = { dense, rows, settings };
  const [norm, shareLoss] = runFused('AdagradUpdate', {}, attributes);
  return { norm: norm as Scalar, shareLoss: shareLoss as Scalar };
}
