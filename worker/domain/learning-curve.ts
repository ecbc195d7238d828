/** A learning curve in numbers and in words: means with intervals, a fitted power law, and what more notes would bring. */
import { type Figure, figureWords } from './figures.ts';
import { type Interval, percentileInterval } from './percentile-interval.ts';
import { type CurvePoint, documentsFor, expectedF1, fitPowerLaw, type PowerLaw } from './power-law.ts';
import type { StudyDraws } from './study-draws.ts';

/** The gain that the statement speaks of, in F1. */
export const askedGain = 0.02;
/** Beyond this many times the documents there are, a law fitted to them is not asked. */
const furthest = 20;
/** A law is spoken of from this many sizes on: two points always lie on one. */
const leastSizes = 3;

/** What `askedGain` more would take. */
export interface MoreNotes {
  /** Training documents there are, and the law's F1 there. */
  readonly from: number;
  readonly f1: number;
  /** Further documents; null: more than anybody could say from these data. */
  readonly notes: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Whether the data tell at all, and if not why. */
  readonly verdict: 'told' | 'at-least' | 'no-gain-seen' | 'too-few-sizes';
}

export interface CurveFit {
  readonly law: PowerLaw | null;
  readonly more: MoreNotes;
  /** F1 at the largest size less that at the smallest. */
  readonly rise: Interval;
}

/**
 * Fit one recipe's curve. `sizes[i]` are the training documents of cell `cells[i]` of the draws. The law is fitted to the means, and
 * again in every draw, which gives the intervals.
 */
export function fitCurve(sizes: readonly number[], cells: readonly number[], drawn: StudyDraws): CurveFit {
  const pointsOf = (values: Float64Array): CurvePoint[] =>
    sizes.map((size, i) => ({ size, f1: values[cells[i] ?? 0] ?? 0 }));
  const riseOf = (values: Float64Array): number => (values[cells.at(-1) ?? 0] ?? 0) - (values[cells[0] ?? 0] ?? 0);
  const rise = percentileInterval(riseOf(drawn.observed), Float64Array.from(drawn.draws, riseOf), drawn.documents);
  const from = Math.max(...sizes);
  const law = fitPowerLaw(pointsOf(drawn.observed));
  const f1 = law === null ? 0 : expectedF1(law, from);
  const none = { from, f1, notes: null, low: null, high: null };
  if (law === null || new Set(sizes).size < leastSizes)
    return { law, rise, more: { ...none, verdict: 'too-few-sizes' } };
  if (rise.low <= 0) return { law, rise, more: { ...none, verdict: 'no-gain-seen' } };
  const moreIn = (fitted: PowerLaw | null): number =>
    fitted === null ? Infinity : documentsFor(fitted, expectedF1(fitted, from) + askedGain) - from;
  const laws = drawn.draws.map((values) => fitPowerLaw(pointsOf(values)));
  const notes = percentileInterval(moreIn(law), Float64Array.from(laws, moreIn), drawn.documents);
  const bounded = (value: number): number | null => (value <= furthest * from ? Math.max(1, Math.round(value)) : null);
  const [low, high] = [bounded(notes.low), bounded(notes.high)];
  const verdict = high === null || bounded(notes.value) === null ? 'at-least' : 'told';
  return { law, rise, more: { from, f1, notes: bounded(notes.value), low, high, verdict } };
}

/** What the data say of more notes, in a sentence. */
export function moreNotesSentence(
  recipe: string,
  { from, f1, notes, low, high, verdict }: MoreNotes,
  figure: Figure = 'f1',
): string {
  const { name } = figureWords[figure];
  const points = `+${Math.round(askedGain * 100)} points of ${name}`;
  const here = `${recipe}, ${from} notes, ${name} ${(f1 * 100).toFixed(1)}`;
  switch (verdict) {
    case 'told':
      return `${here}: about ${notes} more notes for ${points} (95 % interval ${low} to ${high}).`;
    case 'at-least':
      return low === null
        ? `${here}: ${points} lies further away than these data can tell (over ${furthest * from} more notes).`
        : `${here}: at least ${low} more notes for ${points}; how many at most, these data cannot tell.`;
    case 'no-gain-seen':
      return `${recipe}: these data cannot tell that more notes help; the rise from fewest to most is within chance.`;
    case 'too-few-sizes':
      return `${recipe}: two sizes fit any law, so nothing is said of more notes. Add a fraction.`;
  }
}
