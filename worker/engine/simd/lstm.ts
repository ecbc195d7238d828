/** Forward and backward of LSTM directions over packed rows, as lists of kernel jobs. */
import type { Pointer } from './heap.ts';
import { kind, type JobQueue } from './jobs.ts';
import {
  columnSum,
  gather,
  multiply,
  multiplyInto,
  pack,
  packTransposed,
  resegment,
  transpose,
  zeros,
  type Packed,
} from './matrix.ts';

/** Pointers to kernel [I,4H], recurrent [H,4H], bias [4H]; gate order i, f, g, o. */
export interface DirectionWeights {
  readonly kernel: Pointer;
  readonly recurrent: Pointer;
  readonly bias: Pointer;
}
export type DirectionGradients = DirectionWeights;

/** A matrix inside wider rows: `stride` numbers apart. */
export interface Columns {
  readonly pointer: Pointer;
  readonly stride: number;
}

/** Uploaded layout of a packed batch. */
export interface UploadedRows {
  readonly rows: number;
  readonly sentences: number;
  readonly steps: Pointer;
  readonly longest: number;
  /** Tokens of each sentence, decreasing. */
  readonly lengths: readonly number[];
}

export interface Cells {
  readonly gates: Pointer;
  readonly previous: Pointer;
  readonly hidden: Pointer;
  readonly cell: Pointer;
  readonly tanhCell: Pointer;
}

/** One direction of one layer: its weights, where its output goes, and (after the forward pass) what the backward pass needs. */
export interface Direction {
  readonly weights: DirectionWeights;
  readonly reverse: boolean;
  readonly out: Columns;
}
export interface DirectionContext {
  readonly weights: DirectionWeights;
  readonly reverse: boolean;
  readonly cells: Cells;
}

export const padded = (hidden: number): number => (hidden + 3) & ~3;

export function cells(queue: JobQueue, rows: number, P: number): Cells {
  const state = (): Pointer => queue.heap.temporary(rows * P);
  return {
    gates: queue.heap.temporary(rows * 4 * P),
    previous: state(),
    hidden: state(),
    cell: state(),
    tanhCell: state(),
  };
}

/** Weights with each gate (and the recurrent rows) padded to a multiple of four units; padded units stay exactly zero. */
export function padWeights(queue: JobQueue, weights: DirectionWeights, I: number, H: number): DirectionWeights {
  const P = padded(H);
  if (P === H) return weights;
  const recurrent = zeros(queue, P * 4 * P);
  queue.push(kind.resegment, weights.recurrent, H, recurrent, P, H * 4);
  return {
    kernel: resegment(queue, weights.kernel, H, P, I * 4),
    recurrent,
    bias: resegment(queue, weights.bias, H, P, 4),
  };
}

export function unpadGradients(
  queue: JobQueue,
  gradients: DirectionGradients,
  I: number,
  H: number,
): DirectionGradients {
  const P = padded(H);
  return {
    kernel: resegment(queue, gradients.kernel, P, H, I * 4),
    recurrent: resegment(queue, gradients.recurrent, P, H, H * 4),
    bias: resegment(queue, gradients.bias, P, H, 4),
  };
}

/** `queue.together` for each item of a list, keeping the results. */
export function togetherMap<T, R>(queue: JobQueue, items: readonly T[], job: (item: T, index: number) => R): R[] {
  let results: R[] = [];
  queue.together(() => {
    results = items.map(job);
  });
  return results;
}

