/** The kernels' WebAssembly instance. */
import type { Pointer } from './heap.ts';

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
