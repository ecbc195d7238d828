/** Packed batches as the kernels see them, and how their sentences are shared out among threads. */
import type { PackedRows } from '../ops/layout.ts';
import type { JobQueue } from './jobs.ts';
import type { Pointer } from './heap.ts';

/** Uploaded layout of a packed batch. */
export interface UploadedRows {
  readonly rows: number;
  readonly sentences: number;
  readonly steps: Pointer;
  readonly longest: number;
  /** Tokens of each sentence, decreasing. */
  readonly lengths: readonly number[];
}

/** Copies a layout into the step's memory. */
export function uploadRows(queue: JobQueue, { rows, sentences, steps }: PackedRows): UploadedRows {
  const lengths = Array.from({ length: sentences }, () => 0);
  for (const active of steps) for (let s = 0; s < active; s++) lengths[s] = (lengths[s] ?? 0) + 1;
  return { rows, sentences, steps: queue.heap.integers(steps), longest: steps.length, lengths };
}

/** Ranges of sentences with about equal numbers of tokens, so that `jobs` jobs on each range keep all threads busy. */
export function sentenceRanges(queue: JobQueue, layout: UploadedRows, jobs: number): [from: number, to: number][] {
  const parts = Math.min(layout.sentences, Math.ceil(queue.threads / jobs));
  const ranges: [number, number][] = [];
  let from = 0;
  let tokens = 0;
  for (let s = 0; s < layout.sentences; s++) {
    tokens += layout.lengths[s] ?? 0;
    const isLast = s === layout.sentences - 1;
    if (!isLast && tokens < (layout.rows * (ranges.length + 1)) / parts) continue;
    ranges.push([from, s + 1]);
    from = s + 1;
  }
  return ranges;
}
