/** One-to-one matching of gold and predicted spans. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Span } from '../../../worker/domain/document.ts';
import { countMatches, isSameExtent, sharedLength } from '../../../worker/evaluate/match.ts';

function span(start: number, end: number, label = 'Drug'): Span {
  return { start, end, label };
}

function pieces(...fragments: [start: number, end: number][]): Span {
  return { start: fragments[0]?.[0] ?? 0, end: fragments.at(-1)?.[1] ?? 0, label: 'Drug', fragments };
}

test('Each label is counted on its own.', () => {
  const counts = countMatches([span(0, 5), span(6, 9, 'Test')], [span(0, 5, 'Test'), span(6, 8, 'Test')]);
  assert.deepEqual(Object.fromEntries(counts), {
    Drug: { gold: 1, predicted: 0, strict: 0, lenient: 0 },
    Test: { gold: 1, predicted: 2, strict: 0, lenient: 1 },
  });
});

test('A prediction is paired with one gold span only.', () => {
  assert.deepEqual(countMatches([span(0, 4), span(5, 9)], [span(0, 9)]).get('Drug'), {
    gold: 2,
    predicted: 1,
    strict: 0,
    lenient: 1,
  });
});

test('A pairing that greedy choice misses is found.', () => {
  // [0,10) equals the first gold span, but pairing them would leave [0,3) and [8,20) alone.
  const counts = countMatches([span(0, 10), span(8, 20)], [span(0, 10), span(0, 3)]).get('Drug');
  assert.equal(counts?.lenient, 2);
  assert.equal(counts?.strict, 1);
});

test('A long chain of staggered spans is paired completely.', () => {
  const gold = Array.from({ length: 20_000 }, (_, i) => span(10 * i, 10 * i + 6));
  const predicted = gold.map(({ start }) => span(start + 5, start + 15));
  assert.equal(countMatches(gold, predicted).get('Drug')?.lenient, 20_000);
});

test('Spans that only touch share nothing.', () => {
  assert.equal(sharedLength(span(0, 4), span(4, 9)), 0);
  assert.equal(countMatches([span(0, 4)], [span(4, 9)]).get('Drug')?.lenient, 0);
});

test('Two discontinuous spans are compared by their fragments.', () => {
  assert.equal(isSameExtent(pieces([0, 2], [8, 10]), pieces([0, 2], [8, 10])), true);
  assert.equal(isSameExtent(pieces([0, 2], [8, 10]), pieces([0, 3], [8, 10])), false);
  assert.equal(sharedLength(pieces([0, 2], [8, 10]), pieces([2, 8], [9, 12])), 1);
});

test('A discontinuous and an ordinary span are compared by envelope.', () => {
  assert.equal(isSameExtent(pieces([0, 2], [8, 10]), span(0, 10)), true);
  assert.equal(sharedLength(pieces([0, 2], [8, 10]), span(3, 7)), 4);
});

test('Identical annotations count once.', () => {
  assert.deepEqual(countMatches([span(0, 4), span(0, 4)], [span(0, 4), span(0, 4), span(0, 4)]).get('Drug'), {
    gold: 1,
    predicted: 1,
    strict: 1,
    lenient: 1,
  });
});
