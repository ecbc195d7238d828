/** Forward and backward of one LSTM direction over packed rows, and of the character trie, as lists of kernel jobs. */
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
  scatter,
  transpose,
  zeros,
} from './matrix.ts';

/** Pointers to kernel [I,4H], recurrent [H,4H], bias [4H]; gate order i, f, g, o. */
export interface DirectionWeights {
  readonly kernel: Pointer;
  readonly recurrent: Pointer;
  readonly bias: Pointer;
}
export type DirectionGradients = DirectionWeights;

/** Uploaded layout of a packed batch. */
export interface UploadedRows {
  readonly rows: number;
  readonly sentences: number;
  readonly steps: Pointer;
  readonly longest: number;
}

/** A matrix inside wider rows: `stride` numbers apart. */
export interface Columns {
  readonly pointer: Pointer;
  readonly stride: number;
}

interface Cells {
  readonly gates: Pointer;
  readonly previous: Pointer;
  readonly hidden: Pointer;
  readonly cell: Pointer;
  readonly tanhCell: Pointer;
}

const padded = (hidden: number): number => (hidden + 3) & ~3;

function cells(queue: JobQueue, rows: number, H: number): Cells {
  const state = (): Pointer => queue.heap.temporary(rows * H);
  return {
    gates: queue.heap.temporary(rows * 4 * H),
    previous: state(),
    hidden: state(),
    cell: state(),
    tanhCell: state(),
  };
}

