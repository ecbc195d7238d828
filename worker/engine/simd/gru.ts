/** Forward and backward of GRU directions over packed rows, as lists of kernel jobs. */
import type { Pointer } from './heap.ts';
import { kind, type JobQueue } from './jobs.ts';
import { padded, padWeights, unpadGradients, type DirectionGradients, type DirectionWeights } from './lstm-weights.ts';
import {
  columnSum,
  gather,
  multiply,
  pack,
  packTransposed,
  panelsFrom,
  sumOfProducts,
  togetherMap,
  transpose,
  zeros,
  type Columns,
  type Packed,
} from './matrix.ts';
import { sentenceRanges, type UploadedRows } from './packed-rows.ts';

/** Pointers to kernel [I,3H], recurrent [H,3H], bias [3H]; gate order r, z, h̃. */
type GruPointers = DirectionWeights;

/** Gates of a GRU. */
const gateCount = 3;

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
  const contexts = togetherMap(queue, directions, ({ weights, reverse }) => ({
    weights: padWeights(queue, weights, I, H, gateCount),
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

/** Gradients of directions run by {@link gruForward}; `dOut` [N,H] of each; dx [N,I] is their sum. Those of the weights come aside. */
export function gruBackward(
  queue: JobQueue,
  layout: UploadedRows,
  x: Pointer,
  I: number,
  H: number,
  contexts: readonly GruContext[],
  dOut: readonly Columns[],
  dx: Pointer,
): DirectionGradients[] {
  const P = padded(H);
  const N = layout.rows;
  const dHidden = contexts.map(() => (P === H ? queue.heap.temporary(N * P) : zeros(queue, N * P)));
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
  const gradients = queue.aside(() => weightGradients(queue, contexts, x, I, H, N));
  const pairs = contexts.map(({ gates }, i) => ({ A: gates, B: (packed[i] as (typeof packed)[number]).WT }));
  sumOfProducts(queue, N, pairs, dx);
  return gradients;
}

/**
 * From dL/dpre-activations in `gates`: kernel from xᵀ; recurrent from the hidden states before (r and z) and from what the reset
 * gate left of them (h̃); bias.
 */
function weightGradients(
  queue: JobQueue,
  contexts: readonly GruContext[],
  x: Pointer,
  I: number,
  H: number,
  N: number,
): DirectionGradients[] {
  const P = padded(H);
  const [prepared, xT] = queue.together(() => {
    const turned = contexts.map(({ gates, previous, reset }) => ({
      all: pack(queue, gates, N, 3 * P),
      candidate: pack(queue, gates + 2 * P * 4, N, P, 3 * P),
      previousT: transpose(queue, previous, N, P),
      resetT: transpose(queue, reset, N, P),
    }));
    return [turned, transpose(queue, x, N, I)] as const;
  });
  const gradients = togetherMap(queue, contexts, ({ gates }, i) => {
    const { all, candidate, previousT, resetT } = prepared[i] as (typeof prepared)[number];
    const [kernel, recurrent, bias] = [
      queue.heap.temporary(I * 3 * P),
      queue.heap.temporary(P * 3 * P),
      queue.heap.temporary(3 * P),
    ];
    const product = (A: Columns, M: number, B: Packed, out: Pointer): void =>
      multiply(queue, A.pointer, M, B, out, { aStride: A.stride, outStride: 3 * P });
    product(xT, I, all, kernel);
    product(previousT, P, panelsFrom(all, 0, 2 * P), recurrent);
    product(resetT, P, candidate, recurrent + 2 * P * 4);
    columnSum(queue, gates, N, 3 * P, bias);
    return { kernel, recurrent, bias };
  });
  return togetherMap(queue, gradients, (gradient) => unpadGradients(queue, gradient, I, H, gateCount));
}
