/** The steps of caret and boundaries: by word, by character as a reader counts, by line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitLines } from '../../../renderer/state/note-lines.ts';
import { characterStep, lineStep, ordered, trimmed, wordEnd, wordStart } from '../../../renderer/state/note-steps.ts';

test('ends and starts of words are found in both directions, and none beyond the text', () => {
  const text = 'Given aspirin, 100 mg.';
  assert.deepEqual([wordEnd(text, 13, 'forward'), wordEnd(text, 13, 'back')], [14, 5]);
  assert.deepEqual([wordStart(text, 6, 'forward'), wordStart(text, 6, 'back')], [13, 0]);
  assert.deepEqual([wordEnd(text, text.length, 'forward'), wordStart(text, 0, 'back')], [text.length, 0]);
});

test('an accent, a joined emoji and CRLF are one character each', () => {
  for (const one of ['e\u0301', '👩‍⚕️', '\r\n', 'é', '🇩🇪']) {
    const text = `a${one}b`;
    assert.equal(characterStep(text, 1, 'forward'), 1 + one.length, JSON.stringify(one));
    assert.equal(characterStep(text, 1 + one.length, 'back'), 1, JSON.stringify(one));
  }
});

test('a step at either end of the text stays there', () => {
  assert.deepEqual([characterStep('ab', 2, 'forward'), characterStep('ab', 0, 'back')], [2, 0]);
});

test('a step to another line keeps the column as far as that line goes', () => {
  const lines = splitLines('abcdef\nab\nabcdef');
  assert.deepEqual([lineStep(lines, 4, 'forward'), lineStep(lines, 12, 'back'), lineStep(lines, 3, 'back')], [9, 9, 3]);
});

test('blanks at the ends of a mark are left out, and nothing but blanks is no mark', () => {
  assert.deepEqual(trimmed('a  bc \r\n', 1, 8), { start: 3, end: 5 });
  assert.equal(trimmed('a  b', 1, 3), null);
});

test('a mark that cuts an emoji takes all of it', () => {
  assert.deepEqual(ordered('a👩b', 2, 0), { start: 0, end: 3 });
});
