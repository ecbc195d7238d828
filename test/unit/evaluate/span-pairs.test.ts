/** Gold and predicted spans side by side: each is in one pair, named by what is wrong. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PairKind } from '../../../worker/domain/inspection.ts';
import { seededRandom, shuffled } from '../../../worker/domain/random.ts';
import { pairSpans } from '../../../worker/evaluate/span-pairs.ts';

type Written = readonly [start: number, end: number, label: string];

const cases: readonly [what: string, gold: Written[], predicted: Written[], kinds: PairKind[]][] = [
  ['the same span', [[0, 5, 'A']], [[0, 5, 'A']], ['correct']],
  ['another label', [[0, 5, 'A']], [[0, 5, 'B']], ['label']],
  ['other boundaries', [[0, 5, 'A']], [[0, 4, 'A']], ['boundary']],
  ['another label and other boundaries', [[0, 5, 'A']], [[3, 8, 'B']], ['both']],
  ['nothing predicted', [[0, 5, 'A']], [], ['missed']],
  ['nothing there', [], [[0, 5, 'A']], ['spurious']],
  ['spans that only touch', [[0, 5, 'A']], [[5, 8, 'A']], ['missed', 'spurious']],
  [
    'one gold span cut in two: the longer part is its partner',
    [[0, 9, 'A']],
    [
      [0, 2, 'A'],
      [3, 9, 'A'],
    ],
    ['boundary', 'spurious'],
  ],
  [
    'one prediction over two gold spans',
    [
      [0, 2, 'A'],
      [3, 9, 'A'],
    ],
    [[0, 9, 'A']],
    ['missed', 'boundary'],
  ],
  [
    'an exact partner goes before a longer overlap',
    [
      [0, 3, 'A'],
      [3, 9, 'A'],
    ],
    [
      [0, 3, 'B'],
      [3, 9, 'A'],
    ],
    ['label', 'correct'],
  ],
  [
    'the same label goes before more shared characters',
    [[0, 9, 'A']],
    [
      [0, 3, 'A'],
      [4, 9, 'B'],
    ],
    ['boundary', 'spurious'],
  ],
];

for (const [what, gold, predicted, kinds] of cases) {
  test(`${what}: ${kinds.join(', ')}`, () => {
    const found = pairSpans(
      gold.map(([start, end, label]) => ({ start, end, label })),
      predicted.map(([start, end, label]) => ({ start, end, label, confidence: 0.5 })),
    );
    assert.deepEqual(
      found.map(({ kind }) => kind),
      kinds,
    );
  });
}

const spans = fc.array(
  fc
    .tuple(fc.nat(30), fc.integer({ min: 1, max: 8 }), fc.constantFrom('A', 'B', 'C'))
    .map(([start, length, label]) => ({ start, end: start + length, label, confidence: 0.5 })),
  { maxLength: 12 },
);

test('the order of annotations changes nothing', () => {
  fc.assert(
    fc.property(spans, spans, fc.nat(), (gold, predicted, seed) => {
      const reorder = <T>(list: T[]): T[] => shuffled(list, seededRandom(seed));
      assert.deepEqual(pairSpans(gold, predicted), pairSpans(reorder(gold), reorder(predicted)));
    }),
  );
});

test('every distinct span is in one pair', () => {
  fc.assert(
    fc.property(spans, spans, (gold, predicted) => {
      const pairs = pairSpans(gold, predicted);
      const distinct = (list: unknown[]): number => new Set(list.map((item) => JSON.stringify(item))).size;
      assert.equal(pairs.filter((pair) => pair.gold !== null).length, distinct(gold));
      assert.equal(pairs.filter((pair) => pair.predicted !== null).length, distinct(predicted));
    }),
  );
});
