/** Reports on scores: free of the order of annotations, open about what cannot be relied on, repeatable. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PredictedSpan } from '../../../worker/domain/document.ts';
import type { DocumentEvidence } from '../../../worker/domain/score-report.ts';
import { documentEvidence, scoreDifference, scoreReport } from '../../../worker/evaluate/report.ts';

const facts = { modelHash: 'ab', trainingSeed: 7, labels: ['Drug', 'Sign'], areClasses: false };
const text = 'x'.repeat(60);

const spans = fc.array(
  fc
    .record({ start: fc.nat(50), length: fc.integer({ min: 1, max: 8 }), label: fc.constantFrom('Drug', 'Sign') })
    .map(({ start, length, label }) => ({ start, end: start + length, label, confidence: 0.5 })),
  { maxLength: 12 },
);

/** `found` of `gold` Drug spans are predicted. */
function evidence(gold: number, found: number): DocumentEvidence {
  const all: PredictedSpan[] = Array.from({ length: gold }, (_, i) => {
    return { start: i * 3, end: i * 3 + 2, label: 'Drug', confidence: 1 };
  });
  return documentEvidence({ text }, all, all.slice(0, found));
}

test('the order of annotations changes nothing: not the counts, not the kinds of errors', () => {
  fc.assert(
    fc.property(spans, spans, fc.nat(), (gold, predicted, turn) => {
      const turned = <T>(list: readonly T[]): T[] => [...list.slice(turn % 5), ...list.slice(0, turn % 5)].reverse();
      const counted = ({ labels, kinds }: DocumentEvidence): unknown => ({ labels, kinds });
      assert.deepEqual(
        counted(documentEvidence({ text }, turned(gold), turned(predicted))),
        counted(documentEvidence({ text }, gold, predicted)),
      );
    }),
    { numRuns: 300, seed: 1 },
  );
});

test('a document has another fingerprint when its gold or its text is another, not when predictions are', () => {
  const { fingerprint } = evidence(3, 2);
  assert.equal(evidence(3, 1).fingerprint, fingerprint);
  assert.notEqual(evidence(4, 2).fingerprint, fingerprint);
  assert.notEqual(documentEvidence({ text: 'y' }, [], []).fingerprint, documentEvidence({ text }, [], []).fingerprint);
});

test('the strict scheme of SemEval is the strict micro score, interval included', () => {
  const report = scoreReport([evidence(5, 3), evidence(8, 8), evidence(2, 0), evidence(9, 4)], facts);
  const { precision, recall, f1 } = report.semeval.strict;
  assert.deepEqual({ precision, recall, f1 }, report.strict.micro);
});

test('a test set of one document has a caution and an interval that says nothing', () => {
  const report = scoreReport([evidence(5, 3)], facts);
  assert.match(report.cautions[0] ?? '', /^One document/);
  assert.deepEqual(report.strict.micro.f1, { value: 0.75, low: 0, high: 1 });
});

test('few documents and few spans are said, many are not', () => {
  const few = scoreReport([evidence(5, 3), evidence(4, 4)], facts);
  assert.match(few.cautions[0] ?? '', /^Only 2 documents/);
  assert.equal(few.perLabel[0]?.caution, 'Only 9 annotated spans, fewer than 20.');
  const many = scoreReport(
    Array.from({ length: 12 }, () => evidence(5, 3)),
    { ...facts, labels: ['Drug'] },
  );
  assert.deepEqual([many.cautions, many.perLabel[0]?.caution], [[], null]);
});

test('a model that found nothing at all is said to have come to nothing, one that found something wrong is not', () => {
  const empty = scoreReport([evidence(5, 0), evidence(4, 0)], facts);
  assert.match(empty.cautions[0] ?? '', /found nothing at all/);
  assert.ok(!scoreReport([evidence(5, 0), evidence(4, 1)], facts).cautions.some((text) => /nothing at all/.test(text)));
  assert.ok(!scoreReport([evidence(0, 0), evidence(0, 0)], facts).cautions.some((text) => /nothing at all/.test(text)));
});

test('a label that the model knows and the documents do not hold is named', () => {
  const report = scoreReport([evidence(5, 3), evidence(5, 3)], facts);
  assert.deepEqual(report.labelsWithoutGold, ['Sign']);
  assert.match(report.cautions.at(-1) ?? '', /Sign/);
});

test('a difference is the difference of the values, and turns its sign when the runs change places', () => {
  const [a, b] = [
    [5, 3],
    [8, 8],
    [6, 1],
    [9, 4],
  ].reduce<[DocumentEvidence[], DocumentEvidence[]]>(
    ([weak, strong], [gold = 0, found = 0]) => [
      [...weak, evidence(gold, found)],
      [...strong, evidence(gold, Math.min(gold, found + 1))],
    ],
    [[], []],
  );
  const difference = scoreDifference(a, b).strict.micro.f1;
  const value = scoreReport(b, facts).strict.micro.f1.value - scoreReport(a, facts).strict.micro.f1.value;
  assert.equal(difference.value, value);
  const back = scoreDifference(b, a).strict.micro.f1;
  assert.ok(Math.abs(back.low + difference.high) < 1e-12 && Math.abs(back.high + difference.low) < 1e-12);
});
