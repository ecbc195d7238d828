/** SemEval-2013 task 9.1 counts (as nervaluate names them), by a pairing that does not depend on the order of annotations. */
import type { Span } from '../domain/document.ts';
import { type Candidate, candidates, pairMost } from './match.ts';

/** What a gold span and its predicted partner have in common. */
export type PairKind = 'exact' | 'wrong-label' | 'wrong-boundary' | 'wrong-both';

export interface SpanPair {
  readonly gold: Span;
  readonly predicted: Span;
  readonly kind: PairKind;
}

/** Every span of one document once: in a pair, missed or spurious. */
export interface Pairing {
  readonly pairs: readonly SpanPair[];
  readonly missed: readonly Span[];
  readonly spurious: readonly Span[];
}

const kinds: readonly PairKind[] = ['exact', 'wrong-label', 'wrong-boundary', 'wrong-both'];

/**
 * Pair the spans of one document: first those equal in extent and label, then in extent, then those of the same label that overlap, then
 * those that overlap; inside a rank as many as possible, greatest overlap first. Identical annotations count once.
 */
export function pairSpans(gold: readonly Span[], predicted: readonly Span[]): Pairing {
  let openGold = distinct(gold);
  let openPredicted = distinct(predicted);
  const pairs: SpanPair[] = [];
  for (const kind of kinds) {
    const possible = candidates(openGold, openPredicted).filter(
      (candidate) => kindOf(candidate, openGold, openPredicted) === kind,
    );
    const chosen = pairMost(possible, openGold.length, openPredicted.length);
    for (const { gold: g, predicted: p } of chosen)
      pairs.push({ gold: openGold[g] as Span, predicted: openPredicted[p] as Span, kind });
    const [usedGold, usedPredicted] = [new Set(chosen.map((c) => c.gold)), new Set(chosen.map((c) => c.predicted))];
    openGold = openGold.filter((_, g) => !usedGold.has(g));
    openPredicted = openPredicted.filter((_, p) => !usedPredicted.has(p));
  }
  return { pairs, missed: openGold, spurious: openPredicted };
}

function kindOf(
  { gold, predicted, isExact }: Candidate,
  golds: readonly Span[],
  predictions: readonly Span[],
): PairKind {
  const sameLabel = golds[gold]?.label === predictions[predicted]?.label;
  if (isExact) return sameLabel ? 'exact' : 'wrong-label';
  return sameLabel ? 'wrong-boundary' : 'wrong-both';
}

/** By start, then longest, then label: the same list in whatever order annotations come. */
function distinct(spans: readonly Span[]): Span[] {
  const unique = new Map(
    spans.map((span) => [JSON.stringify([span.start, span.end, span.label, span.fragments]), span]),
  );
  return [...unique.values()].sort(
    (a, b) => a.start - b.start || b.end - a.end || (a.label < b.label ? -1 : Number(a.label > b.label)),
  );
}

/** The four schemes: what counts as correct. */
export const semevalSchemes = ['strict', 'exact', 'partial', 'type'] as const;
export type SemevalScheme = (typeof semevalSchemes)[number];

export interface SemevalCounts {
  readonly correct: number;
  readonly incorrect: number;
  readonly partial: number;
  readonly missed: number;
  readonly spurious: number;
}

export interface SemevalScore extends SemevalCounts {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** How each kind of pair counts in each scheme. */
const outcomes: Record<SemevalScheme, Record<PairKind, 'correct' | 'incorrect' | 'partial'>> = {
  strict: { exact: 'correct', 'wrong-label': 'incorrect', 'wrong-boundary': 'incorrect', 'wrong-both': 'incorrect' },
  exact: { exact: 'correct', 'wrong-label': 'correct', 'wrong-boundary': 'incorrect', 'wrong-both': 'incorrect' },
  partial: { exact: 'correct', 'wrong-label': 'correct', 'wrong-boundary': 'partial', 'wrong-both': 'partial' },
  type: { exact: 'correct', 'wrong-label': 'incorrect', 'wrong-boundary': 'correct', 'wrong-both': 'incorrect' },
};

/** All spans of all documents pooled. P = (COR + ½·PAR)/ACT, R = (COR + ½·PAR)/POS; 0/0 = 0. */
export function semevalScore(documents: readonly Pairing[]): Record<SemevalScheme, SemevalScore> {
  const score = (scheme: SemevalScheme): SemevalScore => {
    const counts = { correct: 0, incorrect: 0, partial: 0, missed: 0, spurious: 0 };
    for (const { pairs, missed, spurious } of documents) {
      for (const { kind } of pairs) counts[outcomes[scheme][kind]] += 1;
      counts.missed += missed.length;
      counts.spurious += spurious.length;
    }
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
