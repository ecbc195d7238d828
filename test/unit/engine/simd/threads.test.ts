/** The life of the helper threads: how many there are, and that none outlives its work or its process. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { JobQueue, kind } from '../../../../worker/engine/simd/jobs.ts';
import { kernelModes } from '../../../../worker/engine/simd/kernel-modes.ts';
import { multiply, pack } from '../../../../worker/engine/simd/matrix.ts';

const program = fileURLToPath(new URL('../../../support/engine/threads-at-work.ts', import.meta.url));

/** Threads this process has started and that still run. */
const started: Worker[] = [];
process.on('worker', (worker: Worker) => started.push(worker));
const alive = (): number => started.filter((worker) => worker.threadId !== -1).length;

/** A product that is cut for the threads, each number of which is K. */
function product(queue: JobQueue): Float32Array {
  const [M, K, N] = [120, 64, 160];
  const { heap } = queue;
  const [a, b, c] = [heap.temporary(M * K), heap.temporary(K * N), heap.temporary(M * N)];
  heap.f32.fill(1, a >> 2, (a >> 2) + M * K);
  heap.f32.fill(1, b >> 2, (b >> 2) + K * N);
  multiply(queue, a, M, pack(queue, b, K, N), c);
  queue.flush();
  const values = heap.f32.slice(c >> 2, (c >> 2) + M * N);
  heap.endStep();
  return values;
}

test('asking for threads again ends those before: no old one stays at a door', async () => {
  const queue = new JobQueue(kernelModes.plain);
  for (const threads of [3, 2, 4, 4]) {
    await queue.useThreads(threads);
    assert.equal(queue.threads, threads);
    assert.equal(alive(), threads - 1);
    for (let round = 0; round < 20; round++) assert.ok(product(queue).every((value) => value === 64));
  }
  await queue.useThreads(1);
  assert.equal(alive(), 0);
  assert.ok(product(queue).every((value) => value === 64));
});

test('closing runs what is queued and leaves no thread', async () => {
  const queue = new JobQueue(kernelModes.plain);
  await queue.useThreads(3);
  const out = queue.heap.temporary(4);
  queue.heap.f32.fill(7, out >> 2, (out >> 2) + 4);
  queue.push(kind.zero, out, 16);
  await queue.close();
  assert.equal(alive(), 0);
  assert.deepEqual([...queue.heap.f32.subarray(out >> 2, (out >> 2) + 4)], [0, 0, 0, 0]);
});

test('a process whose work is done ends by itself, its threads asleep', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [program, 'once'], { timeout: 60_000 });
  assert.equal(stdout, 'done');
});

test(
  'a process that is killed at work takes its threads with it',
  { skip: existsSync('/proc/self/task') ? false : 'this system does not list the threads of a process' },
  async () => {
    const child = spawn(process.execPath, [program, 'forever'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const tasks = `/proc/${child.pid}/task`;
    await once(child.stdout, 'data');
    assert.ok(readdirSync(tasks).length > 3);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.equal(existsSync(tasks), false);
  },
);
