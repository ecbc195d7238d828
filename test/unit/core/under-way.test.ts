/** Work on the open project keeps it open: another is refused until the work has ended or is to be stopped. */
import assert from 'node:assert/strict';
import { after, before, test, type TestContext } from 'node:test';
import type { Core } from '../../../electron/core/main.ts';
import { coreOverCopy, quickSettings, trainProject } from '../../support/trained-project.ts';
import { newProject } from '../store/builders.ts';

let project: Awaited<ReturnType<typeof trainProject>>;
before(async () => {
  project = await trainProject('baseline', ['training.epochs=1']);
});
after(() => project.dispose());

test('while a run is trained, neither another project opens nor this one closes', async (t) => {
  const { core, path } = await inTraining(t);
  const busy = { code: 'project-busy', message: 'Under way in the open project: the training of run 2.' };
  await assert.rejects(core.call('project.open', { path: newProject(t), access: 'write' }), busy);
  await assert.rejects(core.call('project.close', {}), busy);
  assert.equal((await core.call('project.current', {})).project?.path, path);
  assert.deepEqual(
    (await core.call('jobs.list', {})).jobs.map(({ run }) => run),
    [2],
  );
});

test('a training that is stopped for another project is put aside, and goes on later', async (t) => {
  const { core, path, training } = await inTraining(t);
  const other = newProject(t);
  const [, opened] = await Promise.all([
    assert.rejects(training, { code: 'paused' }),
    core.call('project.open', { path: other, access: 'write', stopRunning: true }),
  ]);
  assert.equal(opened.path, other);
  await core.call('project.open', { path, access: 'write' });
  const { status, resumable } = await core.call('runs.get', { run: 2 });
  assert.deepEqual({ status, resumable }, { status: 'paused', resumable: true });
});

test('a study that is stopped for another project starts no further trial', async (t) => {
  const { core, path } = await openCopy(t);
  const study = core.call('studies.start', {
    spec: { kind: 'sweep', recipes: ['baseline'], seeds: [1, 2, 3, 4], settings: longSettings },
    parallel: 1,
  });
  await Promise.all([
    assert.rejects(study, { code: 'cancelled' }),
    untilEpoch(core, 'study.epoch').then(() =>
      core.call('project.open', { path: newProject(t), access: 'write', stopRunning: true }),
    ),
  ]);
  await core.call('project.open', { path, access: 'write' });
  const { studies } = await core.call('studies.list', {});
  assert.deepEqual(
    studies.map(({ status, trials }) => [status, trials.waiting]),
    [['cancelled', 4]],
  );
});

const longSettings = [...quickSettings, 'training.epochs=5000', 'training.patience=5000'];
const listeners = new Map<Core, (name: string) => void>();

async function openCopy(t: TestContext): Promise<{ core: Core; path: string }> {
  const core: Core = await coreOverCopy(t, project.path, (name) => listeners.get(core)?.(name));
  const { project: open } = await core.call('project.current', {});
  return { core, path: open?.path ?? '' };
}

/** Run 2 has its first epoch and would go on for long. */
async function inTraining(t: TestContext): Promise<{ core: Core; path: string; training: Promise<unknown> }> {
  const { core, path } = await openCopy(t);
  const input = { recipe: 'baseline', settings: longSettings, seed: 1, targetFraction: 1 };
  const training = core.call('training.train', input);
  // How it ends is asked for later.
  training.catch(() => undefined);
  await untilEpoch(core, 'run.epoch');
  return { core, path, training };
}

function untilEpoch(core: Core, event: 'run.epoch' | 'study.epoch'): Promise<void> {
  return new Promise((resolve) => {
    listeners.set(core, (name) => {
      if (name === event) resolve();
    });
  });
}
