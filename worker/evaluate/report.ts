/** Builds the report on a score, and on the difference of two, from what each document adds to it. */
import { createHash } from 'node:crypto';
import type { AnnotatedDocument, PredictedSpan, Span } from '../domain/document.ts';
import {
  documentCautions,
  type DocumentEvidence,
  type LabelCounts,
  nothingFound,
  type ScoreDifference,
  type ScoreReport,
} from '../domain/score-report.ts';
import type { LoadedModel } from '../model/checkpoint.ts';
import { bootstrapDifference, bootstrapScore } from './bootstrap.ts';
import { countMatches, type DocumentCounts } from './match.ts';
import { resampling, type BootstrapSettings } from './resample.ts';
import { classConventionText, conventionText } from './scores.ts';
import { bootstrapSemeval, bootstrapSemevalDifference, countKinds, semevalScore, sumKinds } from './semeval.ts';
import { pairSpans } from './span-pairs.ts';

/** What the tokens and sentences were cut by: part of every report, since gold is what it is only with its tokens. */
const tokeniserText = 'Notegraft tokens v1 and sentences v1; column files keep their own';

/** What one document adds. `gold` as `goldSpans` gives it. */
export function documentEvidence(
  document: Pick<AnnotatedDocument, 'text'>,
  gold: readonly Span[],
  predicted: readonly PredictedSpan[],
): DocumentEvidence {
  const fingerprint = createHash('sha256').update(document.text).update('\0').update(goldText(gold)).digest('hex');
  return {
    fingerprint,
    labels: Object.fromEntries(countMatches(gold, predicted)),
    kinds: countKinds(pairSpans(gold, predicted)),
  };
}

function goldText(gold: readonly Span[]): string {
  return JSON.stringify(gold.map(({ start, end, label, fragments }) => [start, end, label, fragments ?? null]));
}

/** Which model was scored. */
interface ReportFacts {
  readonly modelHash: string | null;
  readonly trainingSeed: number | null;
  /** Every label that the model may predict. */
  readonly labels: readonly string[];
  /** Each token has a class. */
  readonly areClasses: boolean;
}

/** What a report says of the model it is on. */
export function reportFacts({ hash, facts, vocabulary }: LoadedModel): ReportFacts {
  const trainingSeed = typeof facts['seed'] === 'number' ? facts['seed'] : null;
  const { labels, classes } = vocabulary.tags.target;
  return { modelHash: hash, trainingSeed, labels, areClasses: classes === true };
}

/** The counts that scores and bootstrap work on. */
export function countsOf(evidence: readonly DocumentEvidence[]): DocumentCounts[] {
  return evidence.map(({ labels }) => new Map<string, LabelCounts>(Object.entries(labels)));
}

/** Every score with its interval, and how it came about. */
export function scoreReport(
  evidence: readonly DocumentEvidence[],
  { modelHash, trainingSeed, labels, areClasses }: ReportFacts,
  settings: BootstrapSettings = {},
): ScoreReport {
  const kinds = evidence.map((document) => document.kinds);
  const scores = bootstrapScore(countsOf(evidence), settings);
  const pooled = sumKinds(kinds);
  const [counts, sure] = [semevalScore(pooled), bootstrapSemeval(kinds, settings)];
  const { correct, incorrect, missed, spurious } = counts.exact;
  const nothing = nothingFound(correct + incorrect + missed, correct + incorrect + spurious);
  const known = new Set(scores.perLabel.filter(({ support }) => support > 0).map(({ label }) => label));
  const labelsWithoutGold = [...new Set(labels)].filter((label) => !known.has(label)).sort();
  const unseen =
    labelsWithoutGold.length === 0
      ? []
      : [
          `Nothing is annotated as ${labelsWithoutGold.join(', ')} in these documents: nothing is known about the label.`,
        ];
  return {
    ...scores,
    convention: `${areClasses ? classConventionText : conventionText}; ${intervalText(settings)}`,
    tokeniser: tokeniserText,
    modelHash,
    trainingSeed,
    semeval: {
      strict: { ...counts.strict, ...sure.strict },
      exact: { ...counts.exact, ...sure.exact },
      partial: { ...counts.partial, ...sure.partial },
      type: { ...counts.type, ...sure.type },
    },
    kinds: pooled,
    labelsWithoutGold,
    cautions: [...(nothing === null ? [] : [nothing]), ...documentCautions(evidence.length), ...unseen],
  };
}

/** The paired differences b − a. `a[i]` and `b[i]` are of the same document. @throws RangeError for unequal numbers of documents. */
export function scoreDifference(
  a: readonly DocumentEvidence[],
  b: readonly DocumentEvidence[],
  settings: BootstrapSettings = {},
): ScoreDifference {
  const kinds = [a, b].map((run) => run.map((document) => document.kinds));
  return {
    ...bootstrapDifference(countsOf(a), countsOf(b), settings),
    convention: `${conventionText}; ${intervalText(settings)}, the same documents for both runs`,
    semeval: bootstrapSemevalDifference(kinds[0] ?? [], kinds[1] ?? [], settings),
    cautions: documentCautions(a.length),
  };
}

function intervalText(settings: BootstrapSettings): string {
  const { draws, seed } = resampling(settings);
  return `95 % intervals by drawing whole documents ${draws.toLocaleString('en')} times (seed ${seed})`;
}
