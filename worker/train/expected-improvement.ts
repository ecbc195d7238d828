/** Expected improvement: what a trial may be hoped to gain over the best one, by how well and how surely it is expected to do. */
import type { Prediction } from './gaussian-process.ts';

/**
 * E[max(0, f − best)] for f ~ N(mean, variance): (μ − best) Φ(z) + σ φ(z) with z = (μ − best)/σ, where more is better
 * (Snoek et al. 2012, Eq. 2, with the sign of a maximum). In the unit of the values.
 */
export function expectedImprovement({ mean, variance }: Prediction, best: number): number {
  const gain = mean - best;
  const deviation = Math.sqrt(variance);
  if (deviation === 0) return Math.max(0, gain);
  const z = gain / deviation;
  return Math.max(0, gain * normalCumulative(z) + deviation * normalDensity(z));
}

function normalDensity(z: number): number {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
}

/** Φ(z) with an absolute error below 1e-15 to z = ±7: a series near the middle, a continued fraction in the tails (Marsaglia 2004; Abramowitz & Stegun 26.2.14). */
function normalCumulative(z: number): number {
  if (z > 3.5) return 1 - normalCumulative(-z);
  if (z < -3.5) {
    let fraction = 0;
    for (let k = 60; k >= 1; k--) fraction = k / (-z + fraction);
    return normalDensity(z) / (-z + fraction);
  }
  let [sum, term] = [z, z];
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  return 0.5 + sum * normalDensity(z);
}
