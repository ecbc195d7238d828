/** SemEval-2013 counts of each kind of pair. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countKinds, semevalScore } from '../../../worker/evaluate/semeval.ts';
import { pairSpans } from '../../../worker/evaluate/span-pairs.ts';

test('Each kind of pair counts in each scheme as SemEval-2013 task 9.1 says.', () => {
  const gold = [[0, 5, 'A'], [10, 15, 'A'], [20, 25, 'A'], [30, 35, 'A'], [40, 45, 'A']] as const; // prettier-ignore
  const predicted = [[0, 5, 'A'], [10, 15, 'B'], [21, 25, 'A'], [31, 35, 'B'], [50, 55, 'A']] as const; // prettier-ignore
  const pairs = pairSpans(
    gold.map(([start, end, label]) => ({ start, end, label })),
    predicted.map(([start, end, label]) => ({ start, end, label, confidence: 0.5 })),
  );
  const score = semevalScore(countKinds(pairs));
  const counts = Object.entries(score).map(([scheme, { correct, incorrect, partial, missed, spurious }]) => [
    scheme,
    [correct, incorrect, partial, missed, spurious],
  ]);
  assert.deepEqual(Object.fromEntries(counts), {
    strict: [1, 3, 0, 1, 1],
    exact: [2, 2, 0, 1, 1],
    partial: [2, 0, 2, 1, 1],
    type: [2, 2, 0, 1, 1],
  });
  assert.equal(score.partial.f1, (2 * 3) / 10);
});
