/** The Gaussian process against posteriors computed by hand, and its gradient against differences. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../../worker/domain/random.ts';
import {
  conditionOn,
  covariance,
  fitKernel,
  logMarginalLikelihood,
  type Kernel,
} from '../../../worker/train/gaussian-process.ts';

const close = (actual: number, expected: number, tolerance = 1e-12): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
/** Matérn 5/2 at distance r, written out. */
const matern = (r: number): number => (1 + Math.sqrt(5) * r + (5 * r * r) / 3) * Math.exp(-Math.sqrt(5) * r);

test('the kernel is Matérn 5/2 over distances in length scales', () => {
  const kernel: Kernel = { lengthScales: [0.5, 2], signal: 3, noise: 0 };
  const r = Math.hypot(0.3 / 0.5, 0.4 / 2);
  close(covariance([0.1, 0.5], [0.4, 0.9], [false, false], kernel), 3 * matern(r));
});

test('two categories are one apart, whichever they are', () => {
  const kernel: Kernel = { lengthScales: [0.5], signal: 1, noise: 0 };
  close(covariance([0.1], [0.9], [true], kernel), matern(2));
  close(covariance([0.1], [0.3], [true], kernel), matern(2));
  close(covariance([0.1], [0.1], [true], kernel), 1);
});

test('the posterior of one observation is the one that a line of algebra gives', () => {
  const kernel: Kernel = { lengthScales: [1], signal: 2, noise: 0.5 };
  const process = conditionOn({ points: [[0]], values: [1.5], isCategorical: [false] }, kernel);
  const k = 2 * matern(0.7);
  close(process.predict([0.7]).mean, (k * 1.5) / 2.5);
  close(process.predict([0.7]).variance, 2 - (k * k) / 2.5);
});

test('the posterior of two observations is the one that the inverse of a 2 × 2 matrix gives', () => {
  const kernel: Kernel = { lengthScales: [0.4], signal: 1, noise: 0.1 };
  const [y1, y2] = [0.3, -0.8];
  const process = conditionOn({ points: [[0.2], [0.6]], values: [y1, y2], isCategorical: [false] }, kernel);
  const [a, b] = [1.1, matern(1)];
  const determinant = a * a - b * b;
  const [k1, k2] = [matern(0.75), matern(0.25)];
  const [w1, w2] = [(a * k1 - b * k2) / determinant, (a * k2 - b * k1) / determinant];
  close(process.predict([0.5]).mean, w1 * y1 + w2 * y2);
  close(process.predict([0.5]).variance, 1 - (w1 * k1 + w2 * k2));
});

test('without noise the process goes through what was observed, and is sure of it', () => {
  const kernel: Kernel = { lengthScales: [0.3], signal: 1, noise: 0 };
  const process = conditionOn({ points: [[0], [0.5], [1]], values: [1, -1, 0.5], isCategorical: [false] }, kernel);
  close(process.predict([0.5]).mean, -1, 1e-8);
  close(process.predict([0.5]).variance, 0, 1e-8);
});

test('a point observed twice without noise is no obstacle', () => {
  const kernel: Kernel = { lengthScales: [0.3], signal: 1, noise: 0 };
  const process = conditionOn({ points: [[0.5], [0.5]], values: [1, 1], isCategorical: [false] }, kernel);
  close(process.predict([0.5]).mean, 1, 1e-6);
});

test('the marginal likelihood of one observation is the logarithm of a normal density', () => {
  const kernel: Kernel = { lengthScales: [1], signal: 2, noise: 0.5 };
  const { value } = logMarginalLikelihood({ points: [[0]], values: [1.5], isCategorical: [false] }, kernel);
  close(value, -0.5 * (1.5 ** 2 / 2.5 + Math.log(2.5) + Math.log(2 * Math.PI)));
});

test('the gradient of the marginal likelihood is what small steps measure', () => {
  const random = seededRandom(4);
  const points = Array.from({ length: 7 }, () => [random.next(), random.next(), Math.floor(random.next() * 3)]);
  const values = points.map(() => random.next() * 2 - 1);
  const observations = { points, values, isCategorical: [false, false, true] };
  const logs = [Math.log(0.4), Math.log(1.3), Math.log(0.8), Math.log(1.7), Math.log(0.2)];
  const likelihood = (parameters: readonly number[]): ReturnType<typeof logMarginalLikelihood> => {
    const [a, b, c, signal, noise] = parameters.map((parameter) => Math.exp(parameter));
    assert.ok(a && b && c && signal && noise);
    return logMarginalLikelihood(observations, { lengthScales: [a, b, c], signal, noise });
  };
  const { gradient } = likelihood(logs);
  const step = 1e-5;
  for (const i of logs.keys()) {
    const moved = (by: number): number => likelihood(logs.map((log, j) => (i === j ? log + by : log))).value;
    close(gradient[i] ?? 0, (moved(step) - moved(-step)) / (2 * step), 1e-6);
  }
});

test('fitting tells a dimension that matters from one that does not, and signal from noise', () => {
  const random = seededRandom(2);
  const points = Array.from({ length: 30 }, () => [random.next(), random.next()]);
  const values = points.map(([x = 0]) => 1.4 * Math.sin(6 * x));
  const kernel = fitKernel({ points, values, isCategorical: [false, false] }, random);
  const [matters = 0, other = 0] = kernel.lengthScales;
  assert.ok(other > 5 * matters, `${matters} and ${other}`);
  assert.ok(kernel.noise < 0.01, `noise ${kernel.noise}`);
});
