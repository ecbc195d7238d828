/** A score with how sure it is: intervals by resampling documents, SemEval counts, and what each document adds to a comparison. */
import type { PairKind } from './inspection.ts';

/** One number of a score, with the bounds of its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface RatioEstimates {
  readonly precision: Estimate;
  readonly recall: Estimate;
  readonly f1: Estimate;
}

/** What is averaged over: all spans pooled, labels with gold spans, or documents (n2c2's "macro"). */
export interface AverageEstimates {
  readonly micro: RatioEstimates;
  readonly macroLabels: RatioEstimates;
  readonly macroDocuments: RatioEstimates;
}

export interface LabelEstimates {
  readonly label: string;
  /** Gold spans. */
  readonly support: number;
  readonly strict: RatioEstimates;
  readonly lenient: RatioEstimates;
  /** Why these numbers are not to be relied on; null where they are. */
  readonly caution: string | null;
}

/** How the intervals were drawn. */
export interface Resampling {
  readonly draws: number;
  readonly seed: number;
  /** Probability mass inside an interval. */
  readonly level: number;
}

export interface ScoreEstimates extends Resampling {
  readonly documents: number;
  readonly strict: AverageEstimates;
  readonly lenient: AverageEstimates;
  /** By support, then by name. */
  readonly perLabel: readonly LabelEstimates[];
}

/** What counts as correct in SemEval-2013 task 9.1: boundaries and label, boundaries, overlap (half for a part), or the label of an overlap. */
export const semevalSchemes = ['strict', 'exact', 'partial', 'type'] as const;
export type SemevalScheme = (typeof semevalSchemes)[number];

/** COR, INC, PAR, MIS and SPU. */
export interface SemevalCounts {
  readonly correct: number;
  readonly incorrect: number;
  readonly partial: number;
  readonly missed: number;
  readonly spurious: number;
}

export type SemevalEstimates = Readonly<Record<SemevalScheme, RatioEstimates>>;

/** How often each kind of pair occurs. */
export type KindCounts = Readonly<Record<PairKind, number>>;

/** Counts of one label in one document; what scores and bootstrap add up. */
export interface LabelCounts {
  readonly gold: number;
  readonly predicted: number;
  /** Pairs with the same boundaries. */
  readonly strict: number;
  /** Pairs with at least one shared character. */
  readonly lenient: number;
}

/** What one document adds to a score. Two runs are compared only where the fingerprints of their documents agree. */
export interface DocumentEvidence {
  /** SHA-256 (hex) over text and gold spans. */
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, LabelCounts>>;
  readonly kinds: KindCounts;
}

/** Everything that a score says and how to come by it again. */
export interface ScoreReport extends ScoreEstimates {
  readonly convention: string;
  /** Tokeniser and sentence splitter. */
  readonly tokeniser: string;
  /** SHA-256 (hex); null where no model was scored. */
  readonly modelHash: string | null;
  /** The seed of the training; null where it is not known. */
  readonly trainingSeed: number | null;
  readonly semeval: Readonly<Record<SemevalScheme, SemevalCounts & RatioEstimates>>;
  readonly kinds: KindCounts;
  /** Labels that the model knows and these documents do not hold: nothing is known about them. */
  readonly labelsWithoutGold: readonly string[];
  /** Why these numbers are to be read with care. */
  readonly cautions: readonly string[];
}

/** The paired difference second − first on the same documents. */
export interface ScoreDifference extends ScoreEstimates {
  readonly convention: string;
  readonly semeval: SemevalEstimates;
  readonly cautions: readonly string[];
}

/** Fewer documents than this give intervals that are not to be relied on. */
const fewDocuments = 10;
/** Fewer gold spans than this give scores of a label that are not to be relied on. */
const fewSpans = 20;

/** What is to be said of a score over this many documents. */
export function documentCautions(documents: number): string[] {
  if (documents === 1)
    return ['One document says nothing about how scores vary from note to note: there is no interval.'];
  if (documents >= fewDocuments) return [];
  return [`Only ${documents} documents: with fewer than ${fewDocuments} an interval is itself uncertain.`];
}

/** What is to be said where a tagger left every annotated document empty; null where it found something. */
export function nothingFound(goldSpans: number, predictedSpans: number): string | null {
  if (goldSpans === 0 || predictedSpans > 0) return null;
  return 'The model found nothing at all: its training came to nothing. Train again with another seed, more epochs or word vectors.';
}

/** What is to be said of a label's score; null for nothing. */
export function labelCaution(support: number): string | null {
  if (support === 0)
    return 'No annotated span in these documents: the label is not scored, its predictions count as spurious.';
  return support < fewSpans
    ? `Only ${support} annotated ${support === 1 ? 'span' : 'spans'}, fewer than ${fewSpans}.`
    : null;
}

/** Can the difference be told from chance? Its interval leaves out 0. */
export function isBeyondChance({ low, high }: Estimate): boolean {
  return low > 0 || high < 0;
}
