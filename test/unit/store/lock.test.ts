/** One writer at a time; a writer that dies, however, lets go and leaves its jobs marked. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openProject } from '../../../electron/store/project-store.ts';
import { newProject, newRun } from './builders.ts';

const holderProgram = fileURLToPath(new URL('./holder.ts', import.meta.url));

test('a project held by another process is refused for writing', async (t) => {
  const path = newProject(t);
  await startHolder(t, path);
  assert.throws(() => openProject(path, { access: 'write', lockWaitMs: 0 }), { code: 'project-locked' });
});

const needsSymlinks = { skip: process.platform === 'win32' && 'links to files need a privilege on Windows' };
test('a project held by another process is refused under another name of the file too', needsSymlinks, async (t) => {
  const path = newProject(t);
  const alias = join(dirname(path), 'alias.ngr');
  symlinkSync(path, alias);
  await startHolder(t, path);
  assert.throws(() => openProject(alias, { access: 'write', lockWaitMs: 0 }), { code: 'project-locked' });
});

test('a reader sees the run of a living writer as running', async (t) => {
  const path = newProject(t);
  await startHolder(t, path);
  const reader = openProject(path, { access: 'read' });
  t.after(() => reader.close());
  assert.deepEqual(
    reader.runs.list().map((run) => run.status),
    ['running'],
  );
});

for (const access of ['read', 'write'] as const) {
  test(`after kill -9 of the writer its run is interrupted (opened to ${access})`, async (t) => {
    const path = newProject(t);
    const holder = await startHolder(t, path);
    holder.kill('SIGKILL');
    await once(holder, 'exit');

    const store = openProject(path, { access });
    t.after(() => store.close());

    const [run] = store.runs.list();
    assert.equal(run?.status, 'interrupted');
    assert.notEqual(run.endedAt, null);
    assert.equal(run.modelHash, 'checkpoint');
  });
}

test('a second writer in the same process is refused', (t) => {
  const path = newProject(t);
  const first = openProject(path, { access: 'write' });
  t.after(() => first.close());
  assert.throws(() => openProject(path, { access: 'write', lockWaitMs: 0 }), { code: 'project-locked' });
});

test('closing gives the project free and leaves no other file', (t) => {
  const path = newProject(t);
  const first = openProject(path, { access: 'write' });
  first.runs.start(newRun());
  first.close();
  openProject(path, { access: 'write', lockWaitMs: 0 }).close();
  assert.deepEqual(readdirSync(dirname(path)), ['project.ngr']);
});

/** A process that holds the project for writing, with a run under way. */
async function startHolder(test: TestContext, path: string): Promise<ChildProcess> {
  const holder = spawn(process.execPath, [holderProgram, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  test.after(() => holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  return holder;
}
