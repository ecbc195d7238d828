/** Text in cells: nothing that breaks a workbook or runs as a formula. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cellText, contextAfter, contextBefore, csvText } from '../../../../worker/formats/write/cells.ts';

test('control characters that XML forbids become replacement characters', () => {
  assert.equal(cellText('a\u0000b\u000bc\u000cd\u001be\ufffff'), 'a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf');
});

test('tabs and line feeds stay', () => {
  assert.equal(cellText('a\tb\nc'), 'a\tb\nc');
});

test('carriage returns become line feeds', () => {
  assert.equal(cellText('a\r\nb\rc'), 'a\nb\nc');
});

test('a lone surrogate becomes a replacement character and a pair stays', () => {
  assert.equal(cellText('\ud83d x 😀 \ude00'), '\ufffd x 😀 \ufffd');
});

test('text that looks like a formula, a date or a number is left alone', () => {
  for (const text of ['=HYPERLINK("x")', '+2 edema', '-ve', '@home', '1-2', '3/4', '1E5', '007']) {
    assert.equal(cellText(text), text);
  }
});

test('text of 32,000 characters is kept whole and one more is cut with an ellipsis', () => {
  assert.equal(cellText('x'.repeat(32_000)), 'x'.repeat(32_000));
  assert.equal(cellText('x'.repeat(32_001)), `${'x'.repeat(31_999)}…`);
});

test('a cut never leaves half a surrogate pair', () => {
  const cut = cellText(`${'x'.repeat(31_998)}😀${'x'.repeat(100)}`);
  assert.equal(cut, `${'x'.repeat(31_998)}…`);
});

test('at most 250 line feeds are left in a cell', () => {
  const text = cellText('x\n'.repeat(300));
  assert.equal(text.length, 600);
  assert.equal(text.split('\n').length - 1, 250);
});

test('a context stops at the borders of the text', () => {
  assert.equal(contextBefore('no pain', 3, 60), 'no ');
  assert.equal(contextAfter('no pain', 2, 60), ' pain');
});

test('a context never starts or ends with half a surrogate pair', () => {
  assert.equal(contextBefore('😀abc', 5, 4), 'abc');
  assert.equal(contextAfter('abc😀', 0, 4), 'abc');
  assert.equal(contextBefore('😀abc', 5, 5), '😀abc');
});

test('a context is one line', () => {
  assert.equal(contextAfter('a\r\nb\tc\nd', 0, 60), 'a b c d');
});

test('a CSV field that a spreadsheet may run gets an apostrophe', () => {
  for (const text of ['=1+1', '+2', '-ve', '@a', '\tx', '\rx', '\0x', '＝1']) {
    assert.deepEqual(csvText(text), { value: `'${text}`, escaped: true });
  }
});

test('a CSV field with a sign further in stays as it is', () => {
  assert.deepEqual(csvText('x=-1'), { value: 'x=-1', escaped: false });
});
