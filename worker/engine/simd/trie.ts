/** Forward and backward of LSTM directions over character tries, as lists of kernel jobs. */
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
import { gather, multiply, scatter, sumOfProducts, togetherMap, zeros, type Columns, type Packed } from './matrix.ts';

/** Uploaded trie of one reading direction, see ops/layout.ts. */
export interface UploadedTrie {
  readonly nodes: number;
  readonly widest: number;
  readonly depths: number;
  readonly counts: Pointer;
  readonly ids: Pointer;
  readonly parents: Pointer;
  readonly last: Pointer;
}

/** One direction over characters: as {@link Direction}, with the trie it reads. */
export interface TrieDirection {
  readonly weights: DirectionWeights;
  readonly trie: UploadedTrie;
  readonly out: Columns;
}
export interface TrieContext {
  readonly weights: DirectionWeights;
  readonly trie: UploadedTrie;
  readonly cells: Cells;
}

/** Runs directions over tries of character ids; the state after each word's last character goes to `out` [W,H]. */
export function trieForward(
  queue: JobQueue,
  words: number,
  embedding: Pointer,
  alphabet: number,
  I: number,
  H: number,
  directions: readonly TrieDirection[],
): TrieContext[] {
  const P = padded(H);
  const contexts = togetherMap(queue, directions, ({ weights, trie }) => ({
    weights: padWeights(queue, weights, I, H),
    trie,
    cells: cells(queue, trie.nodes, P),
  }));
  const packed = packForward(queue, contexts, I, P);
  const tables = togetherMap(queue, contexts, ({ weights }, i) => {
    const table = queue.heap.temporary(alphabet * 4 * P);
    multiply(queue, embedding, alphabet, (packed[i] as { W: Packed }).W, table, { add: weights.bias });
    return table;
  });
  togetherMap(queue, contexts, ({ trie, cells: c }, i) => {
    const U = (packed[i] as { U: Packed }).U.pointer;
    queue.push(
      kind.trieForward,
      c.gates,
      U,
      P,
      c.previous,
      c.hidden,
      c.cell,
      c.tanhCell,
      trie.counts,
      trie.depths,
      trie.parents,
      tables[i],
      trie.ids,
    );
  });
  togetherMap(queue, contexts, ({ trie, cells: c }, i) =>
    gather(queue, { pointer: c.hidden, stride: P }, trie.last, words, H, (directions[i] as TrieDirection).out),
  );
  return contexts;
}

/** Gradients of directions run by {@link trieForward}; dEmbedding [A,I] is their sum. Those of the weights come aside. */
export function trieBackward(
  queue: JobQueue,
  words: number,
  embedding: Pointer,
  alphabet: number,
  I: number,
  H: number,
  contexts: readonly TrieContext[],
  dOut: readonly Columns[],
  dEmbedding: Pointer,
): DirectionGradients[] {
  const P = padded(H);
  const buffers = togetherMap(queue, contexts, ({ trie }) => ({
    dHidden: zeros(queue, trie.nodes * P),
    dCell: zeros(queue, trie.nodes * P),
    dTable: zeros(queue, alphabet * 4 * P),
  }));
  const packed = togetherMap(queue, contexts, ({ weights, trie }, i) => {
    const { dHidden } = buffers[i] as { dHidden: Pointer };
    scatter(queue, dOut[i] as Columns, trie.last, words, H, { pointer: dHidden, stride: P });
    return packBackward(queue, weights, I, P);
  });
  togetherMap(queue, contexts, ({ trie, cells: c }, i) => {
    const { dHidden, dCell } = buffers[i] as { dHidden: Pointer; dCell: Pointer };
    const UT = (packed[i] as { UT: Packed }).UT.pointer;
    const scratch = queue.heap.temporary(trie.widest * P);
    queue.push(
      kind.trieBackward,
      c.gates,
      UT,
      P,
      dHidden,
      dCell,
      c.cell,
      c.tanhCell,
      trie.counts,
      trie.depths,
      trie.parents,
      trie.nodes,
      scratch,
    );
  });
  const dTables = buffers.map(({ dTable }) => dTable);
  togetherMap(queue, contexts, ({ trie, cells: c }, i) => {
    const to = { pointer: dTables[i] as Pointer, stride: 4 * P };
    scatter(queue, { pointer: c.gates, stride: 4 * P }, trie.ids, trie.nodes, 4 * P, to);
  });
  const gates = contexts.map(({ trie, cells: c }, i) => ({
    dGates: c.gates,
    previous: c.previous,
    rows: trie.nodes,
    dInput: dTables[i] as Pointer,
  }));
  const gradients = queue.aside(() => weightGradients(queue, gates, { pointer: embedding, rows: alphabet }, I, H));
  const pairs = dTables.map((dTable, i) => ({ A: dTable, B: (packed[i] as { WT: Packed }).WT }));
  sumOfProducts(queue, alphabet, pairs, dEmbedding);
  return gradients;
}
