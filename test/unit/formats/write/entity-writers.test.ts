/** All writers of entities together. */
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openEntityWriters } from '../../../../worker/formats/write/entity-writers.ts';
import { writeFormats } from '../../../../worker/protocol-jobs.ts';
import { run, taggedNote, temporaryFolder } from './builders.ts';

test('every format of the protocol is written and named', async (t) => {
  const folder = temporaryFolder(t);
  const writer = await openEntityWriters(folder, writeFormats, run);
  await writer.write(taggedNote('pain', [['pain', 'Problem']]));
  const paths = ['entities.xlsx', 'entities.csv', 'entities.jsonl', 'brat'].map((name) => join(folder, name));
  assert.deepEqual(await writer.close(), paths);
  assert.deepEqual(readdirSync(folder).sort(), ['brat', 'entities.csv', 'entities.jsonl', 'entities.xlsx']);
});

test('where one format cannot be started, nothing of the others is left', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'brat'), 'a file in the way');
  await assert.rejects(openEntityWriters(folder, writeFormats, run), { name: 'AppError', code: 'file-unwritable' });
  assert.deepEqual(readdirSync(folder), ['brat']);
});

test('a run that is given up leaves no file', async (t) => {
  const folder = temporaryFolder(t);
  const writer = await openEntityWriters(folder, writeFormats, run);
  await writer.write(taggedNote('pain', [['pain', 'Problem']]));
  await writer.discard();
  assert.deepEqual(readdirSync(folder, { recursive: true }), ['brat']);
});

test('discarding after close keeps the files', async (t) => {
  const folder = temporaryFolder(t);
  const writer = await openEntityWriters(folder, ['csv', 'brat'], run);
  await writer.write(taggedNote('pain', [['pain', 'Problem']]));
  await writer.close();
  await writer.discard();
  assert.deepEqual(readdirSync(folder, { recursive: true }).sort(), [
    'brat',
    'brat/note.ann',
    'brat/note.txt',
    'entities.csv',
  ]);
});
