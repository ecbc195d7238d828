/** What a score looks like wherever it is shown, stored or printed. All values 0..1. */

export interface PrecisionRecallF1 {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** Counts behind a score; 0/0 is 0. */
export interface MatchCounts {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
}

export interface AveragedScores {
  /** All spans of all labels pooled. */
  readonly micro: PrecisionRecallF1;
  /** Unweighted mean of the labels' P, R and F1, over labels with at least one gold span (the papers' macro F1). */
  readonly macro: PrecisionRecallF1;
}

export interface LabelScore {
  readonly label: string;
  /** Gold spans of this label. */
  readonly support: number;
  readonly predicted: number;
  readonly strict: PrecisionRecallF1 & MatchCounts;
  readonly lenient: PrecisionRecallF1 & MatchCounts;
}

/** A named, reproducible result on one set of documents. */
export interface Score {
  /** The convention in words, e.g. "strict = same label and boundaries; …". */
  readonly convention: string;
  readonly documents: number;
  readonly goldSpans: number;
  readonly predictedSpans: number;
  readonly strict: AveragedScores;
  readonly lenient: AveragedScores;
  readonly perLabel: readonly LabelScore[];
  /** Share of the tokens whose class is right; of models that give each token a class. */
  readonly accuracy?: number;
}
