/** Gold and predicted spans side by side: each is in one pair, named by what is wrong. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PairKind } from '../../../worker/domain/inspection.ts';
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
