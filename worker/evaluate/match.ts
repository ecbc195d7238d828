/** Pairs gold spans with predicted spans of one document, one to one, so that the order of annotations changes nothing. */
import type { Span } from '../domain/document.ts';
import type { LabelCounts } from '../domain/score-report.ts';

/** Counts by label; only labels with a gold or a predicted span. */
export type DocumentCounts = ReadonlyMap<string, LabelCounts>;

/** Counts the matches of one document. Identical annotations count once. */
export function countMatches(gold: readonly Span[], predicted: readonly Span[]): DocumentCounts {
  const goldByLabel = groupByLabel(gold);
  const predictedByLabel = groupByLabel(predicted);
  const labels = new Set([...goldByLabel.keys(), ...predictedByLabel.keys()]);
  return new Map(
    [...labels].map((label) => [label, countLabel(goldByLabel.get(label) ?? [], predictedByLabel.get(label) ?? [])]),
  );
}

/** Same boundaries: by fragments where both spans are discontinuous, else by envelope. */
export function isSameExtent(a: Span, b: Span): boolean {
  if (a.start !== b.start || a.end !== b.end) return false;
  return a.fragments === undefined || b.fragments === undefined || fragmentText(a) === fragmentText(b);
}

/** Shared characters (UTF-16 units): of the fragments where both spans are discontinuous, else of the envelopes. */
export function sharedLength(a: Span, b: Span): number {
  if (a.fragments === undefined || b.fragments === undefined) {
    return Math.max(0, Math.min(a.end, b.end) - Math.max(a.start, b.start));
  }
  let shared = 0;
  for (const [start, end] of a.fragments) {
    for (const [otherStart, otherEnd] of b.fragments) {
      shared += Math.max(0, Math.min(end, otherEnd) - Math.max(start, otherStart));
    }
  }
  return shared;
}

/** The distinct spans of each label, by start. */
function groupByLabel(spans: readonly Span[]): Map<string, Span[]> {
  const distinct = new Map(
    spans.map((span) => [JSON.stringify([span.label, span.start, span.end, span.fragments]), span]),
  );
  const groups = new Map<string, Span[]>();
  for (const span of distinct.values()) {
    const group = groups.get(span.label);
    if (group === undefined) groups.set(span.label, [span]);
    else group.push(span);
  }
  for (const group of groups.values()) group.sort((a, b) => a.start - b.start || a.end - b.end);
  return groups;
}

function fragmentText(span: Span): string {
  return JSON.stringify(span.fragments);
}

/** A gold and a predicted span (indexes) that may be paired. */
export interface Candidate {
  readonly gold: number;
  readonly predicted: number;
  readonly isExact: boolean;
  readonly shared: number;
}

function countLabel(gold: readonly Span[], predicted: readonly Span[]): LabelCounts {
  const lenient = candidates(gold, predicted);
  const strict = lenient.filter((candidate) => candidate.isExact);
  return {
    gold: gold.length,
    predicted: predicted.length,
    strict: pairMost(strict, gold.length, predicted.length).length,
    lenient: pairMost(lenient, gold.length, predicted.length).length,
  };
}

/** All pairs that share a character or have the same extent, found in one sweep from left to right; both lists by start. */
export function candidates(gold: readonly Span[], predicted: readonly Span[]): Candidate[] {
  const found: Candidate[] = [];
  let open: number[] = [];
  let next = 0;
  for (const [p, span] of predicted.entries()) {
    for (; next < gold.length && (gold[next]?.start ?? 0) <= span.end; next++) open.push(next);
    // Predicted spans come by start: what ends before this one starts can meet no later one.
    open = open.filter((g) => (gold[g]?.end ?? 0) >= span.start);
    for (const g of open) {
      const other = gold[g];
      if (other === undefined) continue;
      const isExact = isSameExtent(other, span);
      const shared = sharedLength(other, span);
      if (isExact || shared > 0) found.push({ gold: g, predicted: p, isExact, shared });
    }
  }
  return found;
}

/**
 * The largest one-to-one pairing. Greedy first (exact pairs, then greatest overlap), which nearly always is the
 * largest already; augmenting paths (Berge 1957) find the rest.
 */
export function pairMost<C extends Candidate>(pairs: readonly C[], goldCount: number, predictedCount: number): C[] {
  const goldOf = new Int32Array(predictedCount).fill(-1);
  const predictedOf = new Int32Array(goldCount).fill(-1);
  const neighbours = new Map<number, number[]>();
  const greedy = [...pairs].sort((a, b) => Number(b.isExact) - Number(a.isExact) || b.shared - a.shared);
  for (const { gold, predicted } of greedy) {
    const list = neighbours.get(predicted);
    if (list === undefined) neighbours.set(predicted, [gold]);
    else list.push(gold);
    if (goldOf[predicted] !== -1 || predictedOf[gold] !== -1) continue;
    goldOf[predicted] = gold;
    predictedOf[gold] = predicted;
  }
  for (const predicted of neighbours.keys()) {
    if (goldOf[predicted] === -1) augment(predicted, neighbours, goldOf, predictedOf);
  }
  return pairs.filter(({ gold, predicted }) => goldOf[predicted] === gold);
}

/** Looks breadth-first for a path from an unpaired predicted span to an unpaired gold span, and swaps the pairs along it. */
function augment(
  from: number,
  neighbours: ReadonlyMap<number, readonly number[]>,
  goldOf: Int32Array,
  predictedOf: Int32Array,
): void {
  const reachedFrom = new Map<number, number>();
  const queue = [from];
  for (const predicted of queue) {
    for (const gold of neighbours.get(predicted) ?? []) {
      if (reachedFrom.has(gold)) continue;
      reachedFrom.set(gold, predicted);
      const partner = predictedOf[gold] ?? -1;
      if (partner !== -1) {
        queue.push(partner);
        continue;
      }
      for (let end = gold; end !== -1;) {
        const start = reachedFrom.get(end) ?? from;
        const previous = goldOf[start] ?? -1;
        goldOf[start] = end;
        predictedOf[end] = start;
        end = previous;
      }
      return;
    }
  }
}
