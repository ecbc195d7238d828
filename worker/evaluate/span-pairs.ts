/** Gold and predicted spans of a document side by side: each is in exactly one pair, so that every error has one name and one place. */
import type { PredictedSpan, Span } from '../domain/document.ts';
import type { PairKind, SpanPair } from '../domain/inspection.ts';
import { candidates, pairMost, type Candidate } from './match.ts';

/** The kinds of pairs that have both halves, the nearest first. */
const nearestFirst = ['correct', 'label', 'boundary', 'both'] as const satisfies readonly PairKind[];

/**
 * Pair the spans of one document one to one: first those equal in extent and label, then in extent, then those of the same label that
 * overlap, then those that overlap; inside a rank as many as possible, most shared characters first. What is left over is missed (gold)
 * or spurious (predicted). Identical annotations count once; the order in which they come changes nothing. In the order of the text.
 */
export function pairSpans(gold: readonly Span[], predicted: readonly PredictedSpan[]): SpanPair[] {
  let openGold = distinct(gold);
  let openPredicted = distinct(predicted);
  const pairs: SpanPair[] = [];
  for (const kind of nearestFirst) {
    const possible = candidates(openGold, openPredicted).filter(
      (candidate) => kindOf(candidate, openGold, openPredicted) === kind,
    );
    const chosen = pairMost(possible, openGold.length, openPredicted.length);
    for (const { gold: g, predicted: p } of chosen) {
      pairs.push({
        kind,
        gold: placeOf(openGold[g] as Span),
        predicted: predictedPlace(openPredicted[p] as PredictedSpan),
      });
    }
    const paired = {
      gold: new Set(chosen.map((pair) => pair.gold)),
      predicted: new Set(chosen.map((pair) => pair.predicted)),
    };
    openGold = openGold.filter((_, g) => !paired.gold.has(g));
    openPredicted = openPredicted.filter((_, p) => !paired.predicted.has(p));
  }
  for (const span of openGold) pairs.push({ kind: 'missed', gold: placeOf(span), predicted: null });
  for (const span of openPredicted) pairs.push({ kind: 'spurious', gold: null, predicted: predictedPlace(span) });
  return pairs.sort((a, b) => startOf(a) - startOf(b));
}

/** By start, then longest, then label: the same list in whatever order annotations come. */
function distinct<S extends Span>(spans: readonly S[]): S[] {
  const unique = new Map(
    spans.map((span) => [JSON.stringify([span.start, span.end, span.label, span.fragments]), span]),
  );
  return [...unique.values()].sort(
    (a, b) => a.start - b.start || b.end - a.end || (a.label < b.label ? -1 : Number(a.label > b.label)),
  );
}

function kindOf(
  { gold, predicted, isExact }: Candidate,
  golds: readonly Span[],
  predictions: readonly Span[],
): (typeof nearestFirst)[number] {
  const isSameLabel = golds[gold]?.label === predictions[predicted]?.label;
  if (isExact) return isSameLabel ? 'correct' : 'label';
  return isSameLabel ? 'boundary' : 'both';
}

function placeOf({ start, end, label }: Span): NonNullable<SpanPair['gold']> {
  return { start, end, label };
}

function predictedPlace({ start, end, label, confidence }: PredictedSpan): NonNullable<SpanPair['predicted']> {
  return { start, end, label, confidence };
}

function startOf({ gold, predicted }: SpanPair): number {
  return gold?.start ?? predicted?.start ?? 0;
}
