/** What every LSTM direction has: its weights padded and packed for the kernels, and the state its cells leave for the backward pass. */
import type { Pointer } from './heap.ts';
import { kind, type JobQueue } from './jobs.ts';
import { columnSum, multiply, pack, packTransposed, resegment, togetherMap, transpose, type Packed } from './matrix.ts';

/** Pointers to kernel [I,4H], recurrent [H,4H], bias [4H]; gate order i, f, g, o. Other cells have other numbers of gates. */
export interface DirectionWeights {
  readonly kernel: Pointer;
  readonly recurrent: Pointer;
  readonly bias: Pointer;
}
export type DirectionGradients = DirectionWeights;

/** What the cells of a direction leave behind, one row a token or trie node. */
export interface Cells {
  readonly gates: Pointer;
  readonly previous: Pointer;
  readonly hidden: Pointer;
  readonly cell: Pointer;
  readonly tanhCell: Pointer;
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

/**
 * Weights of `gates` gates, each (and the recurrent rows) padded to a multiple of four units; padded units stay exactly zero. The jobs
 * are independent of each other.
 */
export function padWeights(
  queue: JobQueue,
  weights: DirectionWeights,
  I: number,
  H: number,
  gates = 4,
): DirectionWeights {
  const P = padded(H);
  if (P === H) return weights;
  const recurrent = queue.heap.temporary(P * gates * P);
  queue.push(kind.resegment, weights.recurrent, H, recurrent, P, H * gates);
  queue.push(kind.zero, recurrent + H * gates * P * 4, (P - H) * gates * P * 4);
  return {
    kernel: resegment(queue, weights.kernel, H, P, I * gates),
    recurrent,
    bias: resegment(queue, weights.bias, H, P, gates),
  };
}

/** The gradients of {@link padWeights}' results, the padding taken out. The jobs are independent of each other. */
export function unpadGradients(
  queue: JobQueue,
  { kernel, recurrent, bias }: DirectionGradients,
  I: number,
  H: number,
  gates = 4,
): DirectionGradients {
  const P = padded(H);
  return {
    kernel: resegment(queue, kernel, P, H, I * gates),
    recurrent: resegment(queue, recurrent, P, H, H * gates),
    bias: resegment(queue, bias, P, H, gates),
  };
}

/** One direction's dL/dpre-activations, and what its weights were multiplied with. */
interface DirectionGates {
  /** dL/dpre-activations [rows, 4·P], and the hidden states before each [rows, P]. */
  readonly dGates: Pointer;
  readonly previous: Pointer;
  readonly rows: number;
  /** dL/dpre-activations, summed a row of the input. */
  readonly dInput: Pointer;
}

/** Kernel gradient from inputᵀ, recurrent from the hidden states before, bias; the padding taken out. */
export function weightGradients(
  queue: JobQueue,
  directions: readonly DirectionGates[],
  input: { readonly pointer: Pointer; readonly rows: number },
  I: number,
  H: number,
): DirectionGradients[] {
  const P = padded(H);
  const [prepared, inputT] = queue.together(() => {
    const turned = directions.map(({ dGates, previous, rows, dInput }) => {
      const packed = pack(queue, dGates, rows, 4 * P);
      return {
        dGates: packed,
        dInput: dInput === dGates ? packed : pack(queue, dInput, input.rows, 4 * P),
        previousT: transpose(queue, previous, rows, P),
      };
    });
    return [turned, transpose(queue, input.pointer, input.rows, I)] as const;
  });
  const gradients = togetherMap(queue, prepared, ({ dGates, dInput, previousT }, i) => {
    const [kernel, recurrent, bias] = [
      queue.heap.temporary(I * 4 * P),
      queue.heap.temporary(P * 4 * P),
      queue.heap.temporary(4 * P),
    ];
    multiply(queue, inputT.pointer, I, dInput, kernel, { aStride: inputT.stride });
    multiply(queue, previousT.pointer, P, dGates, recurrent, { aStride: previousT.stride });
    columnSum(queue, (directions[i] as DirectionGates).dInput, input.rows, 4 * P, bias);
    return { kernel, recurrent, bias };
  });
  return togetherMap(queue, gradients, (gradient) => unpadGradients(queue, gradient, I, H));
}

/** Input and recurrent weights in panels, for the products of the forward pass. */
export function packForward(
  queue: JobQueue,
  contexts: readonly { readonly weights: DirectionWeights }[],
  I: number,
  P: number,
): { W: Packed; U: Packed }[] {
  return togetherMap(queue, contexts, ({ weights }) => ({
    W: pack(queue, weights.kernel, I, 4 * P),
    U: pack(queue, weights.recurrent, P, 4 * P),
  }));
}

/** The same transposed, for the products of the backward pass. */
export function packBackward(
  queue: JobQueue,
  weights: DirectionWeights,
  I: number,
  P: number,
): { WT: Packed; UT: Packed } {
  return {
    WT: packTransposed(queue, weights.kernel, I, 4 * P),
    UT: packTransposed(queue, weights.recurrent, P, 4 * P),
  };
}
