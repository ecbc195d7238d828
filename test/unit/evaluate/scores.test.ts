/** Scores against hand-computed examples, and the properties every score must have. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Span } from '../../../worker/domain/document.ts';
import type { Score } from '../../../worker/domain/scores.ts';
import { countMatches } from '../../../worker/evaluate/match.ts';
import { conventionText, scoreCounts, scoreDocuments } from '../../../worker/evaluate/scores.ts';

function span(start: number, end: number, label: string): Span {
  return { start, end, label };
}

// Drug: 3 gold, 2 predicted, 1 exact, 2 overlapping. Test: 1 gold, 1 predicted, exact. Dose: no gold, 1 predicted.
const example = [
  {
    gold: [span(0, 5, 'Drug'), span(10, 20, 'Drug'), span(30, 35, 'Test')],
    predicted: [span(0, 5, 'Drug'), span(12, 20, 'Drug'), span(30, 35, 'Test'), span(40, 42, 'Dose')],
  },
  { gold: [span(0, 5, 'Drug')], predicted: [] },
];

test('Micro scores pool all spans.', () => {
  const { strict, lenient } = scoreDocuments(example);
  assert.deepEqual(strict.micro, { precision: 2 / 4, recall: 2 / 4, f1: 4 / 8 });
  assert.deepEqual(lenient.micro, { precision: 3 / 4, recall: 3 / 4, f1: 6 / 8 });
});

test('Macro scores are the plain mean over the labels that have gold spans.', () => {
  const { strict, lenient } = scoreDocuments(example);
  assert.deepEqual(strict.macro, { precision: (1 / 2 + 1) / 2, recall: (1 / 3 + 1) / 2, f1: (2 / 5 + 1) / 2 });
  assert.deepEqual(lenient.macro, { precision: 1, recall: (2 / 3 + 1) / 2, f1: (4 / 5 + 1) / 2 });
});

test('Labels come by support, then by name, with their counts.', () => {
  const { perLabel } = scoreDocuments(example);
  assert.deepEqual(
    perLabel.map(({ label, support, predicted }) => [label, support, predicted]),
    [
      ['Drug', 3, 2],
      ['Test', 1, 1],
      ['Dose', 0, 1],
    ],
  );
  assert.deepEqual(perLabel[0]?.strict, {
    precision: 1 / 2,
    recall: 1 / 3,
    f1: 2 / 5,
    truePositives: 1,
    falsePositives: 1,
    falseNegatives: 2,
  });
  const tied = scoreDocuments([{ gold: [span(0, 1, 'b'), span(2, 3, 'a')], predicted: [] }]);
  assert.deepEqual(tied.perLabel.map(({ label }) => label), ['a', 'b']); // prettier-ignore
});

test('Documents and spans are counted and the convention is named.', () => {
  const { documents, goldSpans, predictedSpans, convention } = scoreDocuments(example);
  assert.deepEqual({ documents, goldSpans, predictedSpans }, { documents: 2, goldSpans: 4, predictedSpans: 4 });
  assert.equal(convention, conventionText);
});

const zero = { precision: 0, recall: 0, f1: 0 };

test('Nothing to score gives zeros.', () => {
  for (const documents of [[], [{ gold: [], predicted: [] }]]) {
    const score = scoreDocuments(documents);
    assert.deepEqual(score.strict, { micro: zero, macro: zero });
    assert.deepEqual(score.lenient, { micro: zero, macro: zero });
    assert.deepEqual(score.perLabel, []);
  }
});

test('Predictions without gold, and gold without predictions, give zeros.', () => {
  const spans = [span(0, 3, 'Drug')];
  assert.deepEqual(scoreDocuments([{ gold: [], predicted: spans }]).strict, { micro: zero, macro: zero });
  assert.deepEqual(scoreDocuments([{ gold: spans, predicted: [] }]).strict, { micro: zero, macro: zero });
});

test('Spans of different documents never match.', () => {
  const spans = [span(0, 3, 'Drug')];
  const score = scoreDocuments([
    { gold: spans, predicted: [] },
    { gold: [], predicted: spans },
  ]);
  assert.equal(score.lenient.micro.f1, 0);
});

test('The score of counted documents is the score of the documents.', () => {
  const counts = example.map(({ gold, predicted }) => countMatches(gold, predicted));
  assert.deepEqual(scoreCounts(counts), scoreDocuments(example));
});

const anySpans = fc.array(
  fc
    .tuple(fc.nat(25), fc.integer({ min: 1, max: 8 }), fc.constantFrom('Drug', 'Test', 'Dose'))
    .map(([start, length, label]) => span(start, start + length, label)),
  { maxLength: 12 },
);
const anyDocuments = fc.array(fc.record({ gold: anySpans, predicted: anySpans }), { maxLength: 4 });

test('The order of documents and annotations changes nothing.', () => {
  const shuffledDocuments = anyDocuments.chain((documents) =>
    fc
      .tuple(
        ...documents.map(({ gold, predicted }) =>
          fc.record({
            gold: fc.shuffledSubarray(gold, { minLength: gold.length }),
            predicted: fc.shuffledSubarray(predicted, { minLength: predicted.length }),
          }),
        ),
      )
      .chain((inner) => fc.shuffledSubarray(inner, { minLength: inner.length }))
      .map((shuffled) => ({ documents, shuffled })),
  );
  fc.assert(
    fc.property(shuffledDocuments, ({ documents, shuffled }) => {
      assert.deepEqual(scoreDocuments(shuffled), scoreDocuments(documents));
    }),
  );
});

test('Swapping gold and predicted swaps precision and recall.', () => {
  const swappedMeasure = ({ precision, recall, f1 }: typeof zero) => ({ precision: recall, recall: precision, f1 });
  fc.assert(
    fc.property(anyDocuments, (documents) => {
      const score = scoreDocuments(documents);
      const swapped = scoreDocuments(documents.map(({ gold, predicted }) => ({ gold: predicted, predicted: gold })));
      assert.deepEqual(swapped.strict.micro, swappedMeasure(score.strict.micro));
      assert.deepEqual(swapped.lenient.micro, swappedMeasure(score.lenient.micro));
    }),
  );
});

test('Strict matches are never more than lenient ones, nor these more than the spans.', () => {
  const isOrdered = ({ support, predicted, strict, lenient }: Score['perLabel'][number]): boolean =>
    strict.truePositives <= lenient.truePositives && lenient.truePositives <= Math.min(support, predicted);
  fc.assert(fc.property(anyDocuments, (documents) => scoreDocuments(documents).perLabel.every(isOrdered)));
});

test('Lenient pairs are as many as brute force finds.', () => {
  const largest = (gold: readonly Span[], predicted: readonly Span[]): number => {
    const [first, ...rest] = predicted;
    if (first === undefined) return 0;
    const touching = gold.filter((other) => other.start < first.end && first.start < other.end);
    const without = largest(gold, rest);
    return Math.max(without, ...touching.map((chosen) => 1 + largest(gold.filter((other) => other !== chosen), rest))); // prettier-ignore
  };
  const few = fc.uniqueArray(fc.tuple(fc.nat(12), fc.integer({ min: 1, max: 6 })), {
    maxLength: 5,
    selector: ([start, length]) => `${start} ${length}`,
  });
  const asSpans = (chosen: readonly (readonly [number, number])[]): Span[] =>
    chosen.map(([start, length]) => span(start, start + length, 'Drug'));
  fc.assert(
    fc.property(few.map(asSpans), few.map(asSpans), (gold, predicted) => {
      assert.equal(countMatches(gold, predicted).get('Drug')?.lenient ?? 0, largest(gold, predicted));
    }),
  );
});

test('Predicting the gold is perfect.', () => {
  fc.assert(
    fc.property(anySpans, (gold) => {
      fc.pre(gold.length > 0);
      const { strict, lenient } = scoreDocuments([{ gold, predicted: gold }]);
      const perfect = { precision: 1, recall: 1, f1: 1 };
      assert.deepEqual([strict.micro, strict.macro, lenient.micro, lenient.macro], Array(4).fill(perfect));
    }),
  );
});
