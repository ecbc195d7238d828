/** The brat reader: units of counting, fragments, foreign lines, and what is skipped. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { brat } from '../../../worker/formats/brat.ts';
import type { ReadDocument } from '../../../worker/formats/format.ts';
import { decodedGroup } from './corpus-builders.ts';

function read(text: string, annotations: string): ReadDocument {
  const { group, files } = decodedGroup({ 'note.txt': text, 'note.ann': annotations });
  const [only] = brat.read(group, files);
  assert.ok(only);
  return only;
}

function surfaces({ document }: ReadDocument): string[] {
  return document.spans.map(({ start, end, label }) => `${label}: ${document.text.slice(start, end)}`);
}

function noteReasons({ audit }: ReadDocument): string[] {
  return audit.filter(({ status }) => status === 'note').map(({ kind, reason }) => `${kind}: ${reason}`);
}

const text = 'Took ativan 1 mg for acute and chronic pain.\n';

describe('brat', () => {
  test('reads text-bound annotations, overlapping ones included', () => {
    const result = read(text, 'T1\tDrug 5 11\tativan\nT2\tMedication 5 16\tativan 1 mg\n');
    assert.deepEqual(surfaces(result), ['Medication: ativan 1 mg', 'Drug: ativan']);
    assert.deepEqual([result.counts, result.audit], [{ ok: 2, repaired: 0, skipped: 0 }, []]);
  });

  test('keeps the fragments of a discontinuous annotation, in order', () => {
    const result = read(text, 'T1\tReason 39 43;21 26\tacute pain\n');
    assert.deepEqual(result.document.spans, [
      {
        start: 21,
        end: 43,
        label: 'Reason',
        fragments: [
          [21, 26],
          [39, 43],
        ],
      },
    ]);
    assert.equal(result.counts.ok, 1);
  });

  test('joins fragments that only a line break parts', () => {
    const result = read('severe\nchest pain', 'T1\tProblem 0 6;7 17\tsevere chest pain');
    assert.deepEqual(result.document.spans, [{ start: 0, end: 17, label: 'Problem' }]);
  });

  test('passes over relations, events, attributes, normalisations, equivalences and notes', () => {
    const foreign =
      'R1\tR Arg1:T1 Arg2:T1\t\nE1\tDrug:T1 \nA1\tNegated T1\nM1\tNegated T1\n*\tEquiv T1 T1\nN1\tReference T1 X:1\tx\n#1\tAnnotatorNotes T1\tfree text\n\n';
    const result = read(text, `${foreign}T1\tDrug 5 11\tativan\n`);
    assert.deepEqual([surfaces(result), result.audit], [['Drug: ativan'], []]);
  });

  test('counts an emoji before an entity as one character', () => {
    const result = read('😀 ativan', 'T1\tDrug 2 8\tativan');
    assert.deepEqual(result.document.spans, [{ start: 3, end: 9, label: 'Drug' }]);
    assert.deepEqual(result.counts, { ok: 1, repaired: 0, skipped: 0 });
  });

  test('follows a file that counts an emoji as two, and says so', () => {
    const result = read('😀 ativan', 'T1\tDrug 3 9\tativan');
    assert.deepEqual(surfaces(result), ['Drug: ativan']);
    assert.deepEqual(noteReasons(result), [
      'offset-unit: Offsets are counted in UTF-16 code units: 1 of 1 annotations fit that way, 0 in code points.',
    ]);
  });

  test('reads CR LF texts whose offsets count both characters', () => {
    const result = read('one\r\ntwo\r\nfever', 'T1\tProblem 10 15\tfever');
    assert.deepEqual([surfaces(result), result.audit], [['Problem: fever'], []]);
  });

  test('follows a file whose offsets were counted on LF text, and says so', () => {
    const result = read('one\r\ntwo\r\nfever', 'T1\tProblem 8 13\tfever');
    assert.deepEqual(result.document.spans, [{ start: 10, end: 15, label: 'Problem' }]);
    assert.deepEqual(noteReasons(result), [
      'offset-unit: Offsets are counted with CR LF as one character: 1 of 1 annotations fit that way, 0 in code points.',
    ]);
    assert.equal(result.counts.ok, 1);
  });

  test('follows a file that counts the byte order mark, and says so', () => {
    const result = read('\ufeffone fever', 'T1\tProblem 5 10\tfever');
    assert.deepEqual(result.document.spans, [{ start: 4, end: 9, label: 'Problem' }]);
    assert.match(noteReasons(result).join(), /with the byte order mark as a character/);
  });

  for (const [what, odd] of [
    ['a form feed', '\f'],
    ['a NUL', '\0'],
    ['a lone surrogate', '\ud83d'],
    ['a decomposed accent', 'e\u0301'],
  ] as const) {
    test(`keeps offsets exact after ${what}`, () => {
      const files = [
        { text: `${odd} fever`, encoding: { encoding: 'utf-8', bom: false, newline: 'none' } },
        {
          text: `T1\tProblem ${odd.length + 1} ${odd.length + 6}\tfever`,
          encoding: { encoding: 'utf-8', bom: false, newline: 'none' },
        },
      ] as const;
      const [result] = brat.read({ name: 'note', files: ['/note.txt', '/note.ann'] }, files);
      assert.deepEqual(result?.document.spans, [{ start: odd.length + 1, end: odd.length + 6, label: 'Problem' }]);
      assert.deepEqual(result?.audit, []);
    });
  }

  test('reads .a1 and .a2 files together and names each in the audit', () => {
    const { group, files } = decodedGroup({
      'note.txt': text,
      'note.a1': 'T1\tDrug 5 11\tativan',
      'note.a2': 'T2\tDose 12 16\t2 mg',
    });
    const [result] = brat.read(group, files);
    assert.deepEqual(result?.counts, { ok: 1, repaired: 0, skipped: 1 });
    assert.deepEqual(
      result?.audit.map(({ file, line }) => [file, line]),
      [['note.a2', 1]],
    );
  });

  test('takes offsets without a stated text when they are in range, and says that they were not checked', () => {
    const result = read(text, 'T1\tDrug 5 11');
    assert.deepEqual(surfaces(result), ['Drug: ativan']);
    assert.deepEqual(noteReasons(result), [
      'surface-missing: Annotations without a stated text: 1. Their offsets could not be checked.',
    ]);
  });

  test('repairs offsets that are a little off, with file and line', () => {
    const result = read(text, 'T1\tDrug 7 13\tativan');
    assert.deepEqual(surfaces(result), ['Drug: ativan']);
    assert.deepEqual(result.audit, [
      {
        file: 'note.ann',
        line: 1,
        status: 'repaired',
        kind: 'offset-shifted',
        reason: 'The stated text was found nearby: start moved by -2, end by -2 characters.',
      },
    ]);
  });

  for (const [what, line, kind, reason] of [
    [
      'a label with a blank',
      'T1\tAdverse Event 5 11\tativan',
      'label-space',
      'The label holds a space, which brat does not allow; replace it by an underscore.',
    ],
    ['a missing label', 'T1\t5 11\tativan', 'label-empty', 'The annotation has no label.'],
    [
      'blanks in place of tabs',
      'T1 Drug 5 11 ativan',
      'line-malformed',
      'The line is not of the form T1 TAB Label start end TAB text.',
    ],
    [
      'offsets outside the text',
      'T1\tDrug 500 506\tativan',
      'out-of-range',
      'The offsets 500-506 lie outside the text of 45 characters, or overlap.',
    ],
    ['an empty span', 'T1\tDrug 44 44\tlorazepam', 'out-of-range', 'The offsets 44-44 hold no character.'],
    [
      'a text that is not there',
      'T1\tDrug 5 11\tlorazepam',
      'surface-mismatch',
      'The stated text is neither at its offsets nor within 50 characters of them.',
    ],
  ] as const) {
    test(`skips ${what} and says why`, () => {
      const result = read(text, `\n${line}\n`);
      assert.deepEqual(result.audit, [{ file: 'note.ann', line: 2, status: 'skipped', kind, reason }]);
      assert.deepEqual(result.counts, { ok: 0, repaired: 0, skipped: 1 });
    });
  }

  test('keeps a repeated annotation once', () => {
    const result = read(text, 'T1\tDrug 5 11\tativan\nT2\tDrug 5 11\tativan\n');
    assert.deepEqual(result.counts, { ok: 1, repaired: 0, skipped: 1 });
    assert.deepEqual(
      result.audit.map(({ line, kind }) => [line, kind]),
      [[2, 'duplicate']],
    );
  });
});