/** Weights with each gate (and the recurrent rows) padded to a multiple of four units; padded units stay exactly zero. */
function padWeights(queue: JobQueue, weights: DirectionWeights, I: number, H: number): DirectionWeights {
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

function unpadGradients(queue: JobQueue, gradients: DirectionGradients, I: number, H: number): DirectionGradients {
  const P = padded(H);
  return {
    kernel: resegment(queue, gradients.kernel, P, H, I * 4),
    recurrent: resegment(queue, gradients.recurrent, P, H, H * 4),
    bias: resegment(queue, gradients.bias, P, H, 4),
  };
}

export interface DirectionContext {
  readonly weights: DirectionWeights;
  readonly cells: Cells;
  readonly reverse: boolean;
}

/** Runs one direction over x [N,I]; hidden states go into `out` columns [N,H]. */
export function lstmForward(
  queue: JobQueue,
  layout: UploadedRows,
  x: Pointer,
  I: number,
  H: number,
  given: DirectionWeights,
  reverse: boolean,
  out: Columns,
): DirectionContext {
  const P = padded(H);
  const weights = padWeights(queue, given, I, H);
  const c = cells(queue, layout.rows, P);
  multiply(queue, x, layout.rows, pack(queue, weights.kernel, I, 4 * P), c.gates, { add: weights.bias });
  const U = pack(queue, weights.recurrent, P, 4 * P);
  queue.push(
    kind.lstmForward,
    c.gates,
    U.pointer,
    P,
    c.previous,
    c.hidden,
    c.cell,
    c.tanhCell,
    layout.steps,
    layout.longest,
    reverse ? 1 : 0,
  );
  gather(queue, { pointer: c.hidden, stride: P }, 0, layout.rows, H, out);
  return { weights, cells: c, reverse };
}

/** Gradients of one direction; adds to dx [N,I]. `xT` is the transposed input, shared by all directions that read it. */
export function lstmBackward(
  queue: JobQueue,
  layout: UploadedRows,
  context: DirectionContext,
  I: number,
  H: number,
  xT: Columns,
  dOut: Columns,
  dx: Pointer,
  addToDx: boolean,
): DirectionGradients {
  const P = padded(H);
  const { weights, cells: c } = context;
  const N = layout.rows;
  const dHidden = P === H ? queue.heap.temporary(N * P) : zeros(queue, N * P);
  gather(queue, dOut, 0, N, H, { pointer: dHidden, stride: P });
  const UT = packTransposed(queue, weights.recurrent, P, 4 * P);
  const carry = layout.sentences * P;
  queue.push(
    kind.lstmBackward,
    c.gates,
    UT.pointer,
    P,
    dHidden,
    c.cell,
    c.tanhCell,
    layout.steps,
    layout.longest,
    context.reverse ? 1 : 0,
    queue.heap.temporary(carry),
    queue.heap.temporary(carry),
  );
  const dGates = pack(queue, c.gates, N, 4 * P);
  const gradients = {
    kernel: queue.heap.temporary(I * 4 * P),
    recurrent: queue.heap.temporary(P * 4 * P),
    bias: queue.heap.temporary(4 * P),
  };
  multiply(queue, xT.pointer, I, dGates, gradients.kernel, { aStride: xT.stride });
  const previousT = transpose(queue, c.previous, N, P);
  multiply(queue, previousT.pointer, P, dGates, gradients.recurrent, { aStride: previousT.stride });
  columnSum(queue, c.gates, N, 4 * P, gradients.bias);
  const WT = packTransposed(queue, weights.kernel, I, 4 * P);
  if (addToDx) multiplyInto(queue, c.gates, N, WT, dx);
  else multiply(queue, c.gates, N, WT, dx);
  return unpadGradients(queue, gradients, I, H);
}

/** Uploaded trie of one reading direction, see ops/characters.ts. */
export interface UploadedTrie {
  readonly nodes: number;
  readonly widest: number;
  readonly depths: number;
  readonly counts: Pointer;
  readonly ids: Pointer;
  readonly parents: Pointer;
  readonly last: Pointer;
}

/** Runs one direction over a trie of character ids; the state after each word's last character goes into `out` [W,H]. */
export function trieForward(
  queue: JobQueue,
  trie: UploadedTrie,
  words: number,
  embedding: Pointer,
  alphabet: number,
  I: number,
  H: number,
  given: DirectionWeights,
  out: Columns,
): DirectionContext {
  const P = padded(H);
  const weights = padWeights(queue, given, I, H);
  const table = queue.heap.temporary(alphabet * 4 * P);
  multiply(queue, embedding, alphabet, pack(queue, weights.kernel, I, 4 * P), table, { add: weights.bias });
  const c = cells(queue, trie.nodes, P);
  const U = pack(queue, weights.recurrent, P, 4 * P);
  queue.push(
    kind.trieForward,
    c.gates,
    U.pointer,
    P,
    c.previous,
    c.hidden,
    c.cell,
    c.tanhCell,
    trie.counts,
    trie.depths,
    trie.parents,
    table,
    trie.ids,
  );
  gather(queue, { pointer: c.hidden, stride: P }, trie.last, words, H, out);
  return { weights, cells: c, reverse: false };
}

/** Gradients of one trie direction; adds to dEmbedding [A,I] when `addTo`. */
export function trieBackward(
  queue: JobQueue,
  trie: UploadedTrie,
  context: DirectionContext,
  words: number,
  embeddingT: Columns,
  alphabet: number,
  I: number,
  H: number,
  dOut: Columns,
  dEmbedding: Pointer,
  addTo: boolean,
): DirectionGradients {
  const P = padded(H);
  const { weights, cells: c } = context;
  const dHidden = zeros(queue, trie.nodes * P);
  scatter(queue, dOut, trie.last, words, H, { pointer: dHidden, stride: P });
  const UT = packTransposed(queue, weights.recurrent, P, 4 * P);
  const dCell = zeros(queue, trie.nodes * P);
  queue.push(
    kind.trieBackward,
    c.gates,
    UT.pointer,
    P,
    dHidden,
    dCell,
    c.cell,
    c.tanhCell,
    trie.counts,
    trie.depths,
    trie.parents,
    trie.nodes,
    queue.heap.temporary(trie.widest * P),
  );
  const dTable = zeros(queue, alphabet * 4 * P);
  scatter(queue, { pointer: c.gates, stride: 4 * P }, trie.ids, trie.nodes, 4 * P, { pointer: dTable, stride: 4 * P });
  const gradients = {
    kernel: queue.heap.temporary(I * 4 * P),
    recurrent: queue.heap.temporary(P * 4 * P),
    bias: queue.heap.temporary(4 * P),
  };
  const previousT = transpose(queue, c.previous, trie.nodes, P);
  multiply(queue, previousT.pointer, P, pack(queue, c.gates, trie.nodes, 4 * P), gradients.recurrent, {
    aStride: previousT.stride,
  });
  multiply(queue, embeddingT.pointer, I, pack(queue, dTable, alphabet, 4 * P), gradients.kernel, {
    aStride: embeddingT.stride,
  });
  columnSum(queue, dTable, alphabet, 4 * P, gradients.bias);
  const WT = packTransposed(queue, weights.kernel, I, 4 * P);
  if (addTo) multiplyInto(queue, dTable, alphabet, WT, dEmbedding);
  else multiply(queue, dTable, alphabet, WT, dEmbedding);
  return unpadGradients(queue, gradients, I, H);
}
