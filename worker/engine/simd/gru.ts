/** Forward and backward of GRU directions over packed rows, as lists of kernel jobs. */
import type { Pointer } from './heap.ts';
import { kind, type JobQueue } from './jobs.ts';
import {
  columnSum,
  gather,
  multiply,
  pack,
  packTransposed,
  resegment,
  sumOfProducts,
  togetherMap,
  transpose,
  zeros,
  type Columns,
  type Packed,
} from './matrix.ts';
import { sentenceRanges, type UploadedRows } from './packed-rows.ts';

/** Pointers to kernel [I,3H], recurrent [H,3H], bias [3H]; gate order r, z, h̃. */
export interface GruPointers {
  readonly kernel: Pointer;
  readonly recurrent: Pointer;
  readonly bias: Pointer;
}

/** One direction of one layer: its weights, and where its hidden states go. */
export interface GruDirection {
  readonly weights: GruPointers;
  readonly reverse: boolean;
  readonly out: Columns;
}

/** What the backward pass needs of a direction: padded weights, and one row a token of gates [3P] and states [P]. */
export interface GruContext {
  readonly weights: GruPointers;
  readonly reverse: boolean;
  readonly gates: Pointer;
  readonly previous: Pointer;
  /** r ∘ previous. */
  readonly reset: Pointer;
}

const padded = (hidden: number): number => (hidden + 3) & ~3;

/** Weights with each gate (and the recurrent rows) padded to a multiple of four units; padded units stay exactly zero. */
function padWeights(queue: JobQueue, weights: GruPointers, I: number, H: number): GruPointers {
  const P = padded(H);
  if (P === H) return weights;
  const recurrent = zeros(queue, P * 3 * P);
  queue.push(kind.resegment, weights.recurrent, H, recurrent, P, H * 3);
  return {
    kernel: resegment(queue, weights.kernel, H, P, I * 3),
    recurrent,
    bias: resegment(queue, weights.bias, H, P, 3),
  };
}

function unpadGradients(queue: JobQueue, gradients: GruPointers, I: number, H: number): GruPointers {
  const P = padded(H);
  return {
    kernel: resegment(queue, gradients.kernel, P, H, I * 3),
    recurrent: resegment(queue, gradients.recurrent, P, H, H * 3),
    bias: resegment(queue, gradients.bias, P, H, 3),
  };
}

/** Runs directions that all read x [N,I]; hidden states go to each one's `out` columns [N,H]. */
export function gruForward(
  queue: JobQueue,
  layout: UploadedRows,
  x: Pointer,
  I: number,
  H: number,
  directions: readonly GruDirection[],
): GruContext[] {
  const P = padded(H);
  const N = layout.rows;
  const states = (width: number): Pointer => queue.heap.temporary(N * width * P);
  const contexts = directions.map(({ weights, reverse }) => ({
    weights: padWeights(queue, weights, I, H),
    reverse,
    gates: states(3),
    previous: states(1),
    reset: states(1),
  }));
  const packed = togetherMap(queue, contexts, ({ weights }) => ({
    W: pack(queue, weights.kernel, I, 3 * P),
    resetAndUpdate: pack(queue, weights.recurrent, P, 2 * P, 3 * P),
    candidate: pack(queue, weights.recurrent + 2 * P * 4, P, P, 3 * P),
  }));
  togetherMap(queue, contexts, ({ weights, gates }, i) =>
    multiply(queue, x, N, (packed[i] as (typeof packed)[number]).W, gates, { add: weights.bias }),
  );
  const hidden = contexts.map(() => states(1));
  const ranges = sentenceRanges(queue, layout, directions.length);
  togetherMap(queue, contexts, ({ reverse, gates, previous, reset }, i) => {
    const { resetAndUpdate, candidate } = packed[i] as (typeof packed)[number];
    const recurrent = [resetAndUpdate.pointer, candidate.pointer, P] as const;
    const steps = [layout.steps, layout.longest, reverse ? 1 : 0] as const;
    for (const [from, to] of ranges)
      queue.push(kind.gruForward, gates, ...recurrent, previous, reset, hidden[i], ...steps, from, to);
  });
  togetherMap(queue, directions, ({ out }, i) =>
    gather(queue, { pointer: hidden[i] as Pointer, stride: P }, 0, N, H, out),
  );
  return contexts;
}

