/** Weights of a tagger laid out once for the inference kernels: padded, packed in panels, side by side where they read the same rows. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { DecoderGate, DecoderSpec } from '../ops/decode.ts';
import type { Heap, Pointer } from './heap.ts';
import { kind, type JobQueue } from './jobs.ts';
import type { Packed } from './matrix.ts';
import { padded } from './lstm-weights.ts';

export const panelled = (n: number): number => (n + 15) & ~15;

/** A weight matrix in panels, with its bias row where it has one. */
export interface Projection extends Packed {
  readonly bias: Pointer;
}

/** How the rows that the encoder gives lie: so many parts of H numbers, each padded to P. */
export interface EncodedRows {
  readonly H: number;
  readonly P: number;
  readonly parts: number;
}

export interface DecoderWeights {
  readonly P: number;
  readonly cells: number;
  readonly stride: number;
  readonly gateWidth: number;
  /** The encoder's rows to what a word gives all cells and gates. */
  readonly input: Projection;
  /** The kernel's description, see kernels/inference.ts. */
  readonly description: Pointer;
}

/** Index i of a stored matrix lies at ⌊i/from⌋·to + i mod from. */
export interface Spread {
  readonly from: number;
  readonly to: number;
}

export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

const values = (tensor: Tensor): Float32Array => tensor.dataSync<'float32'>();
/** A matrix of zeros, to be filled. */
export const matrix = (rows: number, columns: number): Matrix => ({
  rows,
  columns,
  values: new Float32Array(rows * columns),
});

/** Copy the stored rows `[firstRow, firstRow + rows)` of `tensor` to `target` from `column` on, both sides spread out. */
export function place(
  target: Matrix,
  tensor: Tensor,
  firstRow: number,
  rows: number,
  rowSpread: Spread,
  columnSpread: Spread,
  column: number,
): void {
  const source = values(tensor);
  const columns = tensor.shape.at(-1) ?? 0;
  for (let r = 0; r < rows; r++) {
    const to = spreadOut(r, rowSpread) * target.columns + column;
    const from = (firstRow + r) * columns;
    for (let c = 0; c < columns; c++) target.values[to + spreadOut(c, columnSpread)] = source[from + c] ?? 0;
  }
}

function spreadOut(index: number, { from, to }: Spread): number {
  return Math.floor(index / from) * to + (index % from);
}

export const asStored: Spread = { from: Infinity, to: 0 };

/** Lays weights out on a heap; what it allocated is in `owned`, to be released by the caller. */
export class WeightBuilder {
  readonly owned: Pointer[] = [];
  private readonly queue: JobQueue;
  private readonly heap: Heap;

  constructor(queue: JobQueue) {
    this.queue = queue;
    this.heap = queue.heap;
  }

