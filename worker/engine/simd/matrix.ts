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

export function pack(queue: JobQueue, source: Pointer, K: number, N: number, stride = N): Packed {
  const pointer = queue.heap.temporary(K * panelled(N));
  queue.push(kind.pack, source, stride * 4, K, N, pointer);
  return { pointer, K, N };
}

/** Packs the transpose of B[N,K]: a product with it is A·Bᵀ. */
export function packTransposed(queue: JobQueue, source: Pointer, N: number, K: number, stride = K): Packed {
  const pointer = queue.heap.temporary(K * panelled(N));
  queue.push(kind.packTransposed, source, stride * 4, K, N, pointer);
  return { pointer, K, N };
}

export interface GemmOptions {
  readonly aStride?: number;
  readonly outStride?: number;
  /** Added to the product: a row [N] (stride 0) or, with `addStride`, a matrix. */
  readonly add?: Pointer;
  readonly addStride?: number;
}

/** out[M,N] = A[M,K] · B (+ add). */
export function multiply(
  queue: JobQueue,
  A: Pointer,
  M: number,
  B: Packed,
  out: Pointer,
  options: GemmOptions = {},
): void {
  const { aStride = B.K, outStride = B.N, add = 0, addStride = 0 } = options;
  queue.push(kind.gemm, A, aStride * 4, B.pointer, B.K, out, outStride * 4, add, addStride * 4, M, B.N);
}

/** out[M,N] += A[M,K] · B. */
export function multiplyInto(queue: JobQueue, A: Pointer, M: number, B: Packed, out: Pointer, aStride = B.K): void {
  multiply(queue, A, M, B, out, { aStride, add: out, addStride: B.N });
}

/** A[M,N] → Aᵀ[N,M]; the transposed rows are `stride` apart. */
export function transpose(
  queue: JobQueue,
  A: Pointer,
  M: number,
  N: number,
  aStride = N,
): { pointer: Pointer; stride: number } {
  const stride = (M + 3) & ~3;
  const pointer = queue.heap.temporary(N * stride);
  queue.push(kind.transpose, A, aStride * 4, M, N, pointer, stride * 4);
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

/** out[r] = source[index[r]] (∘ mask[r]); strides in numbers. An `index` of 0 is the identity. */
export function gather(
  queue: JobQueue,
  source: { pointer: Pointer; stride: number },
  index: Pointer,
  rows: number,
  columns: number,
  out: { pointer: Pointer; stride: number },
  mask: { pointer: Pointer; stride: number } | null = null,
): void {
  queue.push(
    kind.gather,
    source.pointer,
    source.stride * 4,
    index,
    rows,
    columns,
    out.pointer,
    out.stride * 4,
    mask?.pointer ?? 0,
    (mask?.stride ?? 0) * 4,
  );
}

/** out[index[r]] += source[r] (∘ mask[r]); strides in numbers. */
export function scatter(
  queue: JobQueue,
  source: { pointer: Pointer; stride: number },
  index: Pointer,
  rows: number,
  columns: number,
  out: { pointer: Pointer; stride: number },
  mask: { pointer: Pointer; stride: number } | null = null,
): void {
  queue.push(
    kind.scatter,
    source.pointer,
    source.stride * 4,
    index,
    rows,
    columns,
    out.pointer,
    out.stride * 4,
    mask?.pointer ?? 0,
    (mask?.stride ?? 0) * 4,
  );
}
