/** The kernels' memory: alignment, slack, reuse, and growing without losing what is there. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toErrorRecord } from '../../../../worker/domain/errors.ts';
import { Heap } from '../../../../worker/engine/simd/heap.ts';

const sizes = [0, 1, 3, 4, 5, 12, 13, 60, 1000, 4097, 100_001];

describe('buffers', () => {
  for (const kind of ['allocate', 'temporary'] as const) {
    test(`from ${kind} are aligned, and apart by at least sixteen bytes more than asked for`, () => {
      const heap = new Heap();
      const given = sizes.map((floats) => ({ pointer: heap[kind](floats), floats }));
      given.sort((a, b) => a.pointer - b.pointer);
      for (const [i, { pointer, floats }] of given.entries()) {
        assert.equal(pointer % 64, 0);
        assert.ok(pointer + floats * 4 + 16 <= (given[i + 1]?.pointer ?? heap.bytes));
      }
    });
  }

  test('that were released are used again for the same size, never twice at a time', () => {
    const heap = new Heap();
    const [first, second] = [heap.allocate(100), heap.allocate(100)];
    heap.release(first);
    assert.deepEqual([heap.allocate(100), heap.allocate(100) === second], [first, false]);
  });

  test('that are temporary come back after the step, in the same order', () => {
    const heap = new Heap();
    const step = (): number[] => {
      const pointers = sizes.map((floats) => heap.temporary(floats));
      heap.endStep();
      return pointers;
    };
    assert.deepEqual(step(), step());
  });

  test('larger than a block of temporaries are served, and do not grow the memory step by step', () => {
    const heap = new Heap();
    const step = (): number => {
      heap.temporary(10);
      heap.temporary(5_000_000);
      heap.temporary(10);
      heap.endStep();
      return heap.bytes;
    };
    assert.equal(step(), step());
  });
});

test('growing keeps what is stored', () => {
  const heap = new Heap();
  const pointer = heap.allocate(3);
  heap.f32.set([1.5, -2, 3], pointer >> 2);
  const before = heap.bytes;
  heap.allocate(20_000_000);
  assert.ok(heap.bytes > before);
  assert.deepEqual([...heap.f32.subarray(pointer >> 2, (pointer >> 2) + 3)], [1.5, -2, 3]);
});

test('an index array is copied whole', () => {
  const heap = new Heap();
  const pointer = heap.integers([3, -1, 7]);
  assert.deepEqual([...heap.i32.subarray(pointer >> 2, (pointer >> 2) + 3)], [3, -1, 7]);
});

/** The code under which users see what an action throws. */
function errorCode(action: () => unknown): string {
  let code = 'nothing thrown';
  assert.throws(action, (thrown) => {
    code = toErrorRecord(thrown).code;
    return thrown instanceof RangeError;
  });
  return code;
}

test('a memory that ends is a RangeError, which users see as "not enough memory"', () => {
  const heap = new Heap();
  for (const floats of [399_000_000, 536_870_900, 600_000_000, 2_000_000_000]) {
    assert.equal(
      errorCode(() => heap.allocate(floats) + heap.allocate(floats)),
      'memory-exhausted',
    );
    assert.equal(
      errorCode(() => heap.temporary(floats) + heap.temporary(floats)),
      'memory-exhausted',
    );
  }
});
