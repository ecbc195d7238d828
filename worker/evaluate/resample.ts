/** Draws documents with replacement and reads intervals off the statistics of the draws. */
import { deriveSeed, seededRandom } from '../domain/random.ts';
import type { Estimate, Resampling } from '../domain/score-report.ts';

export interface BootstrapSettings {
  /** Resamples; 2,000 by default. */
  readonly draws?: number;
  readonly seed?: number;
}

const level = 0.95;

/** Settings with the defaults filled in. */
export function resampling({ draws = 2000, seed = 1 }: BootstrapSettings): Resampling {
  return { draws, seed, level };
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
  const tail = expandedTail(documents);
  return columns.map((column, i) => {
    column.sort();
    return { value: observed[i] ?? 0, low: quantile(column, tail), high: quantile(column, 1 - tail) };
  });
}

/** Linear interpolation between order statistics (Hyndman and Fan's type 7). */
function quantile(sorted: Float64Array, probability: number): number {
  const position = (sorted.length - 1) * probability;
  const below = Math.floor(position);
  const low = sorted[below] ?? 0;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? low;
  return low + (high - low) * (position - below);
}

/**
 * The mass left outside on each side. A plain percentile interval of n documents is too narrow by √((n−1)/n) and ignores that the spread
 * is estimated; Hesterberg 2015 takes Φ(−√(n/(n−1))·t) in place of α/2, with t Student's quantile at n − 1 degrees of freedom.
 */
function expandedTail(documents: number): number {
  const tail = (1 - level) / 2;
  if (documents < 3) return tail / 2;
  return normalTail(Math.sqrt(documents / (documents - 1)) * studentQuantile(documents - 1));
}

/** Student's 97.5 % quantile (Abramowitz and Stegun 26.7.5). */
function studentQuantile(degrees: number): number {
  const z = 1.959963984540054;
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92160,
  ];
  return terms.reduce((sum, term, i) => sum + term / degrees ** (i + 1), z);
}

/** P(Z > z) of the standard normal distribution (Abramowitz and Stegun 26.2.17, error below 1e-7). */
function normalTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const polynomial = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
}
