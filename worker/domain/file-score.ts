/** What comes of two folders of annotations of the same notes: each document by itself, and what could not be compared. */
import type { PrecisionRecallF1 } from './scores.ts';

/** One document under both conventions. */
export interface FileScore {
  readonly name: string;
  readonly first: number;
  readonly second: number;
  readonly strict: PrecisionRecallF1;
  readonly lenient: PrecisionRecallF1;
}

/** Documents that only one side has, and those whose texts are not the same; none of them is scored. */
export interface Unmatched {
  readonly onlyFirst: readonly string[];
  readonly onlySecond: readonly string[];
  readonly otherText: readonly string[];
}
