/** The contract holds at run time: what does not fit it is refused, and events fit their schemas. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CallName, calls } from '../../electron/api/contract.ts';
import { type EventName, events } from '../../electron/api/events.ts';
import { createCore } from '../../electron/core/main.ts';
import { AppError } from '../../worker/domain/errors.ts';
import { sampleNotes, writeBrat } from '../unit/core/brat-files.ts';
import { newProject, temporaryFolder } from '../unit/store/builders.ts';

for (const name of Object.keys(calls) as CallName[]) {
  test(`${name} refuses input that is not in the contract`, async (t) => {
    const core = createCore({ appVersion: '0.0.0' });
    t.after(() => core.close());
    await assert.rejects(core.call(name, { surprise: 1 } as never), (thrown) => {
      assert.ok(thrown instanceof AppError);
      assert.equal(thrown.code, 'usage');
      return true;
    });
  });
}

test('a call that needs a project says that none is open', async (t) => {
  const core = createCore({ appVersion: '0.0.0' });
  t.after(() => core.close());
  await assert.rejects(core.call('project.info', {}), { code: 'usage', message: 'No project is open.' });
});

test('opening another project closes the one before', async (t) => {
  const core = createCore({ appVersion: '0.0.0' });
  t.after(() => core.close());
  const [first, second] = [newProject(t), newProject(t)];
  await core.call('project.open', { path: first, access: 'write' });
  await core.call('project.open', { path: second, access: 'write' });
  const other = createCore({ appVersion: '0.0.0' });
  t.after(() => other.close());
  assert.equal((await other.call('project.open', { path: first, access: 'write' })).path, first);
});

test('a job tells when it starts, goes on and ends, in the shapes of the contract', async (t) => {
  const heard: [EventName, unknown][] = [];
  const core = createCore({ appVersion: '0.0.0', onEvent: (name, data) => heard.push([name, data]) });
  t.after(() => core.close());
  await core.call('project.open', { path: newProject(t), access: 'write' });
  const folder = writeBrat(temporaryFolder(t), sampleNotes(2, 'note'));

  await core.call('corpora.import', { role: 'target', format: 'auto', paths: [folder] });

  assert.deepEqual(heard, [
    ['job.started', { job: 'job-1', call: 'corpora.import' }],
    ['job.progress', { job: 'job-1', done: 2, total: 2 }],
    ['job.ended', { job: 'job-1' }],
    ['corpora.changed', { role: 'target' }],
  ]);
  for (const [name, data] of heard) assert.deepEqual(events[name].parse(data), data);
});

test('a cancelled job fails with cancelled, and the import is kept as cancelled', async (t) => {
  const core = createCore({
    appVersion: '0.0.0',
    onEvent: (name, data) => {
      if (name === 'job.started' && 'call' in data) void core.call('jobs.cancel', { job: data.job });
    },
  });
  t.after(() => core.close());
  await core.call('project.open', { path: newProject(t), access: 'write' });
  const folder = writeBrat(temporaryFolder(t), sampleNotes(2, 'note'));

  await assert.rejects(core.call('corpora.import', { role: 'target', format: 'auto', paths: [folder] }), {
    code: 'cancelled',
  });
  const { imports } = await core.call('corpora.imports', {});
  assert.deepEqual(
    imports.map((entry) => entry.status),
    ['cancelled'],
  );
});

test('cancelling a job that is not running finds none', async (t) => {
  const core = createCore({ appVersion: '0.0.0' });
  t.after(() => core.close());
  assert.deepEqual(await core.call('jobs.cancel', { job: 'job-9' }), { found: false });
});
