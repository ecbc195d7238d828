/** Seeded randomness. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { deriveSeed, nestedSubset, seededRandom, shuffled } from '../../../worker/domain/random.ts';

function draw(seed: number, count: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => random.next());
}

test('The same seed gives the same numbers, another seed gives others.', () => {
  assert.deepEqual(draw(7, 20), draw(7, 20));
  assert.notDeepEqual(draw(7, 20), draw(8, 20));
});

test('Numbers lie in [0, 1) and spread evenly.', () => {
  const numbers = draw(1, 10_000);
  assert.ok(numbers.every((number) => number >= 0 && number < 1));
  const mean = numbers.reduce((total, number) => total + number, 0) / numbers.length;
  assert.ok(Math.abs(mean - 0.5) < 0.02, String(mean));
});

test('Seeds of different purposes differ and are whole 32-bit numbers.', () => {
  const seeds = ['shuffle', 'weights', 'dropout', ''].map((purpose) => deriveSeed(1, purpose));
  assert.equal(new Set(seeds).size, seeds.length);
  assert.ok(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32));
  assert.notEqual(deriveSeed(1, 'shuffle'), deriveSeed(2, 'shuffle'));
});

test('A shuffled copy holds the same items and leaves the original alone.', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer(), (items, seed) => {
      const before = [...items];
      const copy = shuffled(items, seededRandom(seed));
      assert.deepEqual(items, before);
      assert.deepEqual([...copy].sort(), [...items].sort());
    }),
  );
});

test('A smaller share is contained in a larger one of the same seed.', () => {
  const fraction = fc.double({ min: 0.01, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fraction, fraction, fc.integer(), (size, one, other, seed) => {
      const items = Array.from({ length: size }, (_, i) => i);
      const small = nestedSubset(items, Math.min(one, other), seed);
      const large = new Set(nestedSubset(items, Math.max(one, other), seed));
      assert.ok(small.every((item) => large.has(item)));
    }),
  );
});

test('A share has the rounded size, and at least one item.', () => {
  const items = Array.from({ length: 50 }, (_, i) => i);
  assert.equal(nestedSubset(items, 0.1, 3).length, 5);
  assert.equal(nestedSubset(items, 0.001, 3).length, 1);
  assert.deepEqual(nestedSubset(items, 1, 3), items);
});
