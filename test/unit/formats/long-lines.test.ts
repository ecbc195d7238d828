/** A line of 300,000 characters in every reader: with quadratic time these tests would run for minutes and be stopped. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { brat } from '../../../worker/formats/brat.ts';
import { conll } from '../../../worker/formats/conll.ts';
import type { FormatReader, ReadDocument } from '../../../worker/formats/format.ts';
import { i2b2Entries } from '../../../worker/formats/i2b2-2009.ts';
import { i2b2Concepts } from '../../../worker/formats/i2b2-2010.ts';
import { plainText } from '../../../worker/formats/text.ts';
import { decodedGroup } from './corpus-builders.ts';

const length = 300_000;
const words = 'word '.repeat(length / 5).trimEnd();
const oneWord = 'x'.repeat(length);
const blanks = `a${' '.repeat(length)}b`;

function read(reader: FormatReader, contents: Record<string, string>): ReadDocument {
  const { group, files } = decodedGroup(contents);
  const [only] = reader.read(group, files);
  assert.ok(only);
  return only;
}

describe('a line of 300,000 characters', { timeout: 30_000 }, () => {
  for (const [name, text] of Object.entries({ words, oneWord, blanks })) {
    test(`is read by i2b2-2010: ${name}`, () => {
      const tokens = text.split(' ').length;
      const concept = `c="${text}" 1:0 1:${tokens - 1}||t="x"\nc="${text}z" 1:0 1:${tokens - 1}||t="x"\n`;
      assert.deepEqual(read(i2b2Concepts, { 'a.txt': text, 'a.con': concept }).counts, {
        ok: 1,
        repaired: 0,
        skipped: 1,
      });
    });

    test(`is read by i2b2-2009: ${name}`, () => {
      const tokens = text.split(' ').length;
      const entry = `m="${text}" 1:0 1:${tokens - 1}||do="nm"\n`;
      assert.equal(read(i2b2Entries, { 'a.txt': text, 'a.m': entry }).counts.ok, 1);
    });

    test(`is read by brat: ${name}`, () => {
      const lines = `T1\tX 0 ${text.length}\t${text}\nT2\tX 0 ${text.length}\t${text}z\nT3 ${text}\n${text}\n`;
      assert.deepEqual(read(brat, { 'a.txt': text, 'a.ann': lines }).counts, { ok: 1, repaired: 0, skipped: 3 });
    });

    test(`is read by conll: ${name}`, () => {
      assert.equal(read(conll, { 'a.conll': `a\tO\n${text}\tB-X\n` }).counts.ok, 1);
      assert.equal(read(conll, { 'a.conll': `a O\n${text} B-X\n` }).counts.ok, 1);
    });

    test(`is read as text: ${name}`, () => {
      assert.equal(read(plainText, { 'a.txt': text }).document.text.length, text.length);
    });
  }

  test('is repaired when its offsets are wrong', () => {
    const result = read(brat, { 'a.txt': `## ${words}`, 'a.ann': `T1\tX 0 ${words.length}\t${words}\n` });
    assert.deepEqual(result.document.spans, [{ start: 3, end: 3 + words.length, label: 'X' }]);
  });

  test('may hold nothing but the beginnings of annotations', () => {
    const concepts = 'c="'.repeat(length / 3);
    const entries = '||m="'.repeat(length / 5);
    assert.equal(read(i2b2Concepts, { 'a.txt': 'a', 'a.con': concepts }).counts.skipped, 1);
    assert.ok(read(i2b2Entries, { 'a.txt': 'a', 'a.m': entries }).counts.skipped > 0);
  });
});
