/** What one epoch of training leaves behind. */

/** One epoch as it is stored and drawn. */
export interface EpochRecord {
  readonly epoch: number;
  /** Mean losses a batch, of the sources together; `share` is L_share before λ. */
  readonly targetLoss: number;
  readonly sourceLoss: number | null;
  readonly shareLoss: number | null;
  /** Strict micro F1 on dev; accuracy where tokens have classes. */
  readonly devMicroF1: number;
  readonly devMacroF1: number;
  readonly best: boolean;
  readonly seconds: number;
  readonly tokensPerSecond: number;
}

/** How far an epoch is. */
export interface StepProgress {
  readonly epoch: number;
  readonly batch: number;
  readonly batches: number;
  readonly loss: number;
  readonly tokensPerSecond: number;
}
