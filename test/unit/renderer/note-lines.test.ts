/** How a note's text is cut for drawing: lines, the spans that touch them, pieces, lanes of overlapping spans. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutLine, lineAt, spansByLine, splitLines } from '../../../renderer/state/note-lines.ts';
import { placeSpans, type ShownSpan, spanAt } from '../../../renderer/state/note-spans.ts';
import { shortTags } from '../../../renderer/state/note-tags.ts';

test('lines end at LF, CRLF and CR, and keep the offsets of the text', () => {
  const text = 'ab\r\n\ncd\re';
  assert.deepEqual(
    splitLines(text).map(({ number, start, end }) => [number, text.slice(start, end)]),
    [
      [1, 'ab'],
      [2, ''],
      [3, 'cd'],
      [4, 'e'],
    ],
  );
});

test('a very long line is drawn in parts that lose no character and divide no emoji', () => {
  const text = `${'👩'.repeat(3000)} ${'word '.repeat(1000)}`;
  const parts = splitLines(text);
  assert.ok(parts.length > 4);
  assert.equal(parts.map(({ start, end }) => text.slice(start, end)).join(''), text);
  assert.ok(parts.every(({ start, end }) => text.slice(start, end).isWellFormed()));
  assert.deepEqual(
    parts.map(({ number, isFirstPart }) => [number, isFirstPart]),
    parts.map((_part, index) => [1, index === 0]),
  );
});

test('every offset is found in its line, that of a line break in the line before it', () => {
  const lines = splitLines('ab\r\ncd\n');
  assert.deepEqual(
    [0, 2, 3, 4, 6, 7].map((offset) => lineAt(lines, offset)),
    [0, 0, 0, 1, 1, 2],
  );
});

test('a line is cut where spans begin and end, also those of other lines, and each piece knows its spans', () => {
  const lines = splitLines('one two\nthree');
  const placed = placeSpans([span(0, 4, 13), span(1, 8, 13)], 4);
  const byLine = spansByLine(lines, placed);
  const pieces = (index: number) => {
    const line = lines[index];
    assert.ok(line);
    return cutLine(line, byLine.get(index) ?? [], [9]).map((piece) => [
      piece.start,
      piece.end,
      piece.spans.map((entry) => entry.span.entity),
    ]);
  };
  assert.deepEqual(pieces(0), [
    [0, 4, []],
    [4, 7, [0]],
  ]);
  assert.deepEqual(pieces(1), [
    [8, 9, [0, 1]],
    [9, 13, [0, 1]],
  ]);
});

test('the gap of a discontinuous span is not in it', () => {
  const [line] = splitLines('left or right arm');
  assert.ok(line);
  const broken = { ...span(0, 0, 17), parts: [[0, 4] as const, [14, 17] as const] };
  const pieces = cutLine(line, placeSpans([broken], 4), []);
  assert.deepEqual(
    pieces.map(({ start, end, spans }) => [start, end, spans.length]),
    [
      [0, 4, 1],
      [4, 14, 0],
      [14, 17, 1],
    ],
  );
});

test('spans that overlap have lanes of their own, and lanes are used again', () => {
  const placed = placeSpans([span(0, 0, 10), span(1, 2, 5), span(2, 4, 6), span(3, 6, 8), span(4, 10, 12)], 4);
  assert.deepEqual(
    placed.map(({ lane }) => lane),
    [0, 1, 2, 1, 0],
  );
});

test('clicks on overlapping spans choose them in turn, the shortest first', () => {
  const spans = [span(0, 0, 10), span(1, 2, 5)];
  const first = spanAt(spans, 3, null)?.entity ?? null;
  const second = spanAt(spans, 3, first)?.entity ?? null;
  assert.deepEqual([first, second, spanAt(spans, 3, second)?.entity], [1, 0, 1]);
  assert.equal(spanAt(spans, 10, null), undefined);
});

test('no two labels have the same short form', () => {
  const labels = ['Drug', 'Diagnostic_procedure', 'DiagnosticProcess', 'Diag.Proc', 'Hospitalisation'];
  const tags = shortTags(labels);
  assert.equal(new Set(tags.values()).size, labels.length);
  assert.deepEqual([tags.get('Drug'), tags.get('Diagnostic_procedure')], ['Drug', 'Diag.proc']);
});

function span(entity: number, start: number, end: number): ShownSpan {
  return { entity, start, end, parts: [[start, end]], label: 'Drug', confidence: 0.5, state: 'open', predicted: null };
}
