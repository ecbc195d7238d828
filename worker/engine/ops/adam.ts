/** One optimiser step over named weights: share loss, global norm clipping and Adam in a single pass. */
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { runFused } from './kernel-call.ts';

/** A dense weight to update in place. */
export interface DenseUpdate {
  readonly value: Tensor;
  /** Same shape as the value, or null when only the share loss moves it. */
  readonly gradient: Tensor | null;
  /** Adam's first and second moments, same shape. */
  readonly first: Tensor;
  readonly second: Tensor;
  /** How often this weight has been updated, this time included: 1, 2, … */
  readonly step: number;
  /** The other half of a soft pair: adds the gradient of λ‖value − twin‖². */
  readonly twin: Tensor | null;
}

/** Rows of a table to update in place; rows not named keep their moments (as PyTorch's SparseAdam). Not clipped. */
export interface RowUpdate {
  readonly table: Tensor;
  readonly first: Tensor;
  readonly second: Tensor;
  readonly step: number;
  /** Distinct row numbers. */
  readonly rows: Int32Array;
  /** [rows, columns]. */
  readonly gradient: Tensor;
}

/** Adam (Kingma and Ba 2014) after clipping all dense gradients to a global norm. */
export interface AdamSettings {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly clipNorm: number;
  /** λ of L_share (TTN): the share loss is a function of the weights alone, so its gradient is added here. */
  readonly shareWeight: number;
}

export interface AdamAttributes {
  readonly dense: readonly DenseUpdate[];
  readonly rows: readonly RowUpdate[];
  readonly settings: AdamSettings;
}

/** Updates all weights in place. Returns the global gradient norm before clipping and L_share = Σ‖θ_source − θ_target‖², before the update. */
export function adamUpdate(
  dense: readonly DenseUpdate[],
  rows: readonly RowUpdate[],
  settings: AdamSettings,
): { norm: Scalar; shareLoss: Scalar } {
  const attributes: AdamAttributes = { dense, rows, settings };
  const [norm, shareLoss] = runFused('AdamUpdate', {}, attributes);
  return { norm: norm as Scalar, shareLoss: shareLoss as Scalar };
}
