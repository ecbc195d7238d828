/** Trainings that are stopped: paused and taken up again, and backends that fail before or in the middle of one. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import type { CallOutput } from '../../../electron/api/contract.ts';
import type { EventData, EventName } from '../../../electron/api/events.ts';
import { writeFindings } from '../../../electron/core/backend-cache.ts';
import { type Core, createCore } from '../../../electron/core/main.ts';
import { nodeWorkerHost, type WorkerHost } from '../../../electron/core/worker-host.ts';
import type { BackendName, ProbeFinding } from '../../../worker/domain/backends.ts';
import { newProject, temporaryFolder } from '../store/builders.ts';
import { sampleNotes, writeBrat } from './brat-files.ts';

const appVersion = '0.0.0-test';
const small = [
  'training.batchesPerEpoch=3',
  'training.epochs=4',
  'wordEncoder.hiddenSize=8',
  'wordEmbedding.size=8',
  'characterEncoder.hiddenSize=8',
  'decoder.hiddenSize=8',
];
const wanted = { recipe: 'baseline', settings: small, seed: 3, targetFraction: 1 };
/** Not done before a pause has reached the worker. */
const longer = { ...wanted, settings: [...small, 'training.epochs=40', 'training.patience=40'] };

type Heard = { [K in EventName]: [name: K, data: EventData<K>] }[EventName];

interface Opened {
  readonly core: Core;
  readonly heard: Heard[];
  /** Called for each event. */
  onEvent: (...event: Heard) => void;
}

/** A core over a small project. */
async function opened(t: TestContext, host?: WorkerHost): Promise<Opened> {
  const heard: Heard[] = [];
  const core = createCore({
    appVersion,
    ...(host ? { host } : {}),
    onEvent: (name, data) => {
      const event = [name, data] as Heard;
      heard.push(event);
      result.onEvent(...event);
    },
  });
  const result: Opened = { core, heard, onEvent: () => undefined };
  t.after(() => core.close());
  await core.call('project.open', { path: newProject(t), access: 'write' });
  const folder = temporaryFolder(t);
  for (const [split, count] of [
    ['train', 4],
    ['dev', 2],
    ['test', 2],
  ] as const) {
    const notes = writeBrat(join(folder, split), sampleNotes(count, split));
    await core.call('corpora.import', { role: 'target', split, format: 'auto', paths: [notes] });
  }
  return result;
}

function modelOf(result: CallOutput<'training.train'>) {
  const { modelHash, epochs, bestEpoch, dev, test: onTest } = result;
  return { modelHash, epochs, bestEpoch, dev, test: onTest };
}

/** Pause when the epoch is stored. */
function pauseAfter(epoch: number, { core }: Opened): Opened['onEvent'] {
  return (name, data) => {
    if (name === 'run.epoch' && data.epoch === epoch) void core.call('training.pause', { run: data.run });
  };
}

describe('a run that is paused', () => {
  test('ends its worker, is listed as paused with its epochs, and goes on to the model of an undisturbed run', async (t) => {
    const project = await opened(t);
    const { core } = project;
    const whole = await core.call('training.train', longer);

    project.onEvent = pauseAfter(2, project);
    await assert.rejects(core.call('training.train', longer), { code: 'paused' });
    const paused = await core.call('runs.get', { run: 2 });
    assert.deepEqual([paused.status, paused.resumable, paused.error], ['paused', true, null]);
    assert.ok(paused.epochs >= 2 && paused.epochs < 40, `${paused.epochs}`);
    await assert.rejects(core.call('training.pause', { run: 2 }), { code: 'run-not-running' });

    project.onEvent = () => undefined;
    const resumed = await core.call('training.resume', { run: 2 });
    assert.deepEqual(modelOf(resumed), modelOf(whole));
    const losses = async (run: number) =>
      (await core.call('runs.epochs', { run })).epochs.map(({ epoch, targetLoss }) => [epoch, targetLoss]);
    assert.deepEqual(await losses(2), await losses(1));
    const done = await core.call('runs.get', { run: 2 });
    assert.deepEqual([done.status, done.resumable], ['done', false]);
  });

  test('goes on although documents were added meanwhile, with those it began with', async (t) => {
    const project = await opened(t);
    const { core } = project;
    const whole = await core.call('training.train', longer);
    project.onEvent = pauseAfter(1, project);
    await assert.rejects(core.call('training.train', longer), { code: 'paused' });
    project.onEvent = () => undefined;
    const more = writeBrat(temporaryFolder(t), sampleNotes(3, 'later'));
    await core.call('corpora.import', { role: 'target', split: 'train', format: 'auto', paths: [more] });
    const resumed = await core.call('training.resume', { run: 2 });
    assert.equal(resumed.modelHash, whole.modelHash);
  });
});

