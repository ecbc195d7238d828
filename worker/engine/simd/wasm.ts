/** The kernels' WebAssembly instance, and where in the shared memory it finds its lists. */
import type { Pointer } from './heap.ts';

/** Byte addresses below the heap's first. Every thread has 1 KiB of scratch of its own from `scratch` on. */
export const addresses = {
  scratch: 64 * 1024,
  control: 256 * 1024,
  counters: 512 * 1024,
  ends: 1024 * 1024,
  jobs: 1280 * 1024,
} as const;

/** Regions a list can have, each with a cache line of counters, and jobs: some ten training steps. */
export const regionCapacity = 8192;
export const jobCapacity = 16_384;
/** All of these lists end below. */
export const listsEnd = 3 * 1024 * 1024;
export const scratchBytes = 1024;
/** Threads that fit the doors between `control` and `counters`. */
export const mostThreads = 64;

/** What kernels/index.ts exports. */
export interface KernelExports {
  configure(scratch: Pointer, wide: boolean): void;
  runAlone(jobs: Pointer, count: number): void;
  open(control: Pointer, helpers: number): void;
  publish(control: Pointer, regions: number): void;
  advance(control: Pointer, counters: Pointer, ends: Pointer, jobs: Pointer, regions: number): void;
  join(control: Pointer, counters: Pointer, ends: Pointer, jobs: Pointer, helpers: number, regions: number): void;
  help(control: Pointer, counters: Pointer, ends: Pointer, jobs: Pointer, index: number, spin: number): void;
}

declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: KernelExports };
};

/** Compile and start the kernels over a memory. */
export function instantiate(bytes: Uint8Array, memory: unknown): KernelExports {
  const abort = (): never => {
    throw new Error('kernel aborted');
  };
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory, abort } }).exports;
}
