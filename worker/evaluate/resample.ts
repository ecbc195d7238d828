/** Draws documents with replacement and reads intervals off the statistics of the draws. */
import { intervalLevel, percentileInterval } from '../domain/percentile-interval.ts';
import { deriveSeed, seededRandom } from '../domain/random.ts';
import type { Estimate, Resampling } from '../domain/score-report.ts';

export interface BootstrapSettings {
  /** Resamples; 2,000 by default. */
  readonly draws?: number;
  readonly seed?: number;
}

/** Settings with the defaults filled in. */
export function resampling({ draws = 2000, seed = 1 }: BootstrapSettings): Resampling {
  return { draws, seed, level: intervalLevel };
}

/**
 * Expanded percentile bootstrap (Efron 1979; Hesterberg 2015, §"Expanded percentile") over documents, because spans of one note are not
 * independent. `statistics` computes all numbers of documents taken `times[d]` times each. One estimate a number. With fewer than two
 * documents nothing is known of their spread: the interval is then `range`, all that a number can be.
 */
export function resample(
  documents: number,
  statistics: (times: Int32Array) => Float64Array,
  { draws, seed }: Resampling,
  range: readonly [low: number, high: number],
): Estimate[] {
  const observed = statistics(new Int32Array(documents).fill(1));
  if (documents < 2) return Array.from(observed, (value) => ({ value, low: range[0], high: range[1] }));
  const columns = Array.from(observed, () => new Float64Array(draws));
  const random = seededRandom(deriveSeed(seed, 'bootstrap'));
  const times = new Int32Array(documents);
  for (let draw = 0; draw < draws; draw++) {
    times.fill(0);
    for (let i = 0; i < documents; i++) {
      const d = Math.floor(random.next() * documents);
      times[d] = (times[d] ?? 0) + 1;
    }
    const values = statistics(times);
    for (const [i, column] of columns.entries()) column[draw] = values[i] ?? 0;
  }
  return columns.map((column, i) => percentileInterval(observed[i] ?? 0, column, documents));
}
