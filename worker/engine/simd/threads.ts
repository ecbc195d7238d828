/** The helper threads that work on job lists beside the calling thread. */
import { Worker } from 'node:worker_threads';
import type { Heap } from './heap.ts';
import type { KernelOptions } from './kernel-modes.ts';
import { addresses, mostThreads } from './wasm.ts';

export interface Helpers {
  readonly count: number;
  /** Wakes and ends them. */
  end(): void;
}

/** What a helper is told at its start. */
export interface HelperData {
  readonly index: number;
  readonly memory: unknown;
  readonly options: KernelOptions;
}

const door = (index: number): number => (addresses.control + 64 + 64 * index) >> 2;
const closed = 2;

/** Start `count` helpers and wait until they stand at their doors. They never keep the process alive. */
export async function startHelpers(count: number, heap: Heap, options: KernelOptions): Promise<Helpers> {
  const used = Math.min(count, mostThreads - 1);
  Atomics.store(heap.i32, addresses.control >> 2, 0);
  const workers = Array.from({ length: used }, (_, index) => {
    Atomics.store(heap.i32, door(index), closed);
    const workerData: HelperData = { index, memory: heap.memory, options };
    return new Worker(new URL('./helper.ts', import.meta.url), { workerData });
  });
  await Promise.all(
    workers.map(
      (worker) =>
        new Promise<void>((resolve, reject) => {
          worker.once('message', () => resolve());
          worker.once('error', reject);
        }),
    ),
  );
  for (const worker of workers) worker.unref();
  return {
    count: used,
    end() {
      Atomics.store(heap.i32, addresses.control >> 2, 1);
      for (let index = 0; index < used; index++) {
        Atomics.store(heap.i32, door(index), 0);
        Atomics.notify(heap.i32, door(index));
      }
    },
  };
}
