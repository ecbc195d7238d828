/** The list of kernel jobs: what helpers do while the calling thread does something else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Chain } from '../../../../worker/engine/simd/chain.ts';
import { kind, JobQueue } from '../../../../worker/engine/simd/jobs.ts';
import { kernelModes } from '../../../../worker/engine/simd/kernel-modes.ts';

/** Elementwise squaring. */
const square = 7;
const count = 1000;

/** Queue the squares of 1…count, eight times over, in one region; each piece in a buffer of its own. */
function queueSquares(queue: JobQueue): number[] {
  const source = queue.heap.temporary(count);
  for (let i = 0; i < count; i++) queue.heap.f32[(source >> 2) + i] = i + 1;
  const results = Array.from({ length: 8 }, () => queue.heap.temporary(count));
  queue.together(() => {
    for (const result of results) queue.push(kind.elementwise, square, source, 0, result, count);
  });
  return results;
}

function assertSquares(queue: JobQueue, results: readonly number[]): void {
  for (const result of results)
    for (const i of [0, 1, 499, 999]) assert.equal(queue.heap.f32[(result >> 2) + i], (i + 1) ** 2);
}

test('helpers finish alone what is queued', async () => {
  const queue = new JobQueue(kernelModes.plain);
  await queue.useThreads(2);
  const results = queueSquares(queue);
  while (!queue.isDone) await setImmediate();
  assertSquares(queue, results);
  await queue.close();
});

for (const threads of [1, 2, 3]) {
  test(`jobs queued while helpers work come after those before (${threads} threads)`, async () => {
    const queue = new JobQueue(kernelModes.plain);
    await queue.useThreads(threads);
    const results = queueSquares(queue);
    const sum = queue.heap.temporary(count);
    queue.push(kind.elementwise, 0, results[0], results[7], sum, count);
    queue.flush();
    assertSquares(queue, results);
    assert.equal(queue.heap.f32[(sum >> 2) + 9], 200);
    assert.equal(queue.isDone, true);
    await queue.close();
  });
}

test('regions are done in their order however late they are queued', async () => {
  const queue = new JobQueue(kernelModes.plain);
  await queue.useThreads(3);
  const numbers = queue.heap.temporary(4);
  const two = queue.heap.temporary(4);
  queue.heap.f32.fill(1, numbers >> 2, (numbers >> 2) + 4);
  queue.heap.f32.fill(2, two >> 2, (two >> 2) + 4);
  for (let turn = 0; turn < 100; turn++) {
    queue.push(kind.elementwise, 0, numbers, two, numbers, 4);
    queue.push(kind.elementwise, 1, numbers, two, numbers, 4);
    if (turn % 7 === 0) await setImmediate();
  }
  queue.push(kind.elementwise, 0, numbers, two, numbers, 4);
  queue.flush();
  assert.equal(queue.heap.f32[numbers >> 2], 3);
  await queue.close();
});

for (const threads of [1, 2, 3]) {
  test(`what stands aside is done before the region that asks for it, and all at the end (${threads} threads)`, async () => {
    const queue = new JobQueue(kernelModes.plain);
    await queue.useThreads(threads);
    const results: number[][] = [];
    const sums: number[] = [];
    for (let turn = 0; turn < 50; turn++) {
      const squares = queue.aside(() => queueSquares(queue));
      const own = queueSquares(queue);
      queue.afterAside();
      const sum = queue.heap.temporary(count);
      queue.push(kind.elementwise, 0, squares[7], own[0], sum, count);
      results.push(
        squares,
        queue.aside(() => queueSquares(queue)),
      );
      sums.push(sum);
    }
    queue.flush();
    for (const squares of results) assertSquares(queue, squares);
    for (const sum of sums) assert.equal(queue.heap.f32[(sum >> 2) + 9], 200);
    await queue.close();
  });
}

test('the jobs of a chain run in their order', () => {
  const queue = new JobQueue(kernelModes.plain);
  const numbers = queue.heap.temporary(4);
  queue.heap.f32.fill(3, numbers >> 2, (numbers >> 2) + 4);
  const chain = new Chain();
  for (let i = 0; i < 3; i++) chain.push(kind.elementwise, square, numbers, 0, numbers, 4);
  chain.queue(queue);
  queue.flush();
  assert.equal(queue.heap.f32[numbers >> 2], 3 ** 8);
});
