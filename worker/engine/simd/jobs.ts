/** The list of kernel jobs: operations queue them, one or several threads run them in order. */
import { readFileSync } from 'node:fs';
import { Heap } from './heap.ts';
import type { KernelOptions } from './kernel-modes.ts';
import { startHelpers, type Helpers } from './threads.ts';
import { addresses, jobCapacity, regionCapacity } from './memory-layout.ts';
import { instantiate, type KernelExports } from './wasm.ts';

/** Job numbers; the kernels' execute.ts has the same list. */
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
  chain: 28,
  lstmInference: 29,
  mixInference: 30,
  decodeInference: 31,
  gruForward: 40,
  gruBackward: 41,
  crfExponents: 42,
  crfForward: 43,
  crfBackward: 44,
  crfTransitions: 45,
  crfBestPath: 46,
  adagrad: 47,
  skipGram: 48,
  maxForward: 49,
  maxBackward: 50,
  sharedCellForward: 51,
  sharedCellBackward: 52,
  gruInference: 53,
  sharedCellInference: 54,
} as const;

const jobWords = 24;
const jobBytes = 4 * jobWords;

/** A place in the queue: what was queued before it. */
export interface QueueMark {
  readonly list: number;
  readonly regions: number;
  readonly jobs: number;
}

/**
 * Jobs run in regions: the jobs of one region are independent of each other, and a region begins when the one before is done. A job
 * pushed by itself is a region of its own; {@link together} puts several into one. Helpers begin with a region as soon as it is closed,
 * while the calling thread queues the next; the calling thread joins them in {@link JobQueue.flush}. So nothing that a queued job reads
 * or writes may be touched before the flush. Results never depend on the number of threads, because how work is cut into jobs does not.
 */
export class JobQueue {
  readonly heap = new Heap();
  readonly options: KernelOptions;
  private readonly kernels: KernelExports;
  private helpers: Helpers | null = null;
  private queued = 0;
  private regions = 0;
  /** Lists that were run to their end. */
  private list = 0;
  /** Jobs of this list that the calling thread has run where it works alone. */
  private executed = 0;
  private grouping = 0;
  private isAside = false;
  /** Regions stand aside that no later one has waited for. */
  private hasAside = false;
  private waitsForAside = false;

  /** Runs on the calling thread until {@link useThreads}. @throws Error when the kernels are missing or cannot be compiled. */
  constructor(options: KernelOptions) {
    this.options = options;
    const bytes = readFileSync(new URL(`./build/${options.build}.wasm`, import.meta.url));
    this.kernels = instantiate(bytes, this.heap.memory);
    this.kernels.configure(addresses.scratch, options.wide);
  }

  /** Threads that work on a list, the calling one included. */
  get threads(): number {
    return 1 + (this.helpers?.count ?? 0);
  }

  /** Start helpers so that `threads` work on each list. They sleep between lists and end with the process, or with {@link close}. */
  async useThreads(threads: number): Promise<void> {
    await this.close();
    if (threads > 1) this.helpers = await startHelpers(threads - 1, this.heap, this.options);
  }

  /** Run what is queued and end the helpers; resolves when they are gone. */
  async close(): Promise<void> {
    this.flush();
    const leaving = this.helpers;
    this.helpers = null;
    await leaving?.end();
  }

  /** Queue one job; the words are the kernel's arguments in order (pointers in bytes, sizes in numbers). */
  push(job: number, a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0, j = 0, k = 0, l = 0, m = 0): void {
    if (this.queued === jobCapacity) throw new Error('a region with too many jobs');
    const words = this.heap.i32;
    const at = (addresses.jobs >> 2) + this.queued * jobWords;
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
    words[at + 13] = m;
    if (this.grouping === 0) this.closeRegion();
  }

  /** The jobs that `queueJobs` pushes do not depend on each other: none reads or writes what another writes. */
  together<R>(queueJobs: () => R): R {
    this.grouping++;
    const result = queueJobs();
    this.grouping--;
    if (this.grouping === 0) this.closeRegion();
    return result;
  }

  /**
   * The regions that `queueJobs` pushes stand aside: they follow each other, but nothing waits for them before {@link afterAside}, and
   * threads take their jobs where they would otherwise be idle. For results that only a much later operation reads.
   */
  aside<R>(queueJobs: () => R): R {
    this.isAside = true;
    const result = queueJobs();
    this.isAside = false;
    this.hasAside = true;
    return result;
  }

  /** The next region, and with it all later ones, begins when all that stands aside is done. */
  afterAside(): void {
    this.waitsForAside ||= this.hasAside;
    this.hasAside = false;
  }

  /** Have the helpers done everything that is queued? */
  get isDone(): boolean {
    const words = this.heap.i32;
    let first = 0;
    for (let region = 0; region < this.regions; region++) {
      const end = words[(addresses.ends >> 2) + region] ?? 0;
      if (Atomics.load(words, (addresses.counters >> 2) + region * 16 + 1) !== end - first) return false;
      first = end;
    }
    return true;
  }

  /** Everything queued so far, for {@link finish}. */
  mark(): QueueMark {
    return { list: this.list, regions: this.regions, jobs: this.queued };
  }

  /** Run what was queued before the mark; helpers go on with what was queued since. */
  finish(mark: QueueMark): void {
    if (mark.list !== this.list) return;
    const { jobs, control, counters, ends } = addresses;
    if (this.helpers) this.kernels.advance(control, counters, ends, jobs, mark.regions);
    else this.runAlone(mark.jobs);
  }

  /** Run everything queued that is not done yet. */
  flush(): void {
    if (this.queued === 0) return;
    const { jobs, control, counters, ends } = addresses;
    if (this.helpers) this.kernels.join(control, counters, ends, jobs, this.helpers.count, this.regions);
    else this.runAlone(this.queued);
    this.list++;
    this.executed = 0;
    this.queued = 0;
    this.regions = 0;
    this.hasAside = false;
    this.waitsForAside = false;
  }

  private runAlone(until: number): void {
    if (until <= this.executed) return;
    this.kernels.runAlone(addresses.jobs + this.executed * jobBytes, until - this.executed);
    this.executed = until;
  }

  /** How the region that is closed now stands to those before it; the kernels' pool.ts knows these numbers. */
  private order(): number {
    if (this.isAside) return 1;
    if (!this.waitsForAside) return 0;
    this.waitsForAside = false;
    return 2;
  }

  private closeRegion(): void {
    const words = this.heap.i32;
    const before = this.regions === 0 ? 0 : (words[(addresses.ends >> 2) + this.regions - 1] ?? 0);
    if (this.queued === before) return;
    words[(addresses.ends >> 2) + this.regions] = this.queued;
    const counter = (addresses.counters >> 2) + this.regions * 16;
    words[counter] = 0;
    words[counter + 1] = 0;
    words[counter + 2] = this.order();
    this.regions++;
    if (this.helpers) {
      if (this.regions === 1) this.kernels.open(addresses.control, this.helpers.count);
      this.kernels.publish(addresses.control, this.regions);
    }
    // Room for the next region, which is never cut in two.
    if (this.regions === regionCapacity || this.queued > jobCapacity / 2) this.flush();
  }
}

const floatWord = new Float32Array(1);
const integerWord = new Int32Array(floatWord.buffer);

/** The bits of a 32-bit float as an integer, for a job's word. */
export function floatBits(value: number): number {
  floatWord[0] = value;
  return integerWord[0] ?? 0;
}