/** Gradients of directions run by {@link gruForward}; `dOut` [N,H] of each; dx [N,I] is their sum. */
export function gruBackward(
  queue: JobQueue,
  layout: UploadedRows,
  x: Pointer,
  I: number,
  H: number,
  contexts: readonly GruContext[],
  dOut: readonly Columns[],
  dx: Pointer,
): GruPointers[] {
  const P = padded(H);
  const N = layout.rows;
  const dHidden = contexts.map(() => (P === H ? queue.heap.temporary(N * P) : zeros(queue, N * P)));
  const xT = transpose(queue, x, N, I);
  const packed = togetherMap(queue, contexts, ({ weights }, i) => {
    gather(queue, dOut[i] as Columns, 0, N, H, { pointer: dHidden[i] as Pointer, stride: P });
    return {
      WT: packTransposed(queue, weights.kernel, I, 3 * P),
      resetAndUpdate: packTransposed(queue, weights.recurrent, P, 2 * P, 3 * P),
      candidate: packTransposed(queue, weights.recurrent + 2 * P * 4, P, P, 3 * P),
    };
  });
  const ranges = sentenceRanges(queue, layout, contexts.length);
  togetherMap(queue, contexts, ({ reverse, gates, previous }, i) => {
    const { resetAndUpdate, candidate } = packed[i] as (typeof packed)[number];
    const recurrent = [resetAndUpdate.pointer, candidate.pointer, P] as const;
    const steps = [layout.steps, layout.longest, reverse ? 1 : 0] as const;
    const carries = [queue.heap.temporary(layout.sentences * P), queue.heap.temporary(layout.sentences * P)] as const;
    for (const [from, to] of ranges)
      queue.push(kind.gruBackward, gates, ...recurrent, dHidden[i], previous, ...steps, ...carries, from, to);
  });
  const gradients = weightGradients(queue, contexts, xT, I, N, P);
  const pairs = contexts.map(({ gates }, i) => ({ A: gates, B: (packed[i] as (typeof packed)[number]).WT }));
  sumOfProducts(queue, N, pairs, dx);
  return gradients.map((gradient) => unpadGradients(queue, gradient, I, H));
}

/**
 * From dL/dpre-activations in `gates`: kernel from xᵀ; recurrent from the hidden states before (r and z) and from what the reset
 * gate left of them (h̃); bias. All padded.
 */
function weightGradients(
  queue: JobQueue,
  contexts: readonly GruContext[],
  xT: Columns,
  I: number,
  N: number,
  P: number,
): GruPointers[] {
  const prepared = togetherMap(queue, contexts, ({ gates, previous, reset }) => ({
    resetAndUpdate: pack(queue, gates, N, 2 * P, 3 * P),
    candidate: pack(queue, gates + 2 * P * 4, N, P, 3 * P),
    previousT: transpose(queue, previous, N, P),
    resetT: transpose(queue, reset, N, P),
  }));
  return togetherMap(queue, contexts, ({ gates }, i) => {
    const { resetAndUpdate, candidate, previousT, resetT } = prepared[i] as (typeof prepared)[number];
    const [kernel, recurrent, bias] = [
      queue.heap.temporary(I * 3 * P),
      queue.heap.temporary(P * 3 * P),
      queue.heap.temporary(3 * P),
    ];
    const product = (A: Columns, M: number, B: Packed, out: Pointer): void =>
      multiply(queue, A.pointer, M, B, out, { aStride: A.stride, outStride: 3 * P });
    product(xT, I, resetAndUpdate, kernel);
    product(xT, I, candidate, kernel + 2 * P * 4);
    product(previousT, P, resetAndUpdate, recurrent);
    product(resetT, P, candidate, recurrent + 2 * P * 4);
    columnSum(queue, gates, N, 3 * P, bias);
    return { kernel, recurrent, bias };
  });
}
