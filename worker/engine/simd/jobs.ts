/** The list of kernel jobs: operations queue them, one WebAssembly call runs them in order. */
import { readFileSync } from 'node:fs';
import { Heap, type Pointer } from './heap.ts';
import type { KernelBuild, KernelOptions } from './kernel-modes.ts';

/** Job numbers; the kernels' index.ts has the same list. */
export const kind = {
  gemm: 1,
  pack: 2,
  packTransposed: 3,
  transpose: 4,
  lstmForward: 5,
  lstmBackward: 6,
  cellStep: 7,
  trieForward: 8,
  trieBackward: 9,
  trieSumForward: 10,
  trieSumBackward: 11,
  gather: 12,
  scatter: 13,
  zero: 14,
  resegment: 15,
  columnSum: 16,
  dropoutMask: 17,
  elementwise: 18,
  sum: 19,
  crossEntropy: 20,
  gateForward: 21,
  gateBackward: 22,
  squaredNorm: 23,
  globalNorm: 24,
  adam: 25,
  addGathered: 26,
  bestTag: 27,
} as const;

const jobsPointer: Pointer = 256 * 1024;
const jobWords = 24;
const capacity = 4096;
const scratchPointer: Pointer = 128 * 1024;

interface KernelExports {
  configure(scratch: Pointer, wide: boolean): void;
  run(jobs: Pointer, count: number): void;
}
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: KernelExports };
};

export class JobQueue {
  readonly heap = new Heap();
  readonly build: KernelBuild;
  private readonly kernels: KernelExports;
  private queued = 0;

  /** @throws Error when the kernels are missing or the runtime cannot compile them. */
  constructor({ build, wide }: KernelOptions) {
    this.build = build;
    const bytes = readFileSync(new URL(`./build/${build}.wasm`, import.meta.url));
    const abort = (): never => {
      throw new Error('kernel aborted');
    };
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
      env: { memory: this.heap.memory, abort },
    });
    this.kernels = instance.exports;
    this.kernels.configure(scratchPointer, wide);
  }

  /** Queue one job; the words are the kernel's arguments in order (pointers in bytes, sizes in numbers). */
  push(job: number, a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0, j = 0, k = 0, l = 0): void {
    if (this.queued === capacity) this.flush();
    const words = this.heap.i32;
    const at = (jobsPointer >> 2) + this.queued * jobWords;
    this.queued++;
    words[at] = job;
    words[at + 1] = a;
    words[at + 2] = b;
    words[at + 3] = c;
    words[at + 4] = d;
    words[at + 5] = e;
    words[at + 6] = f;
    words[at + 7] = g;
    words[at + 8] = h;
    words[at + 9] = i;
    words[at + 10] = j;
    words[at + 11] = k;
    words[at + 12] = l;
  }

  /** Run everything queued. */
  flush(): void {
    if (this.queued === 0) return;
    const count = this.queued;
    this.queued = 0;
    this.kernels.run(jobsPointer, count);
  }
}

const floatWord = new Float32Array(1);
const integerWord = new Int32Array(floatWord.buffer);

/** The bits of a 32-bit float as an integer, for a job's word. */
export function floatBits(value: number): number {
  floatWord[0] = value;
  return integerWord[0] ?? 0;
}
