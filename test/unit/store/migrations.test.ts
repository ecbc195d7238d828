/** Older projects are brought up to date whole or not at all; what is no project of ours is refused untouched. */
import assert from 'node:assert/strict';
import Database from 'better-sqlite3';
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { createDatabase, openDatabase } from '../../../electron/store/database.ts';
import { type Migration, migrations } from '../../../electron/store/migrations.ts';
import { openProject } from '../../../electron/store/project-store.ts';
import { addDocument, document, newProject, temporaryFolder } from './builders.ts';

const newest = migrations.at(-1)?.version ?? 0;
const later = newest + 10;
const added: Migration = { version: later, sql: 'CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT;' };
const broken: Migration = {
  version: later,
  sql: 'CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT; CREATE NONSENSE;',
};

test('an older project is migrated, with a copy of the file as it was', (t) => {
  const path = newProject(t);
  openDatabase(path, { access: 'write', steps: [...migrations, added] }).close();
  assert.deepEqual([versionOf(path), versionOf(`${path}.backup-v${newest}`)], [later, newest]);
});

test('an older project is migrated for a reader too', (t) => {
  const path = newProject(t);
  openDatabase(path, { access: 'read', steps: [...migrations, added] }).close();
  assert.equal(versionOf(path), later);
});

test('a migration that fails leaves the project as it was', (t) => {
  const path = newProject(t);
  assert.throws(() => openDatabase(path, { access: 'write', steps: [...migrations, broken] }), /syntax error/);
  assert.equal(versionOf(path), newest);
  openProject(path, { access: 'write' }).close();
});

test('a project from a newer version is refused, unchanged', (t) => {
  const path = newProject(t);
  openDatabase(path, { access: 'write', steps: [...migrations, added] }).close();
  const before = readFileSync(path);
  assert.throws(() => openProject(path, { access: 'write' }), {
    code: 'project-newer',
    message: `The project was written by a newer Notegraft (schema ${later}; this one knows ${newest}).`,
  });
  assert.deepEqual(readFileSync(path), before);
});

test('migration versions rise', () => {
  const versions = migrations.map((migration) => migration.version);
  assert.deepEqual(
    versions,
    [...new Set(versions)].sort((a, b) => a - b),
  );
});

test('a text file is not a project', (t) => {
  const path = join(temporaryFolder(t), 'note.ngr');
  writeFileSync(path, 'Patient seen today. '.repeat(200));
  assert.throws(() => openProject(path, { access: 'write' }), { code: 'project-not-a-project' });
});

test('an empty file is not a project', (t) => {
  const path = join(temporaryFolder(t), 'empty.ngr');
  writeFileSync(path, '');
  assert.throws(() => openProject(path, { access: 'read' }), { code: 'project-not-a-project' });
});

test('a folder is not a project', (t) => {
  const path = join(temporaryFolder(t), 'folder.ngr');
  mkdirSync(path);
  assert.throws(() => openProject(path, { access: 'read' }), { code: 'project-not-a-project' });
});

test("another program's database is refused, untouched", (t) => {
  const path = join(temporaryFolder(t), 'other.ngr');
  const other = new Database(path);
  other.exec('CREATE TABLE theirs (id INTEGER)');
  other.close();
  const before = readFileSync(path);
  assert.throws(() => openProject(path, { access: 'write' }), { code: 'project-not-a-project' });
  assert.deepEqual(readFileSync(path), before);
  assert.deepEqual(readdirSync(dirname(path)), ['other.ngr']);
});

test('a project cut short is damaged', (t) => {
  const path = filledProject(newProject(t));
  truncateSync(path, 20_000);
  assert.throws(() => openProject(path, { access: 'write' }), { code: 'project-damaged' });
});

test('a project with overwritten pages is damaged', (t) => {
  const path = filledProject(newProject(t));
  const bytes = readFileSync(path);
  bytes.fill(0xaa, 4096, 12288);
  writeFileSync(path, bytes);
  assert.throws(() => openProject(path, { access: 'write' }), { code: 'project-damaged' });
});

test('a project that does not exist is named', (t) => {
  const path = join(temporaryFolder(t), 'none.ngr');
  assert.throws(() => openProject(path, { access: 'read' }), { code: 'project-not-found' });
  assert.equal(existsSync(path), false);
});

test('creating over an existing file is refused, and the file kept', (t) => {
  const path = join(temporaryFolder(t), 'note.txt');
  writeFileSync(path, 'mine');
  assert.throws(() => createDatabase(path, '0.0.0'), { code: 'project-exists' });
  assert.equal(readFileSync(path, 'utf8'), 'mine');
});

test('creating in a folder that does not exist is refused', (t) => {
  const path = join(temporaryFolder(t), 'nowhere', 'project.ngr');
  assert.throws(() => createDatabase(path, '0.0.0'), { code: 'file-not-found' });
});

test('a project that could not be made leaves no file', (t) => {
  const path = join(temporaryFolder(t), 'project.ngr');
  assert.throws(() => createDatabase(path, '0.0.0', [broken]), /syntax error/);
  assert.deepEqual(readdirSync(dirname(path)), []);
});

function versionOf(path: string): unknown {
  const database = new Database(path, { readonly: true });
  const version = database.pragma('user_version', { simple: true });
  database.close();
  return version;
}

function filledProject(path: string): string {
  const store = openProject(path, { access: 'write' });
  addDocument(store, document('long', 'word '.repeat(20_000)));
  store.close();
  return path;
}
