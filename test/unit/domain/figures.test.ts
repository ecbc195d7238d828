/** What a score is told by: micro F1 of spans, accuracy of classes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { figureOf, figureOfTrials } from '../../../worker/domain/figures.ts';

const ratios = (f1: number) => ({ precision: 1, recall: 0.25, f1 });
const strict = { micro: ratios(0.4), macro: ratios(0.1) };

test('a score is told by its accuracy where it has one, else by strict micro F1', () => {
  assert.equal(figureOf({ strict }), 0.4);
  assert.equal(figureOf({ strict, accuracy: 0 }), 0);
});

test('a study of classes is one as soon as a trial says so', () => {
  assert.equal(figureOfTrials([]), 'f1');
  assert.equal(figureOfTrials([{ figure: 'f1' }, { figure: 'accuracy' }]), 'accuracy');
});
