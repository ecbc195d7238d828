/** Precision, recall and F1 of predicted spans against gold, strict and lenient, micro, macro and by label. */
import type { Span } from '../domain/document.ts';
import type { AveragedScores, LabelScore, MatchCounts, PrecisionRecallF1, Score } from '../domain/scores.ts';
import type { LabelCounts } from '../domain/score-report.ts';
import type { TagSet } from '../domain/tags.ts';
import { countMatches, type DocumentCounts } from './match.ts';

/** The scoring convention in one sentence, shown with every score. */
export const conventionText =
  'strict = same label and same boundaries; lenient = same label and at least one shared character, paired one to one by ' +
  'maximum matching; gold overlaps flattened longest-first, offsets verbatim, discontinuous spans by their envelope unless ' +
  'both sides give fragments, identical annotations counted once; micro = all spans pooled; macro = unweighted mean over ' +
  'labels with gold spans; 0/0 = 0';

/** The same of scores of classes. */
export const classConventionText =
  'accuracy = tokens whose class is right, over all tokens that have one; precision, recall and F1 of a class over the tokens ' +
  'that have it and those that were given it; micro = all tokens pooled, its recall the accuracy; macro = unweighted mean ' +
  'over classes with annotated tokens; 0/0 = 0';

/** The annotations of one document; `gold` as `goldSpans` gives it. */
export interface ScoredDocument {
  readonly gold: readonly Span[];
  readonly predicted: readonly Span[];
}

/** Scores documents under {@link conventionText}; neither the order of documents nor that of annotations matters. */
export function scoreDocuments(documents: Iterable<ScoredDocument>): Score {
  return scoreCounts(Array.from(documents, ({ gold, predicted }) => countMatches(gold, predicted)));
}

/** The score of documents that were counted before (a bootstrap draws from these counts). */
export function scoreCounts(documents: readonly DocumentCounts[]): Score {
  const totals = new Map<string, LabelCounts>();
  for (const document of documents) {
    for (const [label, counts] of document) totals.set(label, sum(totals.get(label) ?? nothing, counts));
  }
  const pooled = [...totals.values()].reduce(sum, nothing);
  const perLabel = [...totals].map(([label, counts]) => labelScore(label, counts)).sort(bySupport);
  const supported = perLabel.filter((score) => score.support > 0);
  return {
    convention: conventionText,
    documents: documents.length,
    goldSpans: pooled.gold,
    predictedSpans: pooled.predicted,
    strict: averaged(
      measure(matchCounts(pooled, pooled.strict)),
      supported.map((score) => score.strict),
    ),
    lenient: averaged(
      measure(matchCounts(pooled, pooled.lenient)),
      supported.map((score) => score.lenient),
    ),
    perLabel,
  };
}

/** The score of a model with these tags: where each token has a class, the spans are tokens, and those found are the accuracy. */
export function withAccuracy(score: Score, tags: TagSet): Score {
  return tags.classes ? { ...score, convention: classConventionText, accuracy: score.strict.micro.recall } : score;
}

const nothing: LabelCounts = { gold: 0, predicted: 0, strict: 0, lenient: 0 };

function sum(a: LabelCounts, b: LabelCounts): LabelCounts {
  return {
    gold: a.gold + b.gold,
    predicted: a.predicted + b.predicted,
    strict: a.strict + b.strict,
    lenient: a.lenient + b.lenient,
  };
}

function labelScore(label: string, counts: LabelCounts): LabelScore {
  const strict = matchCounts(counts, counts.strict);
  const lenient = matchCounts(counts, counts.lenient);
  return {
    label,
    support: counts.gold,
    predicted: counts.predicted,
    strict: { ...measure(strict), ...strict },
    lenient: { ...measure(lenient), ...lenient },
  };
}

function bySupport(a: LabelScore, b: LabelScore): number {
  return b.support - a.support || (a.label < b.label ? -1 : 1);
}

function matchCounts(counts: LabelCounts, truePositives: number): MatchCounts {
  return {
    truePositives,
    falsePositives: counts.predicted - truePositives,
    falseNegatives: counts.gold - truePositives,
  };
}

function measure({ truePositives, falsePositives, falseNegatives }: MatchCounts): PrecisionRecallF1 {
  return {
    precision: ratio(truePositives, truePositives + falsePositives),
    recall: ratio(truePositives, truePositives + falseNegatives),
    f1: ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives),
  };
}

function averaged(micro: PrecisionRecallF1, labels: readonly PrecisionRecallF1[]): AveragedScores {
  const mean = (of: (score: PrecisionRecallF1) => number): number =>
    ratio(
      labels.reduce((total, score) => total + of(score), 0),
      labels.length,
    );
  return {
    micro,
    macro: { precision: mean((s) => s.precision), recall: mean((s) => s.recall), f1: mean((s) => s.f1) },
  };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
