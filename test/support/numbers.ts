/** Comparing arrays of numbers, and numeric derivatives. */
import assert from 'node:assert/strict';
import { seededRandom } from '../../worker/domain/random.ts';

/** `count` numbers uniform in ±scale, rounded to 32 bits, always the same for a seed. */
export function randomValues(count: number, seed: number, scale = 1): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: count }, () => (random.next() * 2 - 1) * scale);
}

/** Largest absolute difference; NaN when one is NaN or the lengths differ. */
export function worstDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return NaN;
  let worst = 0;
  for (let i = 0; i < actual.length; i++) {
    const difference = Math.abs((actual[i] ?? NaN) - (expected[i] ?? NaN));
    if (!(difference <= worst)) worst = difference;
  }
  return worst;
}

/** Fails unless all differences are at most `tolerance`; gives the largest. */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): number {
  assert.equal(actual.length, expected.length, `${what}: number of values`);
  const worst = worstDifference(actual, expected);
  assert.ok(worst <= tolerance, `${what}: differs by ${worst}, allowed ${tolerance}`);
  return worst;
}

export function largest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((top, value) => Math.max(top, Math.abs(value)), 0);
}

export function norm(values: ArrayLike<number>): number {
  return Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0));
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((sum, value, i) => sum + value * (b[i] ?? NaN), 0);
}

/** A direction of length 1. */
export function randomDirection(count: number, seed: number): Float64Array {
  const direction = Float64Array.from(randomValues(count, seed));
  const length = norm(direction);
  return direction.map((value) => value / length);
}

const step = 1e-5;

/** The derivative of `f` along a direction of length 1, while `values` are moved and put back. */
export function directionalDerivative(f: () => number, values: Float64Array, direction: ArrayLike<number>): number {
  const original = values.slice();
  const at = (distance: number): number => {
    for (let i = 0; i < values.length; i++) values[i] = (original[i] ?? 0) + distance * (direction[i] ?? 0);
    return f();
  };
  const difference = at(step) - at(-step);
  values.set(original);
  return difference / (2 * step);
}

/** The whole gradient of `f`, one number after the other. */
export function numericGradient(f: () => number, values: Float64Array): Float64Array {
  return values.map((original, i) => {
    values[i] = original + step;
    const above = f();
    values[i] = original - step;
    const below = f();
    values[i] = original;
    return (above - below) / (2 * step);
  });
}
