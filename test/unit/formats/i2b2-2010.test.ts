/** The i2b2/VA 2010 reader: token addresses, its files' known faults, and how each is reported. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { i2b2Concepts } from '../../../worker/formats/i2b2-2010.ts';
import type { ReadDocument } from '../../../worker/formats/format.ts';
import { decodedGroup } from './corpus-builders.ts';

function read(text: string, concepts: string): ReadDocument {
  const { group, files } = decodedGroup({ 'note.txt': text, 'note.con': concepts });
  const [only] = i2b2Concepts.read(group, files);
  assert.ok(only);
  return only;
}

function surfaces({ document }: ReadDocument): string[] {
  return document.spans.map(({ start, end, label }) => `${label}: ${document.text.slice(start, end)}`);
}

const text = 'Admitted with Chest Pain .\nGiven aspirin 81 mg " daily " .\n';

describe('i2b2-2010', () => {
  test('places concepts by line and token, without regard to letter case', () => {
    const read1 = read(text, 'c="chest pain" 1:2 1:3||t="problem"\nc="aspirin 81 mg" 2:1 2:3||t="treatment"\n');
    assert.deepEqual(surfaces(read1), ['problem: Chest Pain', 'treatment: aspirin 81 mg']);
    assert.deepEqual(read1.counts, { ok: 2, repaired: 0, skipped: 0 });
    assert.deepEqual(read1.audit, []);
  });

  test('takes tokens and sentences from the file', () => {
    const { tokens } = read('a b.c\n\nd\n', '').document;
    assert.deepEqual(
      [[...tokens.starts], [...tokens.ends], [...tokens.sentenceEnds]],
      [
        [0, 2, 7],
        [1, 5, 8],
        [2, 3],
      ],
    );
  });

  test('reads quotation marks inside the stated text', () => {
    assert.deepEqual(surfaces(read(text, 'c="" daily "" 2:4 2:6||t="f"')), ['f: " daily "']);
  });

  test('keeps a label with blanks as it is, trimmed at its ends', () => {
    assert.deepEqual(surfaces(read(text, 'c="chest pain" 1:2 1:3||t=" adverse event "')), [
      'adverse event: Chest Pain',
    ]);
  });

  test('reads CR LF files with exact offsets', () => {
    const crlf = read(text.replaceAll('\n', '\r\n'), 'c="aspirin" 2:1 2:1||t="treatment"\r\n');
    assert.deepEqual(surfaces(crlf), ['treatment: aspirin']);
    assert.equal(crlf.counts.ok, 1);
  });

  test('counts empty tokens between two blanks where the concepts do', () => {
    const result = read('chest  pain today', 'c="pain" 1:2 1:2||t="problem"');
    assert.deepEqual(surfaces(result), ['problem: pain']);
    assert.deepEqual(result.audit, []);
  });

  test('falls back to runs of white space where the concepts count so, and says it', () => {
    const result = read('chest  pain today', 'c="pain" 1:1 1:1||t="problem"\nc="today" 1:2 1:2||t="time"');
    assert.deepEqual(surfaces(result), ['problem: pain', 'time: today']);
    assert.deepEqual(result.audit, [
      {
        file: 'note.txt',
        status: 'note',
        kind: 'token-counting',
        reason:
          'Tokens are counted by runs of white space: 2 of 2 annotations fit that way, 0 when every white space character ends a token.',
      },
    ]);
  });

  test('lets a lone CR end a line where the concepts count so', () => {
    const result = read('first\rchest pain\nlast\n', 'c="chest pain" 2:0 2:1||t="problem"\nc="last" 3:0 3:0||t="x"');
    assert.equal(result.counts.ok, 2);
    assert.match(result.audit[0]?.reason ?? '', /with a lone CR ending a line/);
  });

  test('mends a wrong end token', () => {
    const result = read(text, 'c="chest pain" 1:2 1:2||t="problem"');
    assert.deepEqual(surfaces(result), ['problem: Chest Pain']);
    assert.deepEqual(result.counts, { ok: 0, repaired: 1, skipped: 0 });
    assert.deepEqual(result.audit, [
      {
        file: 'note.con',
        line: 1,
        status: 'repaired',
        kind: 'offset-shifted',
        reason: 'The stated text was found nearby: start moved by +0, end by +5 characters.',
      },
    ]);
  });

  test('keeps a concept over two lines and notes it', () => {
    const result = read(text, 'c=". given" 1:4 2:0||t="problem"');
    assert.deepEqual(surfaces(result), ['problem: .\nGiven']);
    assert.deepEqual(result.audit, [
      {
        file: 'note.con',
        line: 1,
        status: 'note',
        kind: 'multi-line',
        reason: 'The annotation runs over lines 1 to 2 of the text.',
      },
    ]);
  });

  for (const [what, concept, kind, reason] of [
    [
      'a line that is not there',
      'c="fever" 9:0 9:0||t="problem"',
      'out-of-range',
      'There is no line 9; the text ends with line 2.',
    ],
    [
      'a token that is not there',
      'c="fever" 1:2 1:12||t="problem"',
      'out-of-range',
      'Line 1 of the text has no token 12; it has 5, counted from 0.',
    ],
    [
      'an end before the start',
      'c="fever" 1:3 1:2||t="problem"',
      'out-of-range',
      'The last token stands before the first, or pieces overlap.',
    ],
    [
      'a text that is not there',
      'c="fever" 1:2 1:2||t="problem"',
      'surface-mismatch',
      'The stated text is neither at its offsets nor within 50 characters of them.',
    ],
    ['an empty label', 'c="chest pain" 1:2 1:3||t=" "', 'label-empty', 'The annotation has no label.'],
    [
      'a malformed line',
      'chest pain|problem',
      'line-malformed',
      'The line is not of the form c="…" line:token line:token||t="…".',
    ],
  ] as const) {
    test(`skips ${what} and says why`, () => {
      const result = read(text, `\n${concept}\n`);
      assert.deepEqual(result.counts, { ok: 0, repaired: 0, skipped: 1 });
      assert.deepEqual(result.audit, [{ file: 'note.con', line: 2, status: 'skipped', kind, reason }]);
    });
  }

  test('keeps a repeated concept once', () => {
    const line = 'c="chest pain" 1:2 1:3||t="problem"\n';
    const result = read(text, line + line);
    assert.deepEqual(result.counts, { ok: 1, repaired: 0, skipped: 1 });
    assert.deepEqual(
      result.audit.map(({ line: at, kind, reason }) => [at, kind, reason]),
      [[2, 'duplicate', 'The same label is already on the same text.']],
    );
  });

  test('sorts spans, so that the order of the concepts does not matter', () => {
    const lines = ['c="chest pain" 1:2 1:3||t="b"', 'c="chest" 1:2 1:2||t="a"', 'c="aspirin" 2:1 2:1||t="a"'];
    assert.deepEqual(
      read(text, lines.join('\n')).document.spans,
      read(text, lines.toReversed().join('\n')).document.spans,
    );
  });
});
