/** Lines, sentences and code points of offsets. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokenTable } from '../../../../worker/data/tokenize.ts';
import { codePointOffsets, countUpTo, lineStarts, sentenceNumber } from '../../../../worker/formats/write/positions.ts';

test('counts the values up to a limit, the limit included', () => {
  assert.deepEqual(
    [-1, 0, 4, 5, 9, 10].map((limit) => countUpTo([0, 5, 5, 9], limit)),
    [0, 1, 1, 3, 4, 4],
  );
});

test('a line ends with CR LF, LF or CR', () => {
  assert.deepEqual(lineStarts('a\r\nb\nc\rd'), [0, 3, 5, 7]);
});

test('sentences count from 1', () => {
  const text = 'No pain.\n\nNo fever.\n\nHome.';
  const tokens = tokenTable(text);
  assert.deepEqual(
    ['pain', 'fever', 'Home'].map((word) => sentenceNumber(tokens, text.indexOf(word))),
    [1, 2, 3],
  );
});

test('an offset after an astral character is one less in code points', () => {
  const text = 'a😀b😀c';
  const toCodePoint = codePointOffsets(text);
  assert.deepEqual([0, 1, 3, 4, 6, 7].map(toCodePoint), [0, 1, 2, 3, 4, 5]);
});

test('a lone surrogate counts as one code point', () => {
  assert.equal(codePointOffsets('\ude00a\ud83d')(3), 3);
});
