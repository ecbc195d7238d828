/** Forward and backward of SC-LSTM's shared cell over packed rows, as lists of kernel jobs. */
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
} from './matrix.ts';
import { sentenceRanges, type UploadedRows } from './packed-rows.ts';

/** One direction: the shared LSTM's weights, those of the task's output gate, and where h ‖ q go. */
export interface SharedCellDirection {
  readonly shared: DirectionWeights;
  readonly gate: DirectionWeights;
  readonly reverse: boolean;
  readonly out: Columns;
}

/** What the backward pass needs of a direction: padded weights, and one row a token of gates [5P], states h ‖ q [2P] and cells [P]. */
export interface SharedCellContext {
  readonly shared: DirectionWeights;
  readonly gate: DirectionWeights;
  readonly reverse: boolean;
  readonly gates: Pointer;
  readonly previous: Pointer;
  readonly cell: Pointer;
  readonly tanhCell: Pointer;
}

/** Runs directions that all read x [N,I]; h ‖ q go to each one's `out` columns [N,2H]. */
export function sharedCellForward(
  queue: JobQueue,
  layout: UploadedRows,
  x: Pointer,
  I: number,
  H: number,
  directions: readonly SharedCellDirection[],
): SharedCellContext[] {
  const P = padded(H);
  const N = layout.rows;
  const rows = (width: number): Pointer => queue.heap.temporary(N * width * P);
  const contexts = togetherMap(queue, directions, ({ shared, gate, reverse }) => ({
    shared: padWeights(queue, shared, I, H),
    gate: padWeights(queue, gate, I, H, 1),
    reverse,
    gates: rows(5),
    previous: rows(2),
    cell: rows(1),
    tanhCell: rows(1),
  }));
  const packed = togetherMap(queue, contexts, ({ shared, gate }) => ({
    input: pack(queue, shared.kernel, I, 4 * P),
    gateInput: pack(queue, gate.kernel, I, P),
    recurrent: pack(queue, shared.recurrent, P, 4 * P).pointer,
    gateRecurrent: pack(queue, gate.recurrent, P, P).pointer,
  }));
  togetherMap(queue, contexts, ({ shared, gate, gates }, i) => {
    const { input, gateInput } = packed[i] as (typeof packed)[number];
    multiply(queue, x, N, input, gates, { outStride: 5 * P, add: shared.bias });
    multiply(queue, x, N, gateInput, gates + 4 * P * 4, { outStride: 5 * P, add: gate.bias });
  });
  const states = contexts.map(() => rows(2));
  const ranges = sentenceRanges(queue, layout, directions.length);
  togetherMap(queue, contexts, ({ reverse, gates, previous, cell, tanhCell }, i) => {
    const { recurrent, gateRecurrent } = packed[i] as (typeof packed)[number];
    const products = [gates, recurrent, gateRecurrent, P] as const;
    const steps = [layout.steps, layout.longest, reverse ? 1 : 0] as const;
    for (const [from, to] of ranges)
      queue.push(kind.sharedCellForward, ...products, previous, states[i], cell, tanhCell, ...steps, from, to);
  });
  togetherMap(queue, directions, ({ out }, i) => {
    for (const half of halves(states[i] as Pointer, 2 * P, P, out, H))
      gather(queue, half.inside, 0, N, H, half.outside);
  });
  return contexts;
}

/** h and q as columns of padded rows, and of the rows that others see. */
function halves(
  states: Pointer,
  stride: number,
  P: number,
  out: Columns,
  H: number,
): { inside: Columns; outside: Columns }[] {
  return [0, 1].map((half) => ({
    inside: { pointer: states + half * P * 4, stride },
    outside: { pointer: out.pointer + half * H * 4, stride: out.stride },
  }));
}

/** Gradients of one direction's weights. */
export interface SharedCellGradients {
  readonly shared: DirectionGradients;
  readonly gate: DirectionGradients;
}

