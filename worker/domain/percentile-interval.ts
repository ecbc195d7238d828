/** 95 % intervals read off the draws of a bootstrap over documents. */

/** A number with the bounds of its 95 % interval. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The share of intervals that hold the true value. */
export const intervalLevel = 0.95;

/**
 * The expanded percentile interval (Efron 1979; Hesterberg 2015, §"Expanded percentile") of `value`, whose bootstrap draws over so many
 * documents are given in any order; they are sorted in place. Draws may be infinite, and so may a bound.
 */
export function percentileInterval(value: number, draws: Float64Array, documents: number): Interval {
  draws.sort();
  const tail = expandedTail(documents);
  return { value, low: quantile(draws, tail), high: quantile(draws, 1 - tail) };
}

/** Linear interpolation between order statistics (Hyndman and Fan's type 7). */
function quantile(sorted: Float64Array, probability: number): number {
  const position = (sorted.length - 1) * probability;
  const below = Math.floor(position);
  const low = sorted[below] ?? 0;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? low;
  const part = position - below;
  // Two equal bounds may be infinite, and their difference no number.
  return low === high || part === 0 ? low : low + (high - low) * part;
}

/**
 * The mass left outside on each side. A plain percentile interval of n documents is too narrow by √((n−1)/n) and ignores that the spread
 * is estimated; Hesterberg 2015 takes Φ(−√(n/(n−1))·t) in place of α/2, with t Student's quantile at n − 1 degrees of freedom.
 */
function expandedTail(documents: number): number {
  const tail = (1 - intervalLevel) / 2;
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
