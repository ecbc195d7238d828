/** Files that appear whole or not at all. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { AppError } from '../../../../worker/domain/errors.ts';
import { outputError } from '../../../../worker/formats/write/output-error.ts';
import { openOutputFile } from '../../../../worker/formats/write/output-file.ts';
import { temporaryFolder } from './builders.ts';

test('the final name appears only at commit', async (t) => {
  const folder = temporaryFolder(t);
  const file = await openOutputFile(folder, 'a.csv');
  await file.write('x'.repeat(1_000_000));
  const [name, ...others] = readdirSync(folder);
  assert.match(name ?? '', /^a\.csv\.[0-9a-f]{8}\.partial$/);
  assert.deepEqual(others, []);
  assert.equal(await file.commit(), join(folder, 'a.csv'));
  assert.deepEqual(readdirSync(folder), ['a.csv']);
});

test('a discarded file leaves nothing and does not touch the old one', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'a.csv'), 'old');
  const file = await openOutputFile(folder, 'a.csv');
  await file.write('new');
  await file.discard();
  assert.deepEqual(readdirSync(folder), ['a.csv']);
  assert.equal(readFileSync(join(folder, 'a.csv'), 'utf8'), 'old');
});

test('discarding after commit leaves the file', async (t) => {
  const folder = temporaryFolder(t);
  const file = await openOutputFile(folder, 'a.csv');
  await file.commit();
  await file.discard();
  assert.deepEqual(readdirSync(folder), ['a.csv']);
});

test('bytes written before can be replaced, and the position goes on behind the last', async (t) => {
  const folder = temporaryFolder(t);
  const file = await openOutputFile(folder, 'a.bin');
  await file.write('hello ');
  await file.overwrite(1, Buffer.from('u'));
  await file.write('wörld');
  assert.equal(file.position(), 12);
  await file.commit();
  assert.equal(readFileSync(join(folder, 'a.bin'), 'utf8'), 'hullo wörld');
});

test('a file whose old version cannot be replaced gets a number', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'a.csv/held'), { recursive: true });
  const file = await openOutputFile(folder, 'a.csv');
  await file.write('new');
  assert.equal(await file.commit(), join(folder, 'a-2.csv'));
  assert.equal(readFileSync(join(folder, 'a-2.csv'), 'utf8'), 'new');
});

test('missing folders are made', async (t) => {
  const folder = join(temporaryFolder(t), 'a/b');
  const file = await openOutputFile(folder, 'c.csv');
  assert.equal(await file.commit(), join(folder, 'c.csv'));
});

test('a folder that cannot be made is named with a next step', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'file'), '');
  const inTheWay = join(folder, 'file');
  await assert.rejects(openOutputFile(inTheWay, 'a.csv'), (error) => {
    assert.ok(error instanceof AppError);
    assert.equal(error.details.file, inTheWay);
    assert.match(error.details.nextStep ?? '', /another output folder/);
    return true;
  });
});

test('a full disk is named as such', () => {
  const error = outputError(Object.assign(new Error('write'), { code: 'ENOSPC' }), '/out/a.csv');
  assert.equal(error.code, 'disk-full');
  assert.equal(error.details.file, '/out/a.csv');
});