test('a run that is cancelled is listed among the jobs until then, keeps its epochs and can go on', async (t) => {
  const project = await opened(t);
  const { core } = project;
  const listed: unknown[] = [];
  project.onEvent = (name, data) => {
    if (name !== 'run.epoch' || data.epoch !== 2) return;
    void core.call('jobs.list', {}).then(({ jobs }) => listed.push(...jobs));
    void core.call('training.cancel', { run: data.run });
  };

  await assert.rejects(core.call('training.train', longer), { code: 'cancelled' });

  const job = project.heard.flatMap(([name, data]) => (name === 'run.started' ? [data.job] : []))[0];
  assert.deepEqual(listed, [{ job, call: 'training.train', run: 1 }]);
  const { status, epochs, resumable } = await core.call('runs.get', { run: 1 });
  assert.deepEqual([status, resumable], ['cancelled', true]);
  assert.ok(epochs >= 2 && epochs < 40, `${epochs}`);
  assert.deepEqual((await core.call('jobs.list', {})).jobs, []);
  await assert.rejects(core.call('training.cancel', { run: 1 }), { code: 'run-not-running' });
});

test('a run that is under way when the program ends is listed as interrupted, and can go on', async (t) => {
  const project = await opened(t);
  const { core } = project;
  const { path } = (await core.call('project.current', {})).project ?? assert.fail('no project is open');
  project.onEvent = (name, data) => {
    if (name === 'run.epoch' && data.epoch === 2) void core.close();
  };

  await assert.rejects(core.call('training.train', longer), { code: 'cancelled' });

  const next = createCore({ appVersion });
  t.after(() => next.close());
  await next.call('project.open', { path, access: 'read' });
  const { status, resumable } = await next.call('runs.get', { run: 1 });
  assert.deepEqual([status, resumable], ['interrupted', true]);
});

test('opening the open project again leaves its training alone', async (t) => {
  const project = await opened(t);
  const { core } = project;
  const before = await core.call('project.current', {});
  project.onEvent = (name, data) => {
    if (name === 'run.epoch' && data.epoch === 1)
      void core.call('project.open', { path: before.project?.path ?? '', access: 'write' });
  };

  await core.call('training.train', wanted);

  assert.equal((await core.call('runs.get', { run: 1 })).status, 'done');
});

test('a run that is done does not go on, nor one that does not exist', async (t) => {
  const { core } = await opened(t);
  await core.call('training.train', wanted);
  await assert.rejects(core.call('training.resume', { run: 1 }), {
    code: 'run-not-resumable',
    message: 'Run 1 cannot go on: it is done.',
  });
  await assert.rejects(core.call('training.resume', { run: 7 }), { code: 'run-not-found' });
});

test('the run says what computed it, on how many threads, and why', async (t) => {
  const { core } = await opened(t);
  const { engine } = await core.call('training.train', { ...wanted, engine: { backend: 'simd', threads: 1 } });
  const stored = await core.call('runs.get', { run: 1 });
  assert.deepEqual([engine.backend, engine.threads, engine.reason], ['simd', 1, 'Asked for by name.']);
  assert.deepEqual(stored.engine, engine);
});

