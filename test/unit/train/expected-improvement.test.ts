/** Expected improvement against its integral. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expectedImprovement } from '../../../worker/train/expected-improvement.ts';

/** ∫ max(0, f − best) N(f; mean, deviation²) df by the trapezoid rule, ten deviations wide. */
function integrated(mean: number, deviation: number, best: number): number {
  const from = Math.max(best, mean - 10 * deviation);
  const to = Math.max(from, mean) + 10 * deviation;
  const steps = 200_000;
  const width = (to - from) / steps;
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const f = from + i * width;
    const density = Math.exp(-0.5 * ((f - mean) / deviation) ** 2) / (deviation * Math.sqrt(2 * Math.PI));
    sum += (i === 0 || i === steps ? 0.5 : 1) * (f - best) * density;
  }
  return sum * width;
}

for (const [mean, deviation, best] of [
  [0, 1, 0],
  [0.3, 0.2, 0.4],
  [2, 0.5, 1],
  [-1, 0.4, 1],
  [0, 1, 6],
] as const) {
  test(`it is its integral for mean ${mean}, deviation ${deviation}, best ${best}`, () => {
    const expected = integrated(mean, deviation, best);
    const found = expectedImprovement({ mean, variance: deviation ** 2 }, best);
    assert.ok(Math.abs(found - expected) <= 1e-6 * expected + 1e-15, `${found} is not ${expected}`);
  });
}

test('a sure thing gains what it is above the best, or nothing', () => {
  assert.equal(expectedImprovement({ mean: 3, variance: 0 }, 2.5), 0.5);
  assert.equal(expectedImprovement({ mean: 2, variance: 0 }, 2.5), 0);
});
