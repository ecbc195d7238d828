/** The part of inference that scores all tags of a token and chooses whole sequences, after the word encoder. */
import type { CrfSpec } from '../ops/crf.ts';
import type { ScorerSpec } from '../ops/inference.ts';
import type { PackedRows } from '../ops/layout.ts';
import type { Chain } from './chain.ts';
import { crfBestPath, crfForward } from './crf.ts';
import type { Heap, Pointer } from './heap.ts';
import {
  asStored,
  matrix,
  panelled,
  place,
  type EncodedRows,
  type Projection,
  type WeightBuilder,
} from './inference-weights.ts';
import { kind, type JobQueue } from './jobs.ts';

/** Weights of a scorer laid out once; widths in numbers. */
export interface ScorerWeights {
  /** Rows of the encoder's output to each copy's hidden layer. */
  readonly layers: readonly Projection[];
  readonly gates: readonly { readonly first: Pointer; readonly second: Pointer; readonly input: Projection }[];
  readonly hidden: number;
  readonly width: number;
  readonly projection: Projection;
  readonly transitions: Pointer;
  readonly permitted: CrfSpec['permitted'];
  readonly K: number;
}

/** The builder keeps what it allocates; the queue must be flushed before the weights are used. */
export function layOutScorer(builder: WeightBuilder, spec: ScorerSpec, { H, P, parts }: EncodedRows): ScorerWeights {
  const K = spec.projection.kernel.shape[1];
  const hidden = spec.layers[0]?.kernel.shape[1] ?? 0;
  const width = panelled(hidden);
  const fromEncoder = (
    kernel: ScorerSpec['projection']['kernel'],
    bias: typeof spec.projection.bias,
    row: number,
  ): Projection => {
    const columns = panelled(kernel.shape[1]);
    const [wide, offset] = [matrix(parts * P, columns), matrix(1, columns)];
    place(wide, kernel, row, parts * H, { from: H, to: P }, asStored, 0);
    place(offset, bias, 0, 1, asStored, asStored, 0);
    return builder.projection(wide, offset);
  };
  const gatePart = (kernel: ScorerSpec['projection']['kernel'], row: number): Pointer => {
    const part = matrix(hidden, width);
    place(part, kernel, row, hidden, asStored, asStored, 0);
    return builder.pack(part);
  };
  const { kernel, bias } = spec.projection;
  let projection: Projection;
  if (spec.layers.length === 0) projection = fromEncoder(kernel, bias, 0);
  else {
    const [narrow, offset] = [matrix(hidden, panelled(K)), matrix(1, panelled(K))];
    place(narrow, kernel, 0, hidden, asStored, asStored, 0);
    place(offset, bias, 0, 1, asStored, asStored, 0);
    projection = builder.projection(narrow, offset);
  }
  return {
    layers: spec.layers.map((layer) => fromEncoder(layer.kernel, layer.bias, 0)),
    gates: spec.gates.map((gate) => ({
      first: gatePart(gate.kernel, 0),
      second: gatePart(gate.kernel, hidden),
      input: fromEncoder(gate.kernel, gate.bias, 2 * hidden),
    })),
    hidden,
    width,
    projection,
    transitions: builder.allocate(spec.crf.transitions.dataSync<'float32'>()),
    permitted: spec.crf.permitted,
    K,
  };
}

/** Append the scores [N,K] of the encoder's output to a batch's chain. */
export function chainScores(chain: Chain, heap: Heap, weights: ScorerWeights, encoded: Pointer, N: number): Pointer {
  const { layers, gates, hidden, width, projection, K } = weights;
  const affine = (from: Pointer, stride: number, rows: number, by: Projection, out: Pointer, outWidth: number): void =>
    chain.push(kind.gemm, from, stride * 4, by.pointer, rows, out, outWidth * 4, by.bias, 0, N, by.N);
  const outputs = layers.map((layer) => {
    const out = heap.temporary(N * width);
    affine(encoded, layer.K, layer.K, layer, out, width);
    chain.push(kind.elementwise, 5, out, 0, out, N * width);
    return out;
  });
  const mixed = outputs[0] ?? 0;
  for (const [i, { first, second, input }] of gates.entries()) {
    const other = outputs[i + 1] ?? 0;
    const z = heap.temporary(N * width);
    affine(encoded, input.K, input.K, input, z, width);
    for (const [from, part] of [
      [mixed, first],
      [other, second],
    ] as const)
      chain.push(kind.gemm, from, width * 4, part, hidden, z, width * 4, z, width * 4, N, width);
    chain.push(kind.gateForward, z, mixed, other, mixed, N * width);
  }
  const scores = heap.temporary(N * panelled(K));
  if (layers.length === 0) affine(encoded, projection.K, projection.K, projection, scores, panelled(K));
  else affine(mixed, width, hidden, projection, scores, panelled(K));
  const emissions = heap.temporary(N * K);
  chain.push(kind.gather, scores, panelled(K) * 4, 0, N, K, emissions, K * 4, 0, 0);
  return emissions;
}

/** Queue the best sequences of a batch whose scores are there. */
export function queueBestPaths(
  queue: JobQueue,
  { transitions, permitted, K }: ScorerWeights,
  rows: PackedRows,
  emissions: Pointer,
): { tags: Pointer; probabilities: Pointer } {
  const context = crfForward(queue, { rows, K, emissions, transitions, permitted, tags: null, cost: 0 });
  return crfBestPath(queue, context);
}
