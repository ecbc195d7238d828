/** Forward and backward of LSTM directions over packed rows, as lists of kernel jobs. */
import type { Pointer } from './heap.ts';
import { kind, type JobQueue } from './jobs.ts';
import {
  cells,
  packBackward,
  packForward,
  padded,
  padWeights,
  unpadGradients,
  type Cells,
  type DirectionGradients,
  type DirectionWeights,
} from './lstm-weights.ts';
import {
  columnSum,
  gather,
  multiply,
  pack,
  sumOfProducts,
  togetherMap,
  transpose,
  zeros,
  type Columns,
  type Packed,
} from './matrix.ts';

/** Uploaded layout of a packed batch. */
export interface UploadedRows {
  readonly rows: number;
  readonly sentences: number;
  readonly steps: Pointer;
  readonly longest: number;
  /** Tokens of each sentence, decreasing. */
  readonly lengths: readonly number[];
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
  const contexts = togetherMap(queue, directions, ({ weights, reverse }) => ({
    weights: padWeights(queue, weights, I, H),
    reverse,
    cells: cells(queue, layout.rows, P),
  }));
  const packed = packForward(queue, contexts, I, P);
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

/** Gradients of directions run by {@link lstmForward}; `dOut` [N,H] of each; dx [N,I] is their sum. Those of the weights come aside. */
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
  const dHidden = togetherMap(queue, contexts, () => (P === H ? queue.heap.temporary(N * P) : zeros(queue, N * P)));
  const packed = togetherMap(queue, contexts, (context, i) => {
    gather(queue, dOut[i] as Columns, 0, N, H, { pointer: dHidden[i] as Pointer, stride: P });
    return packBackward(queue, context.weights, I, P);
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
  const gradients = queue.aside(() => unpadGradients(queue, weightGradients(queue, contexts, x, I, N, P), I, H));
  const pairs = contexts.map(({ cells: c }, i) => ({ A: c.gates, B: (packed[i] as { WT: Packed }).WT }));
  sumOfProducts(queue, N, pairs, dx);
  return gradients;
}

/** From dL/dpre-activations in `gates`: kernel from xᵀ, recurrent from the hidden states before, bias; all padded. */
function weightGradients(
  queue: JobQueue,
  contexts: readonly DirectionContext[],
  x: Pointer,
  I: number,
  N: number,
  P: number,
): DirectionGradients[] {
  const [prepared, xT] = queue.together(() => {
    const turned = contexts.map(({ cells: c }) => ({
      dGates: pack(queue, c.gates, N, 4 * P),
      previousT: transpose(queue, c.previous, N, P),
    }));
    return [turned, transpose(queue, x, N, I)] as const;
  });
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