/** Ranges of sentences with about equal numbers of tokens, so that `jobs` recurrences keep all threads busy. */
function sentenceRanges(queue: JobQueue, layout: UploadedRows, jobs: number): [from: number, to: number][] {
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

/** Runs directions that all read x [N,I]; hidden states go to each one's `out` columns [N,H]. */
export function lstmForward(
  queue: JobQueue,
  layout: UploadedRows,
  x: Pointer,
  I: number,
  H: number,
  directions: readonly Direction[],
): DirectionContext[] {
  const P = padded(H);
  const contexts = directions.map(({ weights, reverse }) => ({
    weights: padWeights(queue, weights, I, H),
    reverse,
    cells: cells(queue, layout.rows, P),
  }));
  const packed = togetherMap(queue, contexts, ({ weights }) => ({
    W: pack(queue, weights.kernel, I, 4 * P),
    U: pack(queue, weights.recurrent, P, 4 * P),
  }));
  togetherMap(queue, contexts, ({ weights, cells: c }, i) =>
    multiply(queue, x, layout.rows, (packed[i] as { W: Packed }).W, c.gates, { add: weights.bias }),
  );
  const ranges = sentenceRanges(queue, layout, directions.length);
  togetherMap(queue, contexts, ({ reverse, cells: c }, i) => {
    const U = (packed[i] as { U: Packed }).U.pointer;
    for (const [from, to] of ranges) {
      queue.push(
        kind.lstmForward,
        c.gates,
        U,
        P,
        c.previous,
        c.hidden,
        c.cell,
        c.tanhCell,
        layout.steps,
        layout.longest,
        reverse ? 1 : 0,
        from,
        to,
      );
    }
  });
  togetherMap(queue, contexts, ({ cells: c }, i) =>
    gather(queue, { pointer: c.hidden, stride: P }, 0, layout.rows, H, (directions[i] as Direction).out),
  );
  return contexts;
}

/** Gradients of directions run by {@link lstmForward}; `dOut` [N,H] of each; dx [N,I] is their sum. */
export function lstmBackward(
  queue: JobQueue,
  layout: UploadedRows,
  x: Pointer,
  I: number,
  H: number,
  contexts: readonly DirectionContext[],
  dOut: readonly Columns[],
  dx: Pointer,
): DirectionGradients[] {
  const P = padded(H);
  const N = layout.rows;
  const dHidden = contexts.map(() => (P === H ? queue.heap.temporary(N * P) : zeros(queue, N * P)));
  const xT = transpose(queue, x, N, I);
  const packed = togetherMap(queue, contexts, ({ weights }, i) => {
    gather(queue, dOut[i] as Columns, 0, N, H, { pointer: dHidden[i] as Pointer, stride: P });
    return {
      UT: packTransposed(queue, weights.recurrent, P, 4 * P),
      WT: packTransposed(queue, weights.kernel, I, 4 * P),
    };
  });
  const ranges = sentenceRanges(queue, layout, contexts.length);
  togetherMap(queue, contexts, ({ reverse, cells: c }, i) => {
    const UT = (packed[i] as { UT: Packed }).UT.pointer;
    const [carryHidden, carryCell] = [
      queue.heap.temporary(layout.sentences * P),
      queue.heap.temporary(layout.sentences * P),
    ];
    for (const [from, to] of ranges) {
      const { gates, cell, tanhCell } = c;
      queue.push(
        kind.lstmBackward,
        gates,
        UT,
        P,
        dHidden[i],
        cell,
        tanhCell,
        layout.steps,
        layout.longest,
        reverse ? 1 : 0,
        carryHidden,
        carryCell,
        from,
        to,
      );
    }
  });
  const gradients = weightGradients(queue, contexts, xT, I, N, P);
  contexts.forEach(({ cells: c }, i) => {
    const { WT } = packed[i] as { WT: Packed };
    if (i === 0) multiply(queue, c.gates, N, WT, dx);
    else multiplyInto(queue, c.gates, N, WT, dx);
  });
  return gradients.map((gradient) => unpadGradients(queue, gradient, I, H));
}

/** From dL/dpre-activations in `gates`: kernel from xᵀ, recurrent from the hidden states before, bias; all padded. */
function weightGradients(
  queue: JobQueue,
  contexts: readonly DirectionContext[],
  xT: Columns,
  I: number,
  N: number,
  P: number,
): DirectionGradients[] {
  const prepared = togetherMap(queue, contexts, ({ cells: c }) => ({
    dGates: pack(queue, c.gates, N, 4 * P),
    previousT: transpose(queue, c.previous, N, P),
  }));
  return togetherMap(queue, contexts, ({ cells: c }, i) => {
    const { dGates, previousT } = prepared[i] as { dGates: Packed; previousT: Columns };
    const [kernel, recurrent, bias] = [
      queue.heap.temporary(I * 4 * P),
      queue.heap.temporary(P * 4 * P),
      queue.heap.temporary(4 * P),
    ];
    multiply(queue, xT.pointer, I, dGates, kernel, { aStride: xT.stride });
    multiply(queue, previousT.pointer, P, dGates, recurrent, { aStride: previousT.stride });
    columnSum(queue, c.gates, N, 4 * P, bias);
    return { kernel, recurrent, bias };
  });
}
