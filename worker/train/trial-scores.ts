/** What a trial counts for in a search: its score, or what it would probably have come to. */
import type { SearchTrial } from '../domain/search-trial.ts';
import { bestWithin } from '../domain/successive-halving.ts';

/**
 * A score for each trial, null while it is under way. A trial that was stopped early counts with what it had reached and the median gain of the
 * finished ones from that epoch on: as it stands it would look worse than it is, and its neighbours with it. One that failed counts
 * as the worst so far. Our choice; the sources score every trial at the same epoch.
 */
export function trialScores(trials: readonly SearchTrial[]): (number | null)[] {
  const done = trials.filter(({ state }) => state === 'done');
  const scores = trials.map(({ state, curve }) => {
    if (state === 'done') return bestWithin(curve);
    if (state !== 'stopped') return null;
    const gains = done.map((other) => bestWithin(other.curve) - bestWithin(other.curve, curve.length));
    return bestWithin(curve) + median(gains);
  });
  const worst = scores.reduce<number>((least, score) => Math.min(least, score ?? least), 1);
  const failed = worst === 1 ? 0 : worst;
  return scores.map((score, i) => (trials[i]?.state === 'failed' ? failed : score));
}

/** 0 of nothing. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
