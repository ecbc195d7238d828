/** The conversation with a worker process, held with small programs in place of the worker. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { nodeWorkerHost, workerEntry, type WorkerHost } from '../../../electron/core/worker-host.ts';
import { runWorkerJob } from '../../../electron/core/worker-job.ts';
import type { JobEvents, TaskDocument } from '../../../worker/protocol.ts';
import { document, temporaryFolder } from '../store/builders.ts';

const job = { kind: 'export', format: 'brat', outFolder: 'out' } as const;
const result = { documents: 1, annotations: 0, widened: 0, skipped: 0, files: 2 };
const never = new AbortController().signal;

test('events arrive in order, all of them, before the result', async (t) => {
  const host = program(
    t,
    `for (let done = 0; done < 3000; done++) process.send({ type: 'event', event: { kind: 'progress', done } });
     process.send({ type: 'done', result: ${JSON.stringify(result)} }, () => process.exit(0));`,
  );
  const seen: number[] = [];
  const got = await runWorkerJob<'export'>(host, { job, onEvent: ({ done }) => void seen.push(done) }, never);
  assert.deepEqual(got, result);
  assert.deepEqual(
    seen,
    Array.from({ length: 3000 }, (_, index) => index),
  );
});

test('documents cross with their token tables as they are', async (t) => {
  const host = program(
    t,
    `let documents = [];
     process.on('message', (message) => {
       if (message.type === 'documents') documents.push(...message.documents);
       if (message.type !== 'start') return;
       const [first] = documents;
       const isWhole = first.tokens.starts instanceof Int32Array && first.tokens.starts[1] === 6 && first.text === 'Given \\ud800 aspirin.';
       process.send({ type: 'done', result: { documents: isWhole ? documents.length : -1 } }, () => process.exit(0));
     });`,
  );
  const { name, text, tokens, spans } = document('a', 'Given \ud800 aspirin.');
  const one: TaskDocument = { name, text, tokens, spans, task: 'target', split: 'train' };
  const work = { job, documents: [[one], [one, one]], onEvent: () => undefined };
  assert.equal((await runWorkerJob<'export'>(host, work, never)).documents, 3);
});

test('an error of the worker comes back with its code and details', async (t) => {
  const host = program(
    t,
    `process.send({ type: 'error', error: { code: 'disk-full', message: 'Full.', details: { file: 'a' } } }, () => process.exit(0));`,
  );
  await assert.rejects(runWorkerJob<'export'>(host, { job, onEvent: () => undefined }, never), {
    code: 'disk-full',
    message: 'Full.',
    details: { file: 'a' },
  });
});

test('a worker that ends without a result has crashed', async (t) => {
  const host = program(t, 'process.exit(3);');
  await assert.rejects(runWorkerJob<'export'>(host, { job, onEvent: () => undefined }, never), {
    code: 'worker-crashed',
    message: 'The worker process ended unexpectedly (code 3).',
  });
});

test('a worker that runs out of heap says so in its last words, and that is understood', async (t) => {
  const host = program(
    t,
    `process.stderr.write('FATAL ERROR: JavaScript heap out of memory\\n', () => process.exit(134));`,
  );
  await assert.rejects(runWorkerJob<'export'>(host, { job, onEvent: () => undefined }, never), {
    code: 'memory-exhausted',
  });
});

test('a message that is not understood ends the job', async (t) => {
  const host = program(t, `process.send({ type: 'gossip' }); setInterval(() => undefined, 1000);`);
  await assert.rejects(runWorkerJob<'export'>(host, { job, onEvent: () => undefined }, never), {
    code: 'worker-crashed',
  });
});

test('what an event handler throws ends the job with that error', async (t) => {
  const host = program(
    t,
    `process.send({ type: 'event', event: { kind: 'progress', done: 1 } }); setInterval(() => undefined, 1000);`,
  );
  const failing = (): never => {
    throw new RangeError('no room');
  };
  await assert.rejects(runWorkerJob<'export'>(host, { job, onEvent: failing }, never), /no room/);
});

test('cancelling lets the worker clean up, and the job ends as cancelled', async (t) => {
  const host = program(
    t,
    `process.on('message', (message) => { if (message.type === 'cancel') process.exit(0); });
     process.send({ type: 'event', event: { kind: 'progress', done: 1 } });`,
  );
  const controller = new AbortController();
  const events: JobEvents['export'][] = [];
  const running = runWorkerJob<'export'>(
    host,
    {
      job,
      onEvent(event) {
        events.push(event);
        controller.abort();
      },
    },
    controller.signal,
  );
  await assert.rejects(running, { code: 'cancelled' });
  assert.equal(events.length, 1);
});

test('a worker that does not heed the word is killed', async (t) => {
  const host = program(
    t,
    `process.on('message', () => undefined);
     process.send({ type: 'event', event: { kind: 'progress', done: 1 } });
     setTimeout(() => { for (;;); }, 10);`,
  );
  const controller = new AbortController();
  const running = runWorkerJob<'export'>(host, { job, onEvent: () => controller.abort() }, controller.signal);
  await assert.rejects(running, { code: 'cancelled' });
});

test('a worker whose core is gone ends by itself, and leaves no half-written files', async (t) => {
  const folder = temporaryFolder(t);
  const worker = fork(fileURLToPath(workerEntry), { serialization: 'advanced', execArgv: [] });
  t.after(() => worker.kill('SIGKILL'));
  const outFolder = join(folder, 'out');
  worker.send({ type: 'job', job: { ...job, outFolder } }, () => worker.disconnect());
  assert.equal((await once(worker, 'exit'))[1], null);
  assert.deepEqual(existsSync(outFolder) ? readdirSync(outFolder) : [], []);
});

/** A host that starts this program in place of the worker. */
function program(test: TestContext, source: string): WorkerHost {
  const file = join(temporaryFolder(test), 'worker.mjs');
  writeFileSync(file, source);
  return nodeWorkerHost(pathToFileURL(file));
}
