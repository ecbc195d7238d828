/** Matrix building blocks over raw pointers: row-major, sizes in numbers, results temporary unless an `out` is given. */
import type { Pointer } from './heap.ts';
import { kind, type JobQueue } from './jobs.ts';

/** B[K,N] in panels of 16 columns, as the product kernel wants it. */
export interface Packed {
  readonly pointer: Pointer;
  readonly K: number;
  readonly N: number;
}

const panelled = (n: number): number => (n + 15) & ~15;

/** `count` columns of B from `from` on, a multiple of 16. */
export function panelsFrom({ pointer, K }: Packed, from: number, count: number): Packed {
  return { pointer: pointer + from * K * 4, K, N: count };
}

/** Below this many numbers or products a job is not worth cutting. */
const smallCopy = 16_384;
const smallProduct = 100_000;

/**
 * Cut `total` units of work into pieces for the queue's threads, as equal as multiples of `grain` allow; calls `job` for each. The
 * pieces run together, so they must be independent.
 */
export function inPieces(
  queue: JobQueue,
  total: number,
  grain: number,
  isWorthCutting: boolean,
  job: (from: number, count: number) => void,
): void {
  const wanted = isWorthCutting && queue.threads > 1 ? queue.threads * 2 : 1;
  const size = Math.max(grain, Math.ceil(total / wanted / grain) * grain);
  queue.together(() => {
    for (let from = 0; from < total; from += size) job(from, Math.min(size, total - from));
  });
}

export function pack(queue: JobQueue, source: Pointer, K: number, N: number, stride = N): Packed {
  const pointer = queue.heap.temporary(K * panelled(N));
  inPieces(queue, N, 16, K * N > smallCopy, (from, columns) => {
    queue.push(kind.pack, source + from * 4, stride * 4, K, columns, pointer + from * K * 4);
  });
  return { pointer, K, N };
}

/** Packs the transpose of B[N,K]: a product with it is A·Bᵀ. */
export function packTransposed(queue: JobQueue, source: Pointer, N: number, K: number, stride = K): Packed {
  const pointer = queue.heap.temporary(K * panelled(N));
  inPieces(queue, N, 16, K * N > smallCopy, (from, columns) => {
    queue.push(kind.packTransposed, source + from * stride * 4, stride * 4, K, columns, pointer + from * K * 4);
  });
  return { pointer, K, N };
}

export interface GemmOptions {
  readonly aStride?: number;
  readonly outStride?: number;
  /** Added to the product: a row [N] (stride 0) or, with `addStride`, a matrix. */
  readonly add?: Pointer;
  readonly addStride?: number;
}

/** out[M,N] = A[M,K] · B (+ add). Cut by rows, or by columns when there are few rows. */
export function multiply(
  queue: JobQueue,
  A: Pointer,
  M: number,
  B: Packed,
  out: Pointer,
  options: GemmOptions = {},
): void {
  const { aStride = B.K, outStride = B.N, add = 0, addStride = 0 } = options;
  const isWorthCutting = M * B.K * B.N > smallProduct;
  const push = (row: number, rows: number, column: number, columns: number): void => {
    const extra = add ? add + (row * addStride + column) * 4 : 0;
    const to = out + (row * outStride + column) * 4;
    queue.push(
      kind.gemm,
      A + row * aStride * 4,
      aStride * 4,
      B.pointer + column * B.K * 4,
      B.K,
      to,
      outStride * 4,
      extra,
      addStride * 4,
      rows,
      columns,
    );
  };
  if (M >= 24 * queue.threads) inPieces(queue, M, 6, isWorthCutting, (from, rows) => push(from, rows, 0, B.N));
  else inPieces(queue, B.N, 16, isWorthCutting, (from, columns) => push(0, M, from, columns));
}

/** out[M,N] += A[M,K] · B. */
export function multiplyInto(queue: JobQueue, A: Pointer, M: number, B: Packed, out: Pointer, aStride = B.K): void {
  multiply(queue, A, M, B, out, { aStride, add: out, addStride: B.N });
}

