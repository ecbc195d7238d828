/** What a trial counts for in a search: its score, or what it would probably have come to. */
import type { SearchTrial } from '../domain/search-trial.ts';
import { bestWithin } from '../domain/successive-halving.ts';

/**
 * A score for each trial, null while it is under way. A trial that was stopped early counts with what it had reached and the median gain of the
 * finished ones from that epoch on: as it stands it would look worse than it is, and its neighbours with it. One that failed counts 0. Our choice; the sources score every trial at the same epoch.
 */
export function trialScores(trials: readonly SearchTrial[]): (number | null)[] {
  const done = trials.filter(({ state }) => state === 'done');
  return trials.map(({ state, curve }) => {
    if (state === 'running') return null;
    if (state === 'failed') return 0;
    if (state === 'done') return bestWithin(curve);
    const gains = done.map((other) => bestWithin(other.curve) - bestWithin(other.curve, curve.length));
    return bestWithin(curve) + median(gains);
  });
}

/** 0 of nothing. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
