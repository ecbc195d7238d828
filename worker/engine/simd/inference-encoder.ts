/** The word encoder with frozen weights: its layers laid out once, and a batch's way through them as a chain of jobs. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { DecoderGate } from '../ops/decode.ts';
import type { InferenceBatch, InferenceSpec } from '../ops/inference.ts';
import { isSharedCell, type RecurrentLayer } from '../ops/shared-cell.ts';
import type { Chain } from './chain.ts';
import type { Heap, Pointer } from './heap.ts';
import {
  asStored,
  matrix,
  panelled,
  place,
  type EncodedRows,
  type Matrix,
  type Projection,
  type Spread,
  type WeightBuilder,
} from './inference-weights.ts';
import { kind } from './jobs.ts';
import { padded } from './lstm-weights.ts';

type Cell = InferenceSpec['cell'] | 'shared-cell';

/** Of each cell its gates, the parts of its state that others see, and its job. */
const cells = {
  lstm: { gates: 4, parts: 1, job: kind.lstmInference },
  gru: { gates: 3, parts: 1, job: kind.gruInference },
  'shared-cell': { gates: 5, parts: 2, job: kind.sharedCellInference },
} as const;

interface LayerWeights {
  readonly cell: Cell;
  /** Of each direction the packed recurrent weights; of a GRU the second are those of h̃, of a shared cell those of the task's gate. */
  readonly recurrent: readonly (readonly [Pointer, Pointer])[];
  /** Rows of the layer below to both directions' gates; null in the lowest, whose rows are prepared a word. */
  readonly input: Projection | null;
}

export interface EncoderWeights extends EncodedRows {
  /** x [I] to the table row of a word: the gates of each copy's lowest directions, then each meeting gate's part. */
  readonly input: Projection;
  /** Each copy's layers, the lowest first. */
  readonly copies: readonly (readonly LayerWeights[])[];
  readonly gates: readonly { readonly first: Pointer; readonly second: Pointer }[];
  /** Width of a gate in numbers. */
  readonly gateWidth: number;
  /** Where the gates begin in a word's row. */
  readonly gateColumn: number;
}

/** The builder keeps what it allocates; the queue must be flushed before the weights are used. */
export function layOutEncoder(
  builder: WeightBuilder,
  { cell, copies, gates }: Pick<InferenceSpec, 'cell' | 'copies' | 'gates'>,
): EncoderWeights {
  const cellOf = (layer: RecurrentLayer): Cell => (isSharedCell(layer) ? 'shared-cell' : cell);
  const [lowest, top] = [copies[0]?.[0] ?? [], copies[0]?.at(-1) ?? []];
  const { kernel, recurrent } = tensorsOf(lowest, 0);
  const [I, H] = [kernel.shape[0] ?? 0, recurrent.shape[0] ?? 0];
  const P = padded(H);
  const units: Spread = { from: H, to: P };
  const parts = 2 * cells[cellOf(top)].parts;
  const width = 2 * cells[cellOf(lowest)].gates * P;
  const gateWidth = panelled(parts * P);
  const gateColumn = panelled(copies.length * width);
  const input = matrix(I, gateColumn + gates.length * gateWidth);
  const bias = matrix(1, input.columns);
  for (const [i, { kernel: gate, bias: b }] of gates.entries()) {
    place(input, gate, 2 * parts * H, I, asStored, units, gateColumn + i * gateWidth);
    place(bias, b, 0, 1, asStored, units, gateColumn + i * gateWidth);
  }
  const stacks = copies.map((layers, copy) =>
    layers.map((layer, level): LayerWeights => {
      const recurrentWeights = [0, 1].map((direction) =>
        layOutRecurrent(builder, layer, direction, cellOf(layer), H, P),
      );
      if (level === 0) {
        placeLayer(layer, input, bias, asStored, units, copy * width);
        return { cell: cellOf(layer), recurrent: recurrentWeights, input: null };
      }
      const wide = matrix(2 * P, panelled(2 * cells[cellOf(layer)].gates * P));
      const offset = matrix(1, wide.columns);
      placeLayer(layer, wide, offset, units, units, 0);
      return { cell: cellOf(layer), recurrent: recurrentWeights, input: builder.projection(wide, offset) };
    }),
  );
  const gatePart = ({ kernel: gate }: DecoderGate, row: number): Pointer => {
    const part = matrix(parts * P, gateWidth);
    place(part, gate, row, parts * H, units, units, 0);
    return builder.pack(part);
  };
  return {
    ...{ H, P, parts, gateWidth, gateColumn },
    input: builder.projection(input, bias),
    copies: stacks,
    gates: gates.map((gate) => ({ first: gatePart(gate, 0), second: gatePart(gate, parts * H) })),
  };
}