/** A[M,N] → Aᵀ[N,M]; the transposed rows are `stride` apart. */
export function transpose(queue: JobQueue, A: Pointer, M: number, N: number, aStride = N): Columns {
  const stride = (M + 3) & ~3;
  const pointer = queue.heap.temporary(N * stride);
  inPieces(queue, M, 4, M * N > smallCopy, (from, rows) => {
    queue.push(kind.transpose, A + from * aStride * 4, aStride * 4, rows, N, pointer + from * 4, stride * 4);
  });
  return { pointer, stride };
}

export function columnSum(queue: JobQueue, source: Pointer, M: number, N: number, out: Pointer): void {
  queue.push(kind.columnSum, source, N * 4, M, N, out);
}

export function zeros(queue: JobQueue, count: number): Pointer {
  const pointer = queue.heap.temporary(count);
  queue.push(kind.zero, pointer, count * 4);
  return pointer;
}

/** Segments of length `from` become segments of length `to` (cut, or filled with zeros). The source itself when equal. */
export function resegment(queue: JobQueue, source: Pointer, from: number, to: number, segments: number): Pointer {
  if (from === to) return source;
  const out = queue.heap.temporary(segments * to);
  queue.push(kind.resegment, source, from, out, to, segments);
  return out;
}

/** A matrix, or columns inside wider rows, that are `stride` numbers apart. */
export interface Columns {
  readonly pointer: Pointer;
  readonly stride: number;
}

/** Words of a gather or scatter job. */
function moveRows(
  job: number,
  queue: JobQueue,
  source: Columns,
  index: Pointer,
  rows: number,
  columns: number,
  out: Columns,
  mask: Columns | null,
): void {
  const [maskPointer, maskStride] = mask ? [mask.pointer, mask.stride * 4] : [0, 0];
  const from = [source.pointer, source.stride * 4] as const;
  queue.push(job, ...from, index, rows, columns, out.pointer, out.stride * 4, maskPointer, maskStride);
}

/** out[r] = source[index[r]] (∘ mask[r]). An `index` of 0 is the identity. Cut by rows. */
export function gather(
  queue: JobQueue,
  source: Columns,
  index: Pointer,
  rows: number,
  columns: number,
  out: Columns,
  mask: Columns | null = null,
): void {
  const below = (table: Columns, row: number): Columns => ({
    ...table,
    pointer: table.pointer + row * table.stride * 4,
  });
  inPieces(queue, rows, 1, rows * columns > smallCopy, (from, count) => {
    const part = index ? source : below(source, from);
    moveRows(
      kind.gather,
      queue,
      part,
      index ? index + from * 4 : 0,
      count,
      columns,
      below(out, from),
      mask && below(mask, from),
    );
  });
}

/** out[index[r]] += source[r] (∘ mask[r]). Cut by columns, because rows may meet in the same place. */
export function scatter(
  queue: JobQueue,
  source: Columns,
  index: Pointer,
  rows: number,
  columns: number,
  out: Columns,
  mask: Columns | null = null,
): void {
  const beside = (table: Columns, column: number): Columns => ({ ...table, pointer: table.pointer + column * 4 });
  inPieces(queue, columns, 16, rows * columns > smallCopy, (from, count) => {
    moveRows(
      kind.scatter,
      queue,
      beside(source, from),
      index,
      rows,
      count,
      beside(out, from),
      mask && beside(mask, from),
    );
  });
}

/** `queue.together` for each item of a list, keeping the results. */
export function togetherMap<T, R>(queue: JobQueue, items: readonly T[], job: (item: T, index: number) => R): R[] {
  return queue.together(() => items.map(job));
}

/** out[M,N] = Σ A·B over the given pairs, in their order; rows of A are `stride` apart, K where left out. */
export function sumOfProducts(
  queue: JobQueue,
  M: number,
  pairs: readonly { A: Pointer; B: Packed; stride?: number }[],
  out: Pointer,
): void {
  for (const [i, { A, B, stride }] of pairs.entries()) {
    if (i === 0) multiply(queue, A, M, B, out, { aStride: stride ?? B.K });
    else multiplyInto(queue, A, M, B, out, stride);
  }
}
