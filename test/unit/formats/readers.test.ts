/** Reading groups from disk: hashes, encodings, and errors that name the file. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readGroup } from '../../../worker/formats/readers.ts';
import { temporaryFolder } from './corpus-builders.ts';

describe('readGroup', () => {
  test('hashes the raw bytes of all files of the group', async (t) => {
    const folder = temporaryFolder(t, { 'a.txt': '\ufeffchest pain\r\n', 'a.ann': 'T1\tP 0 5\tchest\n' });
    const [read] = await readGroup({ name: 'a', files: [join(folder, 'a.txt'), join(folder, 'a.ann')] }, 'brat');
    const expected = createHash('sha256').update('\ufeffchest pain\r\nT1\tP 0 5\tchest\n').digest('hex');
    assert.equal(read?.document.hash, expected);
    assert.equal(read?.document.format, 'brat');
    assert.deepEqual(read?.document.encoding, { encoding: 'utf-8', bom: true, newline: 'crlf' });
  });

  test('gives documents of one file hashes of their own', async (t) => {
    const folder = temporaryFolder(t, { 'a.conll': '-DOCSTART- O\n\na O\n\n-DOCSTART- O\n\na O\n' });
    const reads = await readGroup({ name: 'a', files: [join(folder, 'a.conll')] }, 'conll');
    assert.equal(new Set(reads.map(({ document }) => document.hash)).size, 2);
  });

  test('reads UTF-16 text beside UTF-8 annotations with exact offsets', async (t) => {
    const folder = temporaryFolder(t, {
      'a.txt': Buffer.from('\ufeff😀 fièvre\r\n', 'utf16le'),
      'a.ann': 'T1\tProblem 2 8\tfièvre\n',
    });
    const [read] = await readGroup({ name: 'a', files: [join(folder, 'a.txt'), join(folder, 'a.ann')] }, 'brat');
    assert.deepEqual(read?.document.spans, [{ start: 3, end: 9, label: 'Problem' }]);
    assert.deepEqual(read?.counts, { ok: 1, repaired: 0, skipped: 0 });
  });

  test('says in the audit which encoding was guessed', async (t) => {
    const folder = temporaryFolder(t, { 'a.txt': Buffer.from('Température élevée depuis la journée', 'latin1') });
    const [read] = await readGroup({ name: 'ward/a', files: [join(folder, 'a.txt')] }, 'text');
    assert.deepEqual(read?.audit, [
      {
        file: 'ward/a.txt',
        status: 'note',
        kind: 'encoding-guessed',
        reason: 'The file says no encoding; it was read as windows-1252.',
      },
    ]);
  });

  test('takes an empty annotation file as no annotations', async (t) => {
    const folder = temporaryFolder(t, { 'a.txt': 'note', 'a.con': '' });
    const [read] = await readGroup({ name: 'a', files: [join(folder, 'a.txt'), join(folder, 'a.con')] }, 'i2b2-2010');
    assert.deepEqual(read?.counts, { ok: 0, repaired: 0, skipped: 0 });
  });

  test('names a file that vanished', async (t) => {
    const file = join(temporaryFolder(t), 'a.txt');
    await assert.rejects(readGroup({ name: 'a', files: [file] }, 'text'), {
      code: 'file-not-found',
      message: 'The file is no longer there.',
      details: { file, nextStep: 'Put the file back, or leave it out.' },
    });
  });

  test('names a file that cannot be read', async (t) => {
    const file = temporaryFolder(t);
    await assert.rejects(readGroup({ name: 'a', files: [file] }, 'text'), {
      code: 'file-unreadable',
      message: 'The file could not be read (EISDIR).',
      details: { file, nextStep: 'Allow reading it, close programs that hold it open, or leave it out.' },
    });
  });
});
