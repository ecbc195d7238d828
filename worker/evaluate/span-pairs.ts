/** Gold and predicted spans of a document side by side: each is in exactly one pair, so that every error has one name and one place. */
import type { PredictedSpan, Span } from '../domain/document.ts';
import type { PairKind, SpanPair } from '../domain/inspection.ts';
import { isSameExtent, sharedLength } from './match.ts';

interface Candidate {
  readonly gold: number;
  readonly predicted: number;
  readonly kind: Exclude<PairKind, 'missed' | 'spurious'>;
  readonly shared: number;
}

/** The nearer two spans are, the earlier they are paired. */
const rank: Readonly<Record<Candidate['kind'], number>> = { correct: 0, label: 1, boundary: 2, both: 3 };

/**
 * Pair spans one to one, nearest first: same boundaries and label, same boundaries, same label and most shared characters, most
 * shared characters. What is left over is missed (gold) or spurious (predicted). `gold` as `goldSpans` gives it. In the order of
 * the text.
 */
export function pairSpans(gold: readonly Span[], predicted: readonly PredictedSpan[]): SpanPair[] {
  const goldTaken = new Set<number>();
  const predictedTaken = new Set<number>();
  const pairs: SpanPair[] = [];
  for (const candidate of candidates(gold, predicted)) {
    if (goldTaken.has(candidate.gold) || predictedTaken.has(candidate.predicted)) continue;
    goldTaken.add(candidate.gold);
    predictedTaken.add(candidate.predicted);
    const [mine, theirs] = [gold[candidate.gold], predicted[candidate.predicted]];
    if (mine && theirs) pairs.push({ kind: candidate.kind, gold: placeOf(mine), predicted: predictedPlace(theirs) });
  }
  for (const [index, span] of gold.entries()) {
    if (!goldTaken.has(index)) pairs.push({ kind: 'missed', gold: placeOf(span), predicted: null });
  }
  for (const [index, span] of predicted.entries()) {
    if (!predictedTaken.has(index)) pairs.push({ kind: 'spurious', gold: null, predicted: predictedPlace(span) });
  }
  return pairs.sort((a, b) => startOf(a) - startOf(b));
}

/** All pairs that share a character, nearest first. Both lists are sorted by start; gold does not overlap. */
function candidates(gold: readonly Span[], predicted: readonly PredictedSpan[]): Candidate[] {
  const found: Candidate[] = [];
  let first = 0;
  for (const [p, span] of predicted.entries()) {
    while (first < gold.length && (gold[first]?.end ?? 0) <= span.start) first++;
    for (let g = first; g < gold.length && (gold[g]?.start ?? 0) < span.end; g++) {
      const other = gold[g];
      if (other === undefined) continue;
      const shared = sharedLength(other, span);
      if (shared > 0) found.push({ gold: g, predicted: p, kind: kindOf(other, span), shared });
    }
  }
  return found.sort(
    (a, b) => rank[a.kind] - rank[b.kind] || b.shared - a.shared || a.gold - b.gold || a.predicted - b.predicted,
  );
}

function kindOf(gold: Span, predicted: Span): Candidate['kind'] {
  if (isSameExtent(gold, predicted)) return gold.label === predicted.label ? 'correct' : 'label';
  return gold.label === predicted.label ? 'boundary' : 'both';
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
