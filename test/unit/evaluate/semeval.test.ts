/** SemEval-2013 counts against the task's own example, and the properties of the pairing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Span } from '../../../worker/domain/document.ts';
import { seededRandom, shuffled } from '../../../worker/domain/random.ts';
import { pairSpans, semevalScore } from '../../../worker/evaluate/semeval.ts';

function span(start: number, end: number, label: string): Span {
  return { start, end, label };
}

test('Each kind of pair counts in each scheme as SemEval-2013 task 9.1 says.', () => {
  const gold = [span(0, 5, 'A'), span(10, 15, 'A'), span(20, 25, 'A'), span(30, 35, 'A'), span(40, 45, 'A')];
  const predicted = [span(0, 5, 'A'), span(10, 15, 'B'), span(21, 25, 'A'), span(31, 35, 'B'), span(50, 55, 'A')];
  const score = semevalScore([pairSpans(gold, predicted)]);
  const counts = Object.entries(score).map(([scheme, s]) => [
    scheme, s.correct, s.incorrect, s.partial, s.missed, s.spurious,
  ]); // prettier-ignore
  assert.deepEqual(counts, [
    ['strict', 1, 3, 0, 1, 1],
    ['exact', 2, 2, 0, 1, 1],
    ['partial', 2, 0, 2, 1, 1],
    ['type', 2, 2, 0, 1, 1],
  ]);
  assert.equal(score.partial.f1, (2 * 3) / 10);
});

test('An exact match is found although a partial overlap comes first.', () => {
  const { pairs, spurious } = pairSpans([span(0, 10, 'A')], [span(0, 4, 'A'), span(0, 10, 'A')]);
  assert.deepEqual(pairs.map(({ kind }) => kind), ['exact']); // prettier-ignore
  assert.deepEqual(spurious, [span(0, 4, 'A')]);
});

const spans = fc.array(
  fc
    .tuple(fc.nat(30), fc.integer({ min: 1, max: 8 }), fc.constantFrom('A', 'B', 'C'))
    .map(([start, length, label]) => span(start, start + length, label)),
  { maxLength: 12 },
);

test('The order of annotations changes nothing.', () => {
  fc.assert(
    fc.property(spans, spans, fc.nat(), (gold, predicted, seed) => {
      const reorder = (list: Span[]): Span[] => shuffled(list, seededRandom(seed));
      assert.deepEqual(pairSpans(gold, predicted), pairSpans(reorder(gold), reorder(predicted)));
    }),
  );
});

test('Every distinct span is in one pair, missed or spurious.', () => {
  fc.assert(
    fc.property(spans, spans, (gold, predicted) => {
      const { pairs, missed, spurious } = pairSpans(gold, predicted);
      const distinct = (list: Span[]): number => new Set(list.map((item) => JSON.stringify(item))).size;
      assert.equal(pairs.length + missed.length, distinct(gold));
      assert.equal(pairs.length + spurious.length, distinct(predicted));
    }),
  );
});