/** A direction's weights, and of a shared cell those of the task's gate. */
function tensorsOf(layer: RecurrentLayer, direction: number) {
  if (!isSharedCell(layer)) return { ...(layer[direction] as RecurrentTensors), gate: null };
  const { shared, gate } = layer[direction] as (typeof layer)[number];
  return { ...shared, gate };
}
interface RecurrentTensors {
  readonly kernel: Tensor;
  readonly recurrent: Tensor;
  readonly bias: Tensor;
}

/** Kernels and biases of both directions side by side from `column` on; `rows` says how the kernels' rows are spread out. */
function placeLayer(
  layer: RecurrentLayer,
  target: Matrix,
  offset: Matrix,
  rows: Spread,
  units: Spread,
  column: number,
): void {
  let at = column;
  for (const direction of [0, 1]) {
    const { gate, ...own } = tensorsOf(layer, direction);
    for (const { kernel, bias } of gate ? [own, gate] : [own]) {
      place(target, kernel, 0, kernel.shape[0] ?? 0, rows, units, at);
      place(offset, bias, 0, 1, asStored, units, at);
      at += ((kernel.shape[1] ?? 0) / units.from) * units.to;
    }
  }
}

function layOutRecurrent(
  builder: WeightBuilder,
  layer: RecurrentLayer,
  direction: number,
  cell: Cell,
  H: number,
  P: number,
): readonly [Pointer, Pointer] {
  const { recurrent, gate } = tensorsOf(layer, direction);
  const spread = (tensor: Tensor): Matrix => {
    const wide = matrix(H, ((tensor.shape[1] ?? 0) / H) * P);
    place(wide, tensor, 0, H, asStored, { from: H, to: P }, 0);
    return wide;
  };
  const wide = spread(recurrent);
  if (cell === 'gru') return [builder.pack(wide, 0, 2 * P), builder.pack(wide, 2 * P, P)];
  return [builder.pack(wide), gate ? builder.pack(spread(gate.recurrent)) : 0];
}

/** Append the encoder to a batch's chain; gives its output, rows as {@link EncodedRows} says. */
export function chainEncoder(
  chain: Chain,
  heap: Heap,
  weights: EncoderWeights,
  { rows, inputs }: InferenceBatch,
): Pointer {
  const { P, parts, copies, gates, gateWidth, gateColumn } = weights;
  const [N, B, T] = [rows.rows, rows.sentences, rows.steps.length];
  const words = heap.integers(inputs);
  const steps = heap.integers(rows.steps);
  const [preActivations, state] = [heap.temporary(B * 5 * P), heap.temporary(B * P)];
  const outputs = copies.map((layers, copy) => {
    let [below, width] = [0, 0];
    for (const { cell, recurrent, input } of layers) {
      const { gates: count, parts: own, job } = cells[cell];
      const addresses = input ? projected(chain, heap, input, below, width, N) : words;
      const column = input ? 0 : copy * 2 * count * P;
      const [out, stride] = [heap.temporary(N * 2 * own * P), 2 * own * P * 4];
      for (const [direction, [first, second]] of recurrent.entries()) {
        const columnBytes = (column + direction * count * P) * 4;
        const to = out + direction * own * P * 4;
        const walk = [steps, T, direction] as const;
        chain.push(
          job,
          addresses,
          columnBytes,
          first,
          weights.H,
          P,
          to,
          stride,
          ...walk,
          preActivations,
          state,
          second,
        );
      }
      [below, width] = [out, 2 * own * P];
    }
    return below;
  });
  const hidden = outputs[0] ?? 0;
  const columns = parts * P;
  if (gates.length === 0 && outputs[1]) chain.push(kind.elementwise, 0, hidden, outputs[1], hidden, N * columns);
  const z = gates.length > 0 ? heap.temporary(N * gateWidth) : 0;
  for (const [i, gate] of gates.entries()) {
    const second = outputs[i + 1] ?? 0;
    const [stride, zStride] = [columns * 4, gateWidth * 4];
    chain.push(kind.gemm, hidden, stride, gate.first, columns, z, zStride, 0, 0, N, gateWidth);
    chain.push(kind.gemm, second, stride, gate.second, columns, z, zStride, z, zStride, N, gateWidth);
    const column = (gateColumn + i * gateWidth) * 4;
    chain.push(kind.mixInference, z, zStride, words, column, hidden, second, hidden, stride, N, columns);
  }
  return hidden;
}

/** Append a layer's input product; gives the addresses of its rows. */
function projected(chain: Chain, heap: Heap, input: Projection, below: Pointer, width: number, N: number): Pointer {
  const stride = input.N * 4;
  const out = heap.temporary(N * input.N);
  chain.push(kind.gemm, below, width * 4, input.pointer, input.K, out, stride, input.bias, 0, N, input.N);
  return heap.integers(Int32Array.from({ length: N }, (_, row) => out + row * stride));
}
