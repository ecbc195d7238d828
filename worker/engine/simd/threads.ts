/** The helper threads that work on job lists beside the calling thread. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Heap } from './heap.ts';
import type { KernelOptions } from './kernel-modes.ts';
import { addresses, mostThreads } from './memory-layout.ts';

export interface Helpers {
  readonly count: number;
  /** Wakes and ends them; resolves when no helper is left, so that another may stand at the same door. */
  end(): Promise<void>;
}

/** What a helper is told at its start. */
export interface HelperData {
  readonly index: number;
  readonly memory: unknown;
  readonly options: KernelOptions;
}

const door = (index: number): number => (addresses.control + 64 + 64 * index) >> 2;
const closed = 2;

/**
 * Start `count` helpers and wait until they stand at their doors. They never keep the process alive.
 * @throws Error what a helper died of; none is left then.
 */
export async function startHelpers(count: number, heap: Heap, options: KernelOptions): Promise<Helpers> {
  const used = Math.min(count, mostThreads - 1);
  Atomics.store(heap.i32, addresses.control >> 2, 0);
  const workers = Array.from({ length: used }, (_, index) => {
    Atomics.store(heap.i32, door(index), closed);
    const workerData: HelperData = { index, memory: heap.memory, options };
    return new Worker(new URL('./helper.ts', import.meta.url), { workerData });
  });
  try {
    await Promise.all(workers.map((worker) => once(worker, 'message')));
  } catch (cause) {
    await Promise.all(workers.map((worker) => worker.terminate()));
    throw cause;
  }
  for (const worker of workers) worker.unref();
  return {
    count: used,
    async end() {
      Atomics.store(heap.i32, addresses.control >> 2, 1);
      const gone = workers.map((worker) => once(worker, 'exit'));
      for (const worker of workers) worker.ref();
      for (let index = 0; index < used; index++) {
        Atomics.store(heap.i32, door(index), 0);
        Atomics.notify(heap.i32, door(index));
      }
      await Promise.all(gone);
    },
  };
}
