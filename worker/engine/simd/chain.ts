/** Jobs that one thread runs one after another, queued as a single job. */
import type { Pointer } from './heap.ts';
import { kind, type JobQueue } from './jobs.ts';

/** Words of a job in the kernels' list. */
const jobWords = 24;

/** A list of jobs under construction: each sees what those before it wrote. */
export class Chain {
  private readonly words: number[] = [];

  /** Append a job; the words are the kernel's arguments in order. */
  push(job: number, ...words: readonly number[]): void {
    const at = this.words.length;
    this.words.push(job, ...words);
    while (this.words.length < at + jobWords) this.words.push(0);
  }

  /** Queue the whole chain; its list lives until the step ends. */
  queue(queue: JobQueue): void {
    const list: Pointer = queue.heap.integers(this.words);
    queue.push(kind.chain, list, this.words.length / jobWords);
  }
}
