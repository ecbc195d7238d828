/** Telling formats apart by looking at the files. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { detectFormat } from '../../../worker/formats/detect.ts';
import { temporaryFolder } from './corpus-builders.ts';

const columns = 'a\tO\nb\tB-X\n';
/** Parts of speech. */
const classes = 'the\tDT\ncat\tNN\n'.repeat(30);

describe('detectFormat', () => {
  for (const [format, files] of [
    ['brat', { 'a.txt': 'x', 'a.ann': '' }],
    ['i2b2-2010', { 'txt/a.txt': 'x', 'concept/a.con': '' }],
    ['i2b2-2009', { 'a.txt': 'x', 'a.m': 'm="x" 1:0 1:0||do="nm"' }],
    ['conll', { 'train.txt': columns, 'README.md': '# text' }],
    ['conll', { 'x.iob': Buffer.from(`\ufeff${columns}`, 'utf16le') }],
    ['conll', { 'train.tsv': classes, 'test.tsv': classes.replaceAll('\n', '\r\n'), 'LICENSE.txt': 'Free.' }],
    ['text', { 'train.txt': classes }],
    ['text', { 'a.txt': 'A note.', 'b.txt': 'Another.' }],
    ['brat', { 'a.txt': 'x', 'a.ann': '', 'solver.m': 'function y = f(x)' }],
  ] as const) {
    test(`sees ${format} in ${Object.keys(files).join(', ')}`, (t) => {
      assert.equal(detectFormat([temporaryFolder(t, files)]), format);
    });
  }

  for (const [what, files, message] of [
    ['two formats', { 'a.txt': 'x', 'a.ann': '', 'a.con': '' }, 'The files are of several formats: i2b2-2010, brat.'],
    [
      'PubTator',
      { 'a.txt': '123|t|Title\n123|a|Abstract\n' },
      'The files look like PubTator, which cannot be read yet.',
    ],
    [
      'columns beside notes',
      { 'a.txt': columns, 'b.txt': 'A note.' },
      'Some files hold columns with tags, others running text.',
    ],
    [
      'tables of other things',
      {
        'three.tsv': 'a\tb\tc\n\n'.repeat(20),
        'words.tsv': `${Array.from({ length: 40 }, (_, i) => `w${i}\t${i}`).join('\n')}\n\n`,
        'one.tsv': 'the\tDT\n'.repeat(20),
      },
      'No file is of a known format; there are .tsv (3).',
    ],
    [
      'unknown endings',
      { 'a.pdf': 'x', 'b.pdf': 'x', 'c.docx': 'x' },
      'No file is of a known format; there are .pdf (2), .docx (1).',
    ],
  ] as const) {
    test(`says why it cannot tell: ${what}`, (t) => {
      const folder = temporaryFolder(t, files);
      assert.throws(() => detectFormat([folder]), {
        code: 'format-unknown',
        message,
        details: {
          file: folder,
          nextStep:
            'Say which format it is (--format on the command line), or choose a folder with files of one format.',
        },
      });
    });
  }

  test('names an empty folder', (t) => {
    const folder = temporaryFolder(t);
    assert.throws(() => detectFormat([folder]), { code: 'folder-empty', message: 'The folder holds no files.' });
  });
});
