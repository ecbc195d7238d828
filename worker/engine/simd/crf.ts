/** A CRF's sums over packed rows as lists of kernel jobs. */
import type { PackedRows } from '../ops/layout.ts';
import type { Pointer } from './heap.ts';
import { floatBits, kind, type JobQueue } from './jobs.ts';
import { multiply, pack, packTransposed, togetherMap, transpose } from './matrix.ts';
import { sentenceRanges, uploadRows } from './packed-rows.ts';

/** Emissions [N,K], transitions [K+2,K] and which of them are permitted; gold tags [N] and the cost of others, in training. */
export interface CrfInputs {
  readonly rows: PackedRows;
  readonly K: number;
  readonly emissions: Pointer;
  readonly transitions: Pointer;
  readonly permitted: Uint8Array;
  readonly tags: Int32Array | null;
  readonly cost: number;
}

/** The words of the kernels' CrfFrame, in its order. */
const fields = [
  ...['K', 'stride', 'emissions', 'scores', 'transitions', 'packed', 'packedTransposed', 'exponents', 'shift'],
  ...['steps', 'longest', 'tags', 'cost', 'inverse', 'alpha', 'weights', 'sums', 'totals', 'losses'],
  ...['beta', 'following', 'later', 'marginals', 'ratios', 'flags', 'gradient', 'dy'],
] as const;
type Frame = Record<(typeof fields)[number], number>;

/** A CRF whose forward sums are queued. */
export interface CrfContext {
  readonly frame: Frame;
  readonly N: number;
  /** K rounded up to a multiple of 16: columns of the kernels' matrices. */
  readonly P: number;
  readonly sentences: number;
  readonly ranges: readonly [from: number, to: number][];
}

function upload(queue: JobQueue, frame: Frame): Pointer {
  return queue.heap.integers(fields.map((field) => frame[field]));
}

/** Forward sums of all sentences and, with gold tags, each one's part of the mean loss in the frame's `losses`. */
export function crfForward(queue: JobQueue, inputs: CrfInputs): CrfContext {
  const { K } = inputs;
  const { heap } = queue;
  const layout = uploadRows(queue, inputs.rows);
  const [N, B, P] = [layout.rows, layout.sentences, (K + 15) & ~15];
  const exponents = heap.temporary(P * P);
  const [tokens, sentences] = [() => heap.temporary(N * P), () => heap.temporary(B * P)];
  const frame: Frame = {
    K,
    stride: P * 4,
    emissions: inputs.emissions,
    scores: tokens(),
    transitions: heap.temporary((K + 2) * P),
    packed: 0,
    packedTransposed: 0,
    exponents,
    shift: heap.temporary(1),
    steps: layout.steps,
    longest: layout.longest,
    tags: inputs.tags ? heap.integers(inputs.tags) : 0,
    cost: floatBits(inputs.cost),
    inverse: floatBits(1 / B),
    alpha: tokens(),
    weights: tokens(),
    sums: tokens(),
    totals: heap.temporary(2 * B),
    losses: heap.temporary(B),
    beta: sentences(),
    following: sentences(),
    later: sentences(),
    marginals: 0,
    ratios: 0,
    flags: 0,
    gradient: 0,
    dy: 0,
  };
  queue.push(kind.crfExponents, upload(queue, frame), inputs.transitions, heap.integers(inputs.permitted));
  frame.packed = pack(queue, exponents, K, P, P).pointer;
  const ranges = sentenceRanges(queue, layout, 1);
  const words = upload(queue, frame);
  togetherMap(queue, ranges, ([from, to]) => queue.push(kind.crfForward, words, from, to));
  return { frame, N, P, sentences: B, ranges };
}

/** Backward sums and the marginal probabilities; with `gradient` and `dy`, also what the gradients are made of. */
function backward(queue: JobQueue, { frame, N, P, ranges }: CrfContext): Pointer {
  frame.packedTransposed = packTransposed(queue, frame.exponents, P, frame.K, P).pointer;
  frame.marginals = queue.heap.temporary(N * P);
  const words = upload(queue, frame);
  togetherMap(queue, ranges, ([from, to]) => queue.push(kind.crfBackward, words, from, to, N));
  return words;
}

/** Gradients of the mean loss times dy: [N,K] and [K+2,K]. */
export function crfGradients(
  queue: JobQueue,
  context: CrfContext,
  dy: Pointer,
): { emissions: Pointer; transitions: Pointer } {
  const { N, P } = context;
  const { K } = context.frame;
  const frame = {
    ...context.frame,
    ratios: queue.heap.temporary(N * P),
    flags: queue.heap.temporary(N),
    gradient: queue.heap.temporary(N * K),
    dy,
  };
  const words = backward(queue, { ...context, frame });
  const weightsT = transpose(queue, frame.weights, N, K, P);
  const product = queue.heap.temporary(K * P);
  multiply(queue, weightsT.pointer, K, pack(queue, frame.ratios, N, P), product, { aStride: weightsT.stride });
  const transitions = queue.heap.temporary((K + 2) * K);
  queue.push(kind.crfTransitions, words, product, transitions);
  return { emissions: frame.gradient, transitions };
}

/** The best path's tags [N] and their marginal probabilities [N]. */
export function crfBestPath(queue: JobQueue, context: CrfContext): { tags: Pointer; probabilities: Pointer } {
  const { N, P, ranges } = context;
  const words = backward(queue, context);
  const [best, tags, probabilities] = [N * P, N, N].map((count) => queue.heap.temporary(count)) as [
    Pointer,
    Pointer,
    Pointer,
  ];
  togetherMap(queue, ranges, ([from, to]) => queue.push(kind.crfBestPath, words, best, tags, probabilities, from, to));
  return { tags, probabilities };
}
