/** The column reader: delimiters, documents, tag schemes, and broken rows. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { conll } from '../../../worker/formats/conll.ts';
import type { ReadDocument } from '../../../worker/formats/format.ts';
import { decodedGroup } from './corpus-builders.ts';

function readAll(content: string): ReadDocument[] {
  const { group, files } = decodedGroup({ 'note.conll': content });
  return conll.read(group, files);
}

function read(content: string): ReadDocument {
  const [only, ...others] = readAll(content);
  assert.ok(only);
  assert.equal(others.length, 0);
  return only;
}

/** Columns from `token/tag` pairs; `|` parts sentences. */
function columns(pairs: string, delimiter = '\t'): string {
  return pairs
    .split(' ')
    .map((pair) => (pair === '|' ? '\n' : `${pair.replace('/', delimiter)}\n`))
    .join('');
}

function surfaces({ document }: ReadDocument): string[] {
  return document.spans.map(({ start, end, label }) => `${label}: ${document.text.slice(start, end)}`);
}

function scheme({ audit }: ReadDocument): string | undefined {
  return audit.find(({ kind }) => kind === 'tag-scheme')?.reason;
}

describe('conll', () => {
  test('builds the text from tokens and keeps the sentences', () => {
    const { document } = read('Took\tO\nativan\tB-Drug\n\nNo\tO\npain\tB-Problem\n');
    assert.equal(document.text, 'Took ativan\nNo pain');
    assert.deepEqual([...document.tokens.starts], [0, 5, 12, 15]);
    assert.deepEqual([...document.tokens.ends], [4, 11, 14, 19]);
    assert.deepEqual([...document.tokens.sentenceEnds], [2, 4]);
  });

  for (const [name, content] of [
    ['tabs', 'low\tJJ\tB-X\nback\tNN\tI-X\n'],
    ['blanks', 'low JJ B-X\nback NN I-X\n'],
    ['runs of blanks', 'low    JJ  B-X\nback   NN  I-X  \n'],
    ['CR LF', 'low\tB-X\r\nback\tI-X\r\n'],
    ['the layout of Label Studio', '-DOCSTART- -X- O\nlow -X- _ B-X\nback -X- _ I-X\n'],
    ['comments', '# sent_id = 1\n# text = low back O\nlow\tB-X\nback\tI-X\n'],
  ] as const) {
    test(`reads ${name}`, () => {
      assert.deepEqual(surfaces(read(content)), ['X: low back']);
    });
  }

  test('reads a class a token where the last column repeats few words, and says so', () => {
    const found = read(columns(Array.from({ length: 20 }, () => 'The/DT note/NN #/SYM |').join(' ')));
    assert.equal(found.document.spans.length, 60);
    assert.deepEqual(surfaces(found).slice(0, 3), ['DT: The', 'NN: note', 'SYM: #']);
    assert.equal(found.audit[0]?.reason, 'Each token has a class of its own, 3 in all, and no entities are marked.');
    assert.equal(scheme(found), undefined);
  });

  test('takes no text for classes: too many of them, or too few tokens', () => {
    for (const count of [10, 200]) {
      const rows = Array.from({ length: count }, (_, i) => `word/x${i % 100}`).join(' ');
      assert.throws(() => readAll(columns(rows)), { code: 'format-invalid' });
    }
  });

  test('keeps a number sign that is a token', () => {
    assert.equal(read('#\tO\n#tag\tO\na\tB-X\n').document.text, '# #tag a');
  });

  test('parts documents at -DOCSTART- and numbers them', () => {
    const reads = readAll('-DOCSTART- -X- -X- O\n\na O\n\n-DOCSTART- -X- -X- O\n\nb B-X\n');
    assert.deepEqual(
      reads.map(({ document }) => [document.name, document.text]),
      [
        ['note-0001', 'a'],
        ['note-0002', 'b'],
      ],
    );
  });

  test('takes document names from -DOCSTART- where each states one', () => {
    const reads = readAll('-DOCSTART-\t-X-\t-X-\tward/one\tO\n\na\tO\n\n-DOCSTART-\t-X-\t-X-\ttwo\tO\n\nb\tB-X\n');
    assert.deepEqual(
      reads.map(({ document }) => document.name),
      ['ward/one', 'two'],
    );
  });

  for (const [name, pairs, spans] of [
    ['IOB1', 'a/I-X b/I-X c/B-X d/O e/I-Y', ['X: a b', 'X: c', 'Y: e']],
    ['IOB2', 'a/B-X b/I-X c/B-X d/O e/B-Y', ['X: a b', 'X: c', 'Y: e']],
    ['IOBES', 'a/B-X b/E-X c/S-X d/O e/S-Y', ['X: a b', 'X: c', 'Y: e']],
    ['BILOU', 'a/B-X b/L-X c/U-X d/O e/U-Y', ['X: a b', 'X: c', 'Y: e']],
    ['BMES', 'a/B-X b/M-X c/E-X d/O e/S-Y', ['X: a b c', 'Y: e']],
    ['IO', 'a/I-X b/I-X c/O d/O e/I-Y', ['X: a b', 'Y: e']],
  ] as const) {
    test(`recognises ${name} and says so`, () => {
      const result = read(columns(pairs));
      assert.deepEqual(surfaces(result), spans);
      assert.equal(scheme(result), `The tags follow ${name}.`);
      assert.deepEqual(result.counts, { ok: spans.length, repaired: 0, skipped: 0 });
    });
  }

  test('gives entities of bare tags a label of their own', () => {
    const result = read(columns('a/B b/I c/O'));
    assert.deepEqual(surfaces(result), ['Entity: a b']);
    assert.deepEqual(
      result.audit.map(({ kind }) => kind),
      ['tag-scheme', 'label-missing'],
    );
  });

  for (const [what, pairs, spans, line, reason] of [
    [
      'an I- that continues nothing in IOB2',
      'a/B-X | b/B-X | c/O d/I-X',
      ['X: a', 'X: b', 'X: d'],
      6,
      'I- continues no entity of its label; it opens one.',
    ],
    [
      'an I- of another label in IOB2',
      'a/B-X b/I-Y c/B-X',
      ['X: a', 'Y: b', 'X: c'],
      2,
      'I- continues no entity of its label; it opens one.',
    ],
    [
      'a B- that is never closed in IOBES',
      'a/B-X b/O c/S-X',
      ['X: a', 'X: c'],
      1,
      'B- is the last of an entity that is not closed; it ends there.',
    ],
    [
      'an L- that closes nothing in BILOU',
      'a/L-X b/U-X',
      ['X: a', 'X: b'],
      1,
      'L- continues no entity of its label; it opens one.',
    ],
  ] as const) {
    test(`repairs ${what}, with its line`, () => {
      const result = read(columns(pairs));
      assert.deepEqual(surfaces(result), spans);
      assert.deepEqual(
        result.audit.filter(({ status }) => status === 'repaired'),
        [{ file: 'note.conll', line, status: 'repaired', kind: 'transition-invalid', reason }],
      );
      assert.deepEqual(result.counts, { ok: spans.length - 1, repaired: 1, skipped: 0 });
    });
  }

  for (const [what, row, kind, reason] of [
    ['a missing tag column', 'pain', 'column-missing', 'The line has no tag column; its token is taken as O.'],
    [
      'a last column that is no tag',
      'pain\tNN',
      'tag-malformed',
      'The last column is no tag; the token is taken as O.',
    ],
    ['a tag with an empty label', 'pain\tB-', 'label-empty', 'The annotation has no label.'],
  ] as const) {
    test(`skips ${what} and says why`, () => {
      const result = read(`a\tO\n${row}\nb\tB-X\nc\tO\n`);
      assert.equal(result.document.text, 'a pain b c');
      assert.deepEqual(result.counts, { ok: 1, repaired: 0, skipped: 1 });
      assert.deepEqual(
        result.audit.filter(({ status }) => status === 'skipped'),
        [{ file: 'note.conll', line: 2, status: 'skipped', kind, reason }],
      );
    });
  }

  test('leaves out a line without a token, with a note', () => {
    const result = read('a\tO\n\tO\nb\tB-X\n');
    assert.equal(result.document.text, 'a b');
    assert.deepEqual(
      result.audit.filter(({ kind }) => kind === 'token-empty').map(({ line }) => line),
      [2],
    );
  });

  test('refuses a file without tags, with a next step', () => {
    assert.throws(() => readAll('The\tDT\nend\tNN\n'), {
      code: 'format-invalid',
      message: 'Only 0 of 2 lines end in a tag such as O or B-Label.',
      details: {
        file: '/corpus/note.conll',
        nextStep: 'Give a file with one token a line, its tag (IOB, IOBES or BILOU) in the last column.',
      },
    });
  });
});
