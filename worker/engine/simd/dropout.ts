/** Dropout masks on the simd backend. */
import type { Dropout } from '../ops/rows.ts';
import { floatBits, kind, type JobQueue } from './jobs.ts';
import { inPieces, type Columns } from './matrix.ts';

/** Below this many numbers a mask is not worth cutting. */
const smallMask = 8192;

/** A mask of 0 and 1/(1−rate), or null when nothing is dropped. */
export function dropoutMask(queue: JobQueue, rows: number, columns: number, dropout: Dropout): Columns | null {
  if (dropout.rate === 0) return null;
  const pointer = queue.heap.temporary(rows * columns);
  const threshold = Math.floor(dropout.rate * 4294967296) | 0;
  const scale = floatBits(1 / (1 - dropout.rate));
  inPieces(queue, rows * columns, 16, rows * columns > smallMask, (from, count) => {
    queue.push(kind.dropoutMask, pointer + from * 4, count, dropout.seed | 0, threshold, scale, from);
  });
  return { pointer, stride: columns };
}
