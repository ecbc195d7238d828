/** Folders of notes that appear whole, and the names of notes in them. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { openNoteNames, openOutputFolder } from '../../../../worker/formats/write/output-folder.ts';
import { temporaryFolder } from './builders.ts';

test('files appear at commit, over files of the same name and beside others', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'ward'));
  writeFileSync(join(folder, 'ward/a.txt'), 'old');
  writeFileSync(join(folder, 'ward/b.txt'), 'other');
  const output = await openOutputFolder(folder);
  await output.write('ward/a.txt', 'new');
  await output.write('deep/er/c.txt', 'c');
  assert.equal(readFileSync(join(folder, 'ward/a.txt'), 'utf8'), 'old');
  assert.equal(await output.commit(), 2);
  assert.equal(readFileSync(join(folder, 'ward/a.txt'), 'utf8'), 'new');
  assert.equal(readFileSync(join(folder, 'ward/b.txt'), 'utf8'), 'other');
  assert.deepEqual(readdirSync(folder).sort(), ['deep', 'ward']);
});

test('a discarded folder leaves nothing', async (t) => {
  const folder = temporaryFolder(t);
  const output = await openOutputFolder(folder);
  await output.write('a.txt', 'new');
  await output.discard();
  assert.deepEqual(readdirSync(folder), []);
});

test('note names keep their subfolders', () => {
  assert.equal(openNoteNames().pathFor('ward 3/Å note.v2'), 'ward 3/Å note.v2');
});

test('no note name leads out of the folder', () => {
  const root = resolve(sep, 'out');
  const segment = fc.oneof(fc.constantFrom('..', '.', '', 'C:', '~', '..\\..', '\0'), fc.string());
  fc.assert(
    fc.property(fc.array(segment), (segments) => {
      const path = resolve(root, openNoteNames().pathFor(segments.join('/')));
      assert.ok(path.startsWith(root + sep));
    }),
  );
});

test('names that would be the same file are told apart', () => {
  const names = openNoteNames();
  assert.deepEqual(
    ['a', 'A', './a', 'a-2'].map((name) => names.pathFor(name)),
    ['a', 'A-2', 'a-3', 'a-2-2'],
  );
});
