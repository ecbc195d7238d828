/** Gaussian process regression with a Matérn 5/2 kernel: what is to be expected of a point that was not tried yet, and how surely. */
import type { Random } from '../domain/random.ts';
import { factorize, inverse, logDeterminant, solve, solveLower, type CholeskyFactor } from './cholesky.ts';

/** Observed points and their values. */
export interface Observations {
  /** Coordinates [n][D]; on a categorical dimension the category's own number. */
  readonly points: readonly (readonly number[])[];
  readonly values: readonly number[];
  /** Which dimensions hold categories [D]. */
  readonly isCategorical: readonly boolean[];
}

/** The kernel's hyperparameters: a length scale for each dimension (automatic relevance determination), and two variances. */
export interface Kernel {
  readonly lengthScales: readonly number[];
  readonly signal: number;
  readonly noise: number;
}

/** Mean and variance of the function itself at a point, without the noise of an observation. */
export interface Prediction {
  readonly mean: number;
  readonly variance: number;
}

export interface GaussianProcess {
  readonly kernel: Kernel;
  readonly predict: (point: readonly number[]) => Prediction;
}

/**
 * The posterior with the kernel given, for values of mean zero: mean kᵀ(K+σₙ²I)⁻¹y, variance k(x,x) − kᵀ(K+σₙ²I)⁻¹k
 * (Rasmussen & Williams 2006, Eq. 2.25–2.26, Algorithm 2.1).
 */
export function conditionOn(observations: Observations, kernel: Kernel): GaussianProcess {
  const { points, values, isCategorical } = observations;
  const factor = covarianceFactor(observations, kernel);
  const weights = solve(factor, values);
  return {
    kernel,
    predict(point) {
      const covariances = points.map((known) => covariance(known, point, isCategorical, kernel));
      const spread = solveLower(factor, covariances);
      const mean = covariances.reduce((sum, value, i) => sum + value * (weights[i] as number), 0);
      const explained = spread.reduce((sum, value) => sum + value * value, 0);
      return { mean, variance: Math.max(0, kernel.signal - explained) };
    },
  };
}

/**
 * Matérn 5/2 with automatic relevance determination: σ²(1 + √5 r + 5r²/3) e^(−√5 r) (Snoek et al. 2012, Eq. 10–11; Rasmussen & Williams Eq. 4.17).
 * Two different categories are one apart, which is what coordinates of one-hot vectors over √2 with one length scale give.
 */
export function covariance(
  a: readonly number[],
  b: readonly number[],
  isCategorical: readonly boolean[],
  { lengthScales, signal }: Kernel,
): number {
  const r = scaledDistance(a, b, isCategorical, lengthScales, new Float64Array(lengthScales.length));
  return signal * (1 + r + (r * r) / 3) * Math.exp(-r);
}

/** Fit at most this many times from different beginnings, each for so many steps. */
const restarts = 4;
const steps = 80;

/**
 * Choose the kernel by marginal likelihood, with a weak prior that keeps it sensible when there are few points (a maximum a posteriori),
 * and condition on the observations. Expects values of mean about zero and variance about one.
 */
export function fitKernel(observations: Observations, random: Random): Kernel {
  const priors = priorsFor(observations.isCategorical.length);
  const beginnings = Array.from({ length: restarts }, (_, attempt) =>
    priors.map(({ mean, deviation }) => mean + (attempt === 0 ? 0 : (random.next() * 2 - 1) * deviation)),
  );
  let best = { value: -Infinity, parameters: beginnings[0] ?? [] };
  for (const beginning of beginnings) {
    const climbed = climb(observations, priors, beginning);
    if (climbed.value > best.value) best = climbed;
  }
  return toKernel(best.parameters);
}

/**
 * The logarithm of the marginal likelihood and its gradient by the logarithms of the hyperparameters, in the order length scales, signal,
 * noise (Rasmussen & Williams Eq. 5.8–5.9).
 */
export function logMarginalLikelihood(
  observations: Observations,
  kernel: Kernel,
): { readonly value: number; readonly gradient: Float64Array } {
  const { points, values, isCategorical } = observations;
  const n = points.length;
  const dimensions = isCategorical.length;
  const factor = covarianceFactor(observations, kernel);
  const weights = solve(factor, values);
  const fit = values.reduce((sum, value, i) => sum + value * (weights[i] as number), 0);
  const value = -0.5 * (fit + logDeterminant(factor) + n * Math.log(2 * Math.PI));
  const inverted = inverse(factor);
  const gradient = new Float64Array(dimensions + 2);
  const squares = new Float64Array(dimensions);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const r = scaledDistance(points[i] ?? [], points[j] ?? [], isCategorical, kernel.lengthScales, squares);
      // ½ (ααᵀ − K⁻¹), twice off the diagonal, where the matrix is symmetric.
      const half = i === j ? 0.5 : 1;
      const pull = half * ((weights[i] as number) * (weights[j] as number) - (inverted[i * n + j] as number));
      const decay = kernel.signal * Math.exp(-r);
      gradient[dimensions] = (gradient[dimensions] as number) + pull * decay * (1 + r + (r * r) / 3);
      if (i === j) gradient[dimensions + 1] = (gradient[dimensions + 1] as number) + pull * kernel.noise;
      // By the logarithm of a length scale: 5/3 σ² (1 + √5 r) e^(−√5 r) (Δ/ℓ)².
      const common = (5 / 3) * pull * decay * (1 + r);
      for (let d = 0; d < dimensions; d++) gradient[d] = (gradient[d] as number) + common * (squares[d] as number);
    }
  }
  return { value, gradient };
}

