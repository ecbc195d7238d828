/** Forward and backward of LSTM directions over packed rows, as lists of kernel jobs. */
import type { Pointer } from './heap.ts';
import { kind, type JobQueue } from './jobs.ts';
import {
  cells,
  packBackward,
  packForward,
  padded,
  padWeights,
  weightGradients,
  type Cells,
  type DirectionGradients,
  type DirectionWeights,
} from './lstm-weights.ts';
import { gather, multiply, sumOfProducts, togetherMap, zeros, type Columns, type Packed } from './matrix.ts';
import { sentenceRanges, type UploadedRows } from './packed-rows.ts';

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
  const gates = contexts.map(({ cells: c }) => ({ dGates: c.gates, previous: c.previous, rows: N, dInput: c.gates }));
  const gradients = queue.aside(() => weightGradients(queue, gates, { pointer: x, rows: N }, I, H));
  const pairs = contexts.map(({ cells: c }, i) => ({ A: c.gates, B: (packed[i] as { WT: Packed }).WT }));
  sumOfProducts(queue, N, pairs, dx);
  return gradients;
}