  decoder(spec: DecoderSpec, encoder: EncodedRows): DecoderWeights {
    const [H, K] = [spec.projection.kernel.shape[0], spec.projection.kernel.shape[1]];
    const E = spec.tagEmbedding.shape[1];
    const I = encoder.parts * encoder.H;
    const P = padded(H);
    const [gateWidth, logits] = [panelled(P), panelled(K)];
    const units: Spread = { from: H, to: P };
    const encoderUnits: Spread = { from: encoder.H, to: encoder.P };
    const columns = panelled(spec.cells.length * 4 * P + spec.gates.length * gateWidth);
    const [fromWord, fromTag, bias] = [
      matrix(encoder.parts * encoder.P, columns),
      matrix(E, columns),
      matrix(1, columns),
    ];
    const put = (kernel: Tensor, b: Tensor, row: number, column: number): void => {
      place(fromWord, kernel, row, I, encoderUnits, units, column);
      place(fromTag, kernel, row + I, E, asStored, units, column);
      place(bias, b, 0, 1, asStored, units, column);
    };
    for (const [i, { kernel, bias: b }] of spec.cells.entries()) put(kernel, b, 0, i * 4 * P);
    for (const [i, { kernel, bias: b }] of spec.gates.entries())
      put(kernel, b, 2 * H, spec.cells.length * 4 * P + i * gateWidth);
    const gatePart = ({ kernel }: DecoderGate, row: number): Pointer => {
      const part = matrix(H, gateWidth);
      place(part, kernel, row, H, asStored, units, 0);
      return this.pack(part);
    };
    const projection = matrix(H, logits);
    place(projection, spec.projection.kernel, 0, H, asStored, asStored, 0);
    const projectionBias = matrix(1, logits);
    place(projectionBias, spec.projection.bias, 0, 1, asStored, asStored, 0);
    const cells = spec.cells.map(({ recurrent }) => this.recurrent(recurrent, H, P));
    const parts = spec.gates.flatMap((gate) => [gatePart(gate, 0), gatePart(gate, H)]);
    const four = (pointers: readonly Pointer[], count: number): Pointer[] =>
      Array.from({ length: count }, (_, i) => pointers[i] ?? 0);
    const description = this.allocate(
      Int32Array.from([
        spec.cells.length,
        spec.gates.length,
        H,
        P,
        K,
        logits * 4,
        columns * 4,
        this.tagTable(spec.tagEmbedding, K, E, fromTag),
        this.pack(projection),
        this.allocate(projectionBias.values),
        this.mask(spec.permitted.inside, K, logits),
        this.mask(spec.permitted.final, K, logits),
        ...four(cells, 3),
        ...four(parts, 4),
        gateWidth,
      ]),
    );
    return {
      P,
      cells: cells.length,
      stride: logits,
      gateWidth,
      input: this.projection(fromWord, bias),
      description,
    };
  }

  /** What each previous tag gives the cells and gates [K+1, columns]. */
  private tagTable(embedding: Tensor, K: number, E: number, fromTag: Matrix): Pointer {
    const rows = matrix(K + 1, E);
    rows.values.set(values(embedding));
    const table = this.allocate(new Float32Array((K + 1) * fromTag.columns));
    const width = fromTag.columns;
    this.queue.push(
      kind.gemm,
      this.temporary(rows),
      E * 4,
      this.pack(fromTag),
      E,
      table,
      width * 4,
      0,
      0,
      K + 1,
      width,
    );
    return table;
  }

  /** The additive form of a table of permitted tags [K+1, stride]: 0 or −1e30. */
  private mask(permitted: Uint8Array, K: number, stride: number): Pointer {
    const mask = new Float32Array((K + 1) * stride).fill(-1e30);
    for (const [i, allowed] of permitted.entries()) if (allowed) mask[spreadOut(i, { from: K, to: stride })] = 0;
    return this.allocate(mask);
  }

  private recurrent(tensor: Tensor, H: number, P: number): Pointer {
    const wide = matrix(H, 4 * P);
    place(wide, tensor, 0, H, asStored, { from: H, to: P }, 0);
    return this.pack(wide);
  }

  projection(input: Matrix, bias: Matrix): Projection {
    return { pointer: this.pack(input), K: input.rows, N: input.columns, bias: this.allocate(bias.values) };
  }

  /** Columns of the matrix, all where left out, in panels of 16. */
  pack(source: Matrix, from = 0, columns = source.columns): Pointer {
    const out = this.own(source.rows * panelled(columns));
    const first = this.temporary(source) + from * 4;
    this.queue.push(kind.pack, first, source.columns * 4, source.rows, columns, out);
    return out;
  }

  private temporary(source: Matrix): Pointer {
    const pointer = this.heap.temporary(source.values.length);
    this.heap.f32.set(source.values, pointer >> 2);
    return pointer;
  }

  allocate(content: Float32Array | Int32Array): Pointer {
    const pointer = this.own(content.length);
    const view = content instanceof Int32Array ? this.heap.i32 : this.heap.f32;
    view.set(content, pointer >> 2);
    return pointer;
  }

  private own(count: number): Pointer {
    const pointer = this.heap.allocate(count);
    this.owned.push(pointer);
    return pointer;
  }
}