/** √5 r, where r is the distance of two points in length scales; its squared parts (Δ/ℓ)² are left in `squares` [D]. */
function scaledDistance(
  a: readonly number[],
  b: readonly number[],
  isCategorical: readonly boolean[],
  lengthScales: readonly number[],
  squares: Float64Array,
): number {
  let sum = 0;
  for (let d = 0; d < lengthScales.length; d++) {
    const apart = (a[d] as number) - (b[d] as number);
    const scaled = (isCategorical[d] === true ? Number(apart !== 0) : apart) / (lengthScales[d] as number);
    sum += squares[d] = scaled * scaled;
  }
  return Math.sqrt(5 * sum);
}

function covarianceFactor({ points, isCategorical }: Observations, kernel: Kernel): CholeskyFactor {
  const n = points.length;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = covariance(points[i] ?? [], points[j] ?? [], isCategorical, kernel);
      matrix[i * n + j] = matrix[j * n + i] = value + (i === j ? kernel.noise : 0);
    }
  }
  return factorize(matrix, n);
}

/** A normal prior over the logarithm of a hyperparameter, and how far it may go. */
interface Prior {
  readonly mean: number;
  readonly deviation: number;
  readonly least: number;
  readonly most: number;
}

/**
 * Our choice, since the marginal likelihood of few points in many dimensions has its maximum at a kernel that explains everything or nothing:
 * length scales around 0.6 of the unit cube's diagonal, growing with the root of the dimensions (Hvarfner et al. 2024, "Vanilla Bayesian
 * Optimization Performs Great in High Dimensions"), the signal near the values' variance, the noise far below it. All are wide.
 */
function priorsFor(dimensions: number): Prior[] {
  const lengthScale = {
    mean: Math.log(0.6) + Math.log(dimensions) / 2,
    deviation: Math.sqrt(3),
    least: Math.log(0.02),
    most: Math.log(50),
  };
  const signal = { mean: 0, deviation: 1, least: Math.log(0.05), most: Math.log(20) };
  const noise = { mean: -4.5, deviation: 1, least: Math.log(1e-6), most: Math.log(0.25) };
  return [...Array.from({ length: dimensions }, () => lengthScale), signal, noise];
}

function toKernel(parameters: readonly number[]): Kernel {
  const values = parameters.map((parameter) => Math.exp(parameter));
  const dimensions = values.length - 2;
  return {
    lengthScales: values.slice(0, dimensions),
    signal: values[dimensions] ?? 1,
    noise: values[dimensions + 1] ?? 1,
  };
}

/** Steps by the gradient's signs that grow while it keeps its sign and shrink where it turns (Rprop; Blum & Riedmiller 2013). */
function climb(
  observations: Observations,
  priors: readonly Prior[],
  beginning: readonly number[],
): { value: number; parameters: number[] } {
  let parameters = [...beginning];
  const sizes = parameters.map(() => 0.1);
  const before = parameters.map(() => 0);
  let best = { value: -Infinity, parameters };
  for (let step = 0; step < steps; step++) {
    const { value, gradient } = posterior(observations, priors, parameters);
    if (value > best.value) best = { value, parameters };
    parameters = parameters.map((parameter, i) => {
      const slope = gradient[i] ?? 0;
      const agreement = slope * (before[i] ?? 0);
      const size = (sizes[i] ?? 0) * (agreement > 0 ? 1.2 : agreement < 0 ? 0.5 : 1);
      sizes[i] = Math.min(1, Math.max(1e-4, size));
      before[i] = agreement < 0 ? 0 : slope;
      const { least, most } = priors[i] ?? { least: -Infinity, most: Infinity };
      return Math.min(most, Math.max(least, parameter + Math.sign(before[i] ?? 0) * (sizes[i] ?? 0)));
    });
    if (sizes.every((size) => size <= 1e-3)) break;
  }
  return best;
}

function posterior(
  observations: Observations,
  priors: readonly Prior[],
  parameters: readonly number[],
): { value: number; gradient: readonly number[] } {
  const likelihood = logMarginalLikelihood(observations, toKernel(parameters));
  const deviations = parameters.map((parameter, i) => {
    const { mean, deviation } = priors[i] ?? { mean: 0, deviation: 1 };
    return { square: ((parameter - mean) / deviation) ** 2, slope: (parameter - mean) / deviation ** 2 };
  });
  return {
    value: likelihood.value - deviations.reduce((sum, { square }) => sum + square / 2, 0),
    gradient: Array.from(likelihood.gradient, (slope, i) => slope - (deviations[i]?.slope ?? 0)),
  };
}