/** TensorFlow laid out beside the packages is not seen by workers of this test. */
function withoutLaidOutTensorflow(t: TestContext): void {
  const named = process.env['NOTEGRAFT_TFJS_NODE'];
  if (named === undefined) return;
  delete process.env['NOTEGRAFT_TFJS_NODE'];
  t.after(() => (process.env['NOTEGRAFT_TFJS_NODE'] = named));
}

/** Let this machine remember a GPU that was once the fastest. */
function rememberGpu(t: TestContext): void {
  const before = process.env['XDG_CACHE_HOME'];
  process.env['XDG_CACHE_HOME'] = temporaryFolder(t);
  t.after(() => {
    if (before === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = before;
  });
  const finding = (backend: BackendName, stepMs: number): ProbeFinding => ({
    present: true,
    stepMs,
    check: { firstLoss: 3, firstNorm: 1, secondLoss: 2 },
    engine: { backend, threads: 1, kernels: null, notes: [] },
    kernels: null,
    memoryBytes: 0,
  });
  writeFindings(
    appVersion,
    new Map([
      ['simd', finding('simd', 20)],
      ['tensorflow', { present: false, reason: 'not installed' }],
      ['webgpu', finding('webgpu', 2)],
    ]),
  );
}

const posix = { skip: process.platform === 'win32' && 'the folder of the cache is chosen by another variable' };

describe('a backend that was the fastest', posix, () => {
  test('and is asked for by name although it is not there is an error with its reason', async (t) => {
    withoutLaidOutTensorflow(t);
    const { core } = await opened(t);
    const asked = core.call('training.train', { ...wanted, engine: { backend: 'tensorflow' } });
    await assert.rejects(asked, { code: 'engine-unavailable', message: /^The backend tensorflow cannot be used: / });
    assert.equal((await core.call('runs.get', { run: 1 })).status, 'failed');
  });

  test('and disappears in mid-training: the run goes on from the last epoch on the next one, and says so', async (t) => {
    // First, so that both trainings find the kernels' self-test in the same cache, and with it the same kernels.
    rememberGpu(t);
    const undisturbed = await opened(t);
    const whole = await undisturbed.core.call('training.train', { ...wanted, engine: { backend: 'simd' } });
    const { core, heard } = await opened(t, hostWithFailingGpu(2));

    const result = await core.call('training.train', wanted);

    const [change] = result.engine.changes;
    assert.deepEqual([change?.from, change?.to, change?.afterEpoch], ['webgpu', 'simd', 2]);
    assert.match(change?.reason ?? '', /ended unexpectedly.*next one is simd/s);
    assert.deepEqual(
      heard.flatMap(([name, data]) => (name === 'run.backend' ? [data] : [])),
      [{ run: 1, ...change }],
    );
    assert.deepEqual((await core.call('runs.get', { run: 1 })).engine, result.engine);
    const epochs = heard.flatMap(([name, data]) => (name === 'run.epoch' ? [data.epoch] : []));
    assert.deepEqual(epochs, [1, 2, 3, 4], 'no epoch is trained twice');
    assert.equal(result.modelHash, whole.modelHash);
  });
});

/** A stand-in for a GPU: what is meant for webgpu runs on our own backend, whose process dies after so many epochs. */
function hostWithFailingGpu(epochs: number): WorkerHost {
  const start = nodeWorkerHost();
  return (listener) => {
    let isGpu = false;
    let left = epochs;
    const worker = start({
      onMessage(message) {
        // What the process said in the moment of its death is not heard.
        if (left === 0) return;
        listener.onMessage(message);
        const isEpoch = (message as { event?: { kind: string } }).event?.kind === 'epoch';
        if (isGpu && isEpoch && --left === 0) worker.kill();
      },
      onEnd: (end) => listener.onEnd(end),
    });
    return {
      kill: () => worker.kill(),
      send(message) {
        if (message.type !== 'job' || message.job.kind !== 'train') return worker.send(message);
        isGpu = message.job.engine?.backend === 'webgpu';
        return worker.send({ ...message, job: { ...message.job, engine: { backend: 'simd' } } });
      },
    };
  };
}
