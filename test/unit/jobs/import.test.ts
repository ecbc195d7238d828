/** The import job: totals, progress, selections, and batches that survive their bad files. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { AuditRow, ImportedDocument } from '../../../worker/domain/document.ts';
import { importJob } from '../../../worker/jobs/import.ts';
import type { JobOf } from '../../../worker/protocol-jobs.ts';
import type { JobResults } from '../../../worker/protocol.ts';
import { makeUnreadable, permissionSkip, temporaryFolder } from '../formats/corpus-builders.ts';

interface Imported {
  readonly result: JobResults['import'];
  readonly documents: ImportedDocument[];
  readonly audit: AuditRow[];
  readonly progress: [done: number, total: number][];
}

async function runImport(job: Omit<JobOf<'import'>, 'kind'>): Promise<Imported> {
  const events = importJob({ kind: 'import', ...job });
  const documents: ImportedDocument[] = [];
  const audit: AuditRow[] = [];
  const progress: [number, number][] = [];
  for (let step = await events.next(); ; step = await events.next()) {
    if (step.done) return { result: step.value, documents, audit, progress };
    const event = step.value;
    if (event.kind === 'progress') progress.push([event.done, event.total]);
    else audit.push(...event.audit);
    if (event.kind === 'document') documents.push(event.document);
  }
}

function bratNotes(count: number): Record<string, string> {
  const files: Record<string, string> = {};
  for (let i = 0; i < count; i++) {
    files[`n${String(i).padStart(3, '0')}.txt`] = 'chest pain';
    files[`n${String(i).padStart(3, '0')}.ann`] = 'T1\tProblem 0 10\tchest pain\n';
  }
  return files;
}

describe('importJob', () => {
  test('adds up documents, annotations, labels and files', async (t) => {
    const folder = temporaryFolder(t, {
      'a.txt': 'chest pain, fever',
      'a.ann': 'T1\tProblem 0 10\tchest pain\nT2\tSign 13 18\tfever\nT3\tSign 0 5\tcough\n',
      'b.txt': 'fever',
      'b.ann': 'T1\tSign 0 5\tfever\n',
    });
    const { result, documents } = await runImport({ format: 'auto', paths: [folder] });
    assert.deepEqual(result, {
      documents: 2,
      annotations: { ok: 2, repaired: 1, skipped: 1 },
      labels: { Problem: 1, Sign: 2 },
      files: 4,
      failedFiles: 0,
      format: 'brat',
    });
    assert.deepEqual(
      documents.map(({ name, format }) => [name, format]),
      [
        ['a', 'brat'],
        ['b', 'brat'],
      ],
    );
  });

  test('reports progress after every fifty documents and at the end', async (t) => {
    const { progress } = await runImport({ format: 'brat', paths: [temporaryFolder(t, bratNotes(120))] });
    assert.deepEqual(progress, [
      [50, 120],
      [100, 120],
      [120, 120],
    ]);
  });

  test('goes on after every kind of bad file and says what was wrong with each', async (t) => {
    const folder = temporaryFolder(t, {
      ...bratNotes(3),
      'empty.txt': '',
      'empty.ann': '',
      'scan.txt': '%PDF-1.4',
      'scan.ann': '',
      'lonely.txt': 'fever',
      'badann.txt': 'fever',
      'badann.ann': Buffer.alloc(64),
    });
    const { result, audit } = await runImport({ format: 'brat', paths: [folder] });
    assert.deepEqual([result.documents, result.failedFiles, result.annotations.ok], [3, 3, 3]);
    assert.deepEqual(audit, [
      {
        file: 'lonely.txt',
        status: 'skipped',
        kind: 'partner-missing',
        reason:
          'The text has no annotation file: expected lonely with .ann beside it or in a sibling folder. Add that file, or ignore this one.',
      },
      {
        file: 'badann.ann',
        status: 'failed',
        kind: 'encoding-unknown',
        reason: 'The file is not text. Save it as plain text (.txt, UTF-8), or remove it from the folder.',
      },
      {
        file: 'empty.txt',
        status: 'failed',
        kind: 'file-empty',
        reason: 'The file is empty. Remove the file or replace it with one that has text.',
      },
      {
        file: 'scan.txt',
        status: 'failed',
        kind: 'encoding-unknown',
        reason:
          'The file is a PDF document, not plain text. Save it as plain text (.txt, UTF-8), or remove it from the folder.',
      },
    ]);
  });

  test('reports a file that may not be read and goes on', { skip: permissionSkip }, async (t) => {
    const folder = temporaryFolder(t, bratNotes(2));
    makeUnreadable(join(folder, 'n000.txt'));
    const { result, audit } = await runImport({ format: 'brat', paths: [folder] });
    assert.deepEqual([result.documents, result.failedFiles], [1, 1]);
    assert.deepEqual(audit, [
      {
        file: 'n000.txt',
        status: 'failed',
        kind: 'unreadable',
        reason:
          'The file could not be read (EACCES). Allow reading it, close programs that hold it open, or leave it out.',
      },
    ]);
  });

  test('keeps the listed documents only, by name or base name, with or without extension', async (t) => {
    const files = Object.fromEntries(Object.entries(bratNotes(4)).map(([name, content]) => [`ward/${name}`, content]));
    const folder = temporaryFolder(t, { ...files, 'ward/unlisted.txt': 'no partner' });
    const only = ['n000', 'n001.txt', 'ward/n002', 'missing'];
    const { documents, audit, progress } = await runImport({ format: 'brat', paths: [folder], only });
    assert.deepEqual(
      documents.map(({ name }) => name),
      ['ward/n000', 'ward/n001', 'ward/n002'],
    );
    assert.deepEqual(progress, [[3, 3]]);
    assert.deepEqual(audit, [
      {
        file: 'missing',
        status: 'skipped',
        kind: 'name-not-found',
        reason: 'No document of this name was found. Check the list of names, or the folder.',
      },
    ]);
  });

  test('tells a listed document without its partner from one that is not there', async (t) => {
    const folder = temporaryFolder(t, { ...bratNotes(1), 'lonely.txt': 'x' });
    const { audit } = await runImport({ format: 'brat', paths: [folder], only: ['n000', 'lonely'] });
    assert.deepEqual(
      audit.map(({ file, kind }) => [file, kind]),
      [['lonely.txt', 'partner-missing']],
    );
  });

  test('keeps listed documents of a column file that holds many', async (t) => {
    const content = ['one', 'two', 'three'].map((name) => `-DOCSTART-\t-X-\t-X-\t${name}\tO\n\na\tB-X\n\n`).join('');
    const folder = temporaryFolder(t, { 'all.conll': content });
    const { documents } = await runImport({ format: 'conll', paths: [folder], only: ['one', 'three'] });
    assert.deepEqual(
      documents.map(({ name }) => name),
      ['one', 'three'],
    );
  });

  test('refuses a folder whose format cannot be told', async (t) => {
    const folder = temporaryFolder(t, { 'a.xml': '<a/>' });
    await assert.rejects(runImport({ format: 'auto', paths: [folder] }), {
      code: 'format-unknown',
      message: 'No file is of a known format; there are .xml (1).',
    });
  });

  test('refuses an empty folder', async (t) => {
    await assert.rejects(runImport({ format: 'text', paths: [temporaryFolder(t)] }), {
      code: 'folder-empty',
      message: 'No .txt files were found.',
    });
  });
});
