/** Dropout masks on the simd backend. */
import type { Dropout } from '../ops/rows.ts';
import { floatBits, kind, type JobQueue } from './jobs.ts';
import type { Columns } from './matrix.ts';

/** A mask of 0 and 1/(1−rate), or null when nothing is dropped. */
export function dropoutMask(queue: JobQueue, rows: number, columns: number, dropout: Dropout): Columns | null {
  if (dropout.rate === 0) return null;
  const pointer = queue.heap.temporary(rows * columns);
  const threshold = Math.floor(dropout.rate * 4294967296) | 0;
  queue.push(kind.dropoutMask, pointer, rows * columns, dropout.seed | 0, threshold, floatBits(1 / (1 - dropout.rate)));
  return { pointer, stride: columns };
}
