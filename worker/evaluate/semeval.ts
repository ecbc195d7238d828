/** SemEval-2013 task 9.1 scores (as nervaluate names them) of paired spans, with intervals over documents. */
import type { PairKind, SpanPair } from '../domain/inspection.ts';
import {
  type KindCounts,
  type RatioEstimates,
  type SemevalCounts,
  type SemevalEstimates,
  type SemevalScheme,
  semevalSchemes,
} from '../domain/score-report.ts';
import type { PrecisionRecallF1 } from '../domain/scores.ts';
import { resample, resampling, type BootstrapSettings } from './resample.ts';

/** All values 0..1. */
export type SemevalScore = SemevalCounts & PrecisionRecallF1;

/** How each kind of pair counts in each scheme. */
const outcomes: Readonly<Record<SemevalScheme, Readonly<Record<PairKind, keyof SemevalCounts>>>> = {
  strict: { ...alone(), correct: 'correct', label: 'incorrect', boundary: 'incorrect', both: 'incorrect' },
  exact: { ...alone(), correct: 'correct', label: 'correct', boundary: 'incorrect', both: 'incorrect' },
  partial: { ...alone(), correct: 'correct', label: 'correct', boundary: 'partial', both: 'partial' },
  type: { ...alone(), correct: 'correct', label: 'incorrect', boundary: 'correct', both: 'incorrect' },
};

function alone(): { missed: 'missed'; spurious: 'spurious' } {
  return { missed: 'missed', spurious: 'spurious' };
}

const kinds = Object.keys(outcomes.strict) as PairKind[];

/** How often each kind occurs among the pairs. */
export function countKinds(pairs: readonly Pick<SpanPair, 'kind'>[]): KindCounts {
  const counts = { correct: 0, missed: 0, spurious: 0, label: 0, boundary: 0, both: 0 };
  for (const { kind } of pairs) counts[kind] += 1;
  return counts;
}

/** The counts of several documents pooled. */
export function sumKinds(documents: readonly KindCounts[]): KindCounts {
  const sum = { ...countKinds([]) };
  for (const counts of documents) for (const kind of kinds) sum[kind] += counts[kind];
  return sum;
}

/** COR, INC, PAR, MIS and SPU of pooled kinds, and P = (COR + ½·PAR)/ACT, R = (COR + ½·PAR)/POS; 0/0 = 0. */
export function semevalScore(pooled: KindCounts): Record<SemevalScheme, SemevalScore> {
  const score = (scheme: SemevalScheme): SemevalScore => {
    const counts = { correct: 0, incorrect: 0, partial: 0, missed: 0, spurious: 0 };
    for (const kind of kinds) counts[outcomes[scheme][kind]] += pooled[kind];
    const paired = counts.correct + counts.incorrect + counts.partial;
    const credit = counts.correct + counts.partial / 2;
    const [possible, actual] = [paired + counts.missed, paired + counts.spurious];
    return {
      ...counts,
      precision: actual === 0 ? 0 : credit / actual,
      recall: possible === 0 ? 0 : credit / possible,
      f1: possible + actual === 0 ? 0 : (2 * credit) / (possible + actual),
    };
  };
  return { strict: score('strict'), exact: score('exact'), partial: score('partial'), type: score('type') };
}

/** The scores with their intervals; documents are drawn as for the other scores. */
export function bootstrapSemeval(documents: readonly KindCounts[], settings: BootstrapSettings = {}): SemevalEstimates {
  return estimates(documents.length, settings, [0, 1], (times) => ratios(documents, times));
}

/** The paired differences b − a; `a[i]` and `b[i]` are of the same document. */
export function bootstrapSemevalDifference(
  a: readonly KindCounts[],
  b: readonly KindCounts[],
  settings: BootstrapSettings = {},
): SemevalEstimates {
  return estimates(a.length, settings, [-1, 1], (times) => {
    const before = ratios(a, times);
    return ratios(b, times).map((value, i) => value - (before[i] ?? 0));
  });
}

/** P, R and F1 of each scheme in turn, of documents taken `times[d]` times each. */
function ratios(documents: readonly KindCounts[], times: Int32Array): Float64Array {
  const pooled = { ...countKinds([]) };
  for (const [d, counts] of documents.entries()) {
    for (const kind of kinds) pooled[kind] += counts[kind] * (times[d] ?? 0);
  }
  const score = semevalScore(pooled);
  return Float64Array.from(
    semevalSchemes.flatMap((scheme) => [score[scheme].precision, score[scheme].recall, score[scheme].f1]),
  );
}

function estimates(
  documents: number,
  settings: BootstrapSettings,
  range: readonly [low: number, high: number],
  compute: (times: Int32Array) => Float64Array,
): SemevalEstimates {
  const found = resample(documents, compute, resampling(settings), range);
  const of = (scheme: SemevalScheme): RatioEstimates => {
    const [precision, recall, f1] = found.slice(semevalSchemes.indexOf(scheme) * 3) as [
      RatioEstimates['precision'],
      RatioEstimates['recall'],
      RatioEstimates['f1'],
    ];
    return { precision, recall, f1 };
  };
  return { strict: of('strict'), exact: of('exact'), partial: of('partial'), type: of('type') };
}
