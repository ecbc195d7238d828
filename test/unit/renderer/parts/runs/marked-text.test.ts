/** Stretches of a marked text, and the sentences around a span. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markedText, sentencesAround } from '../../../../../renderer/parts/runs/marked-text.ts';

const text = 'Given aspirin for chest pain. Seen again.';
const drug = { start: 6, end: 13, label: 'Drug' };
const sign = { start: 18, end: 28, label: 'Sign' };

test('the stretches of a marked text add up to the text', () => {
  const stretches = markedText(text, [sign, drug], null, 0, text.length);
  assert.equal(stretches.map((stretch) => stretch.text).join(''), text);
  assert.deepEqual(
    stretches.map(({ label }) => label),
    [null, 'Drug', null, 'Sign', null],
  );
});

test('where spans overlap, the one that the reader came for is kept', () => {
  const focus = { start: 24, end: 28, label: 'Anatomy' };
  const stretches = markedText(text, [drug, sign], focus, 0, text.length);
  assert.deepEqual(
    stretches.filter(({ label }) => label !== null).map(({ label, isFocus }) => [label, isFocus]),
    [
      ['Drug', false],
      ['Anatomy', true],
    ],
  );
});

test('a part of the text shows the spans that reach into it', () => {
  const stretches = markedText(text, [drug, sign], null, 14, 23);
  assert.deepEqual(
    stretches.map((stretch) => stretch.text),
    ['for ', 'chest pain'.slice(0, 5)],
  );
});

test('the sentences around a span begin and end at sentence bounds', () => {
  const sentences = [
    [0, 29],
    [30, 41],
  ] as const;
  assert.deepEqual(sentencesAround(sentences, drug, 0), { start: 0, end: 29 });
  assert.deepEqual(sentencesAround(sentences, drug, 1), { start: 0, end: 41 });
});