/** Gradients of directions run by {@link sharedCellForward}; `dOut` [N,2H] of each; dx [N,I] is their sum. Those of the weights come aside. */
export function sharedCellBackward(
  queue: JobQueue,
  layout: UploadedRows,
  x: Pointer,
  I: number,
  H: number,
  contexts: readonly SharedCellContext[],
  dOut: readonly Columns[],
  dx: Pointer,
): SharedCellGradients[] {
  const P = padded(H);
  const N = layout.rows;
  const dStates = togetherMap(queue, contexts, () =>
    P === H ? queue.heap.temporary(N * 2 * P) : zeros(queue, N * 2 * P),
  );
  const packed = togetherMap(queue, contexts, ({ shared, gate }, i) => {
    for (const half of halves(dStates[i] as Pointer, 2 * P, P, dOut[i] as Columns, H))
      gather(queue, half.outside, 0, N, H, half.inside);
    return {
      input: packTransposed(queue, shared.kernel, I, 4 * P),
      gateInput: packTransposed(queue, gate.kernel, I, P),
      recurrent: packTransposed(queue, shared.recurrent, P, 4 * P).pointer,
      gateRecurrent: packTransposed(queue, gate.recurrent, P, P).pointer,
    };
  });
  const ranges = sentenceRanges(queue, layout, contexts.length);
  togetherMap(queue, contexts, ({ reverse, gates, cell, tanhCell }, i) => {
    const { recurrent, gateRecurrent } = packed[i] as (typeof packed)[number];
    const products = [gates, recurrent, gateRecurrent, P] as const;
    const steps = [layout.steps, layout.longest, reverse ? 1 : 0] as const;
    const carry = queue.heap.temporary(layout.sentences * 3 * P);
    for (const [from, to] of ranges)
      queue.push(kind.sharedCellBackward, ...products, dStates[i], cell, tanhCell, ...steps, carry, from, to);
  });
  const gradients = queue.aside(() => weightGradients(queue, contexts, x, N, I, H));
  const pairs = contexts.flatMap(({ gates }, i) => {
    const { input, gateInput } = packed[i] as (typeof packed)[number];
    return [
      { A: gates, B: input, stride: 5 * P },
      { A: gates + 4 * P * 4, B: gateInput, stride: 5 * P },
    ];
  });
  sumOfProducts(queue, N, pairs, dx);
  return gradients;
}

/** From dL/dpre-activations in `gates`: kernels from xᵀ, recurrent ones from the h and the q before, biases. */
function weightGradients(
  queue: JobQueue,
  contexts: readonly SharedCellContext[],
  x: Pointer,
  N: number,
  I: number,
  H: number,
): SharedCellGradients[] {
  const P = padded(H);
  const [prepared, xT] = queue.together(() => {
    const turned = contexts.map(({ gates, previous }) => ({
      dGates: pack(queue, gates, N, 5 * P),
      previousT: transpose(queue, previous, N, 2 * P),
    }));
    return [turned, transpose(queue, x, N, I)] as const;
  });
  const gradients = togetherMap(queue, prepared, ({ dGates, previousT }, i) => {
    const product = (A: Columns, M: number, from: number, count: number): Pointer => {
      const out = queue.heap.temporary(M * count);
      multiply(queue, A.pointer, M, panelsFrom(dGates, from, count), out, { aStride: A.stride });
      return out;
    };
    const previousOwnT = { ...previousT, pointer: previousT.pointer + P * previousT.stride * 4 };
    const bias = queue.heap.temporary(5 * P);
    columnSum(queue, (contexts[i] as SharedCellContext).gates, N, 5 * P, bias);
    return {
      shared: { kernel: product(xT, I, 0, 4 * P), recurrent: product(previousT, P, 0, 4 * P), bias },
      gate: {
        kernel: product(xT, I, 4 * P, P),
        recurrent: product(previousOwnT, P, 4 * P, P),
        bias: bias + 4 * P * 4,
      },
    };
  });
  return togetherMap(queue, gradients, ({ shared, gate }) => ({
    shared: unpadGradients(queue, shared, I, H),
    gate: unpadGradients(queue, gate, I, H, 1),
  }));
}
