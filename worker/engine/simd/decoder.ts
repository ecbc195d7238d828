/** The decoder's step-by-step tagging on the simd backend: greedy without leaving the kernels, beam search around them. */
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import type { DecodeAttributes, DecoderSpec } from '../ops/decode.ts';
import type { PackedRows } from '../ops/layout.ts';
import type { SimdBackend } from './backend.ts';
import type { Pointer } from './heap.ts';
import { kind, type JobQueue } from './jobs.ts';
import { gather, multiply, pack, resegment, type Packed } from './matrix.ts';
import { simdKernel } from './plain-kernels.ts';

interface Cell {
  /** x·W + b of every token [N,4P], and the same for every previous tag [K+1,4P]. */
  readonly fromWord: Pointer;
  readonly fromTag: Pointer;
  readonly recurrent: Packed;
  readonly gates: Pointer;
  readonly state: Pointer;
  readonly hidden: Pointer;
}

interface Gate {
  readonly fromWord: Pointer;
  readonly fromTag: Pointer;
  readonly first: Packed;
  readonly second: Packed;
  readonly z: Pointer;
  readonly out: Pointer;
}

interface Decoder {
  readonly H: number;
  readonly P: number;
  readonly K: number;
  readonly cells: readonly Cell[];
  readonly gates: readonly Gate[];
  readonly projection: Packed;
  readonly bias: Pointer;
  readonly logits: Pointer;
  readonly stride: number;
  /** Additive masks [K+1,K], 0 or −1e30. */
  readonly inside: Pointer;
  readonly final: Pointer;
}

function maskPointer(queue: JobQueue, permitted: Uint8Array): Pointer {
  const pointer = queue.heap.temporary(permitted.length);
  queue.heap.f32.set(
    Float32Array.from(permitted, (allowed) => (allowed ? 0 : -1e30)),
    pointer >> 2,
  );
  return pointer;
}

/** Everything that does not depend on the step: projections of words and tags, packed weights, buffers for `capacity` rows. */
function prepare(
  backend: SimdBackend,
  spec: DecoderSpec,
  hidden: Pointer,
  N: number,
  I: number,
  capacity: number,
): Decoder {
  const { queue } = backend;
  const at = (tensor: Tensor): Pointer => backend.pointer(tensor);
  const H = spec.projection.kernel.shape[0];
  const P = (H + 3) & ~3;
  const K = spec.projection.kernel.shape[1];
  const E = spec.tagEmbedding.shape[1];
  const temporary = (count: number): Pointer => queue.heap.temporary(count);

  const project = (kernel: Pointer, bias: Pointer, width: number): { fromWord: Pointer; fromTag: Pointer } => {
    const [fromWord, fromTag] = [temporary(N * width), temporary((K + 1) * width)];
    multiply(queue, hidden, N, pack(queue, kernel, I, width), fromWord, { add: bias });
    multiply(queue, at(spec.tagEmbedding), K + 1, pack(queue, kernel + I * width * 4, E, width), fromTag);
    return { fromWord, fromTag };
  };

  const cells = spec.cells.map((weights): Cell => {
    const kernel = resegment(queue, at(weights.kernel), H, P, (I + E) * 4);
    const recurrent = resegment(queue, at(weights.recurrent), H, P, H * 4);
    const bias = resegment(queue, at(weights.bias), H, P, 4);
    return {
      ...project(kernel, bias, 4 * P),
      recurrent: pack(queue, recurrent, H, 4 * P),
      gates: temporary(capacity * 4 * P),
      state: temporary(capacity * P),
      hidden: temporary(capacity * P),
    };
  });
  const gates = spec.gates.map(({ kernel, bias }): Gate => {
    const wide = resegment(queue, at(kernel), H, P, 2 * H + I + E);
    return {
      ...project(wide + 2 * H * P * 4, resegment(queue, at(bias), H, P, 1), P),
      first: pack(queue, wide, H, P),
      second: pack(queue, wide + H * P * 4, H, P),
      z: temporary(capacity * P),
      out: temporary(capacity * P),
    };
  });
  const stride = (K + 15) & ~15;
  return {
    H,
    P,
    K,
    cells,
    gates,
    projection: pack(queue, at(spec.projection.kernel), H, K),
    bias: at(spec.projection.bias),
    logits: temporary(capacity * stride),
    stride,
    inside: maskPointer(queue, spec.permitted.inside),
    final: maskPointer(queue, spec.permitted.final),
  };
}

/** Queue one step for `n` rows: `words` and `previous` index the projections; logits [n, stride] result. */
function step(
  queue: JobQueue,
  decoder: Decoder,
  n: number,
  words: Pointer,
  previous: Pointer,
  hasPrevious: boolean,
): void {
  const { H, P, cells } = decoder;
  for (const cell of cells) {
    queue.push(kind.addGathered, cell.gates, cell.fromWord, words, cell.fromTag, previous, n, 4 * P);
    if (hasPrevious) {
      multiply(queue, cell.hidden, n, cell.recurrent, cell.gates, { aStride: P, add: cell.gates, addStride: 4 * P });
    }
    queue.push(kind.cellStep, cell.gates, cell.state, cell.hidden, P, n, hasPrevious ? 1 : 0);
  }
  let output = cells[0]?.hidden ?? 0;
  if (decoder.gates.length === 0 && cells[1]) {
    queue.push(kind.elementwise, 0, output, cells[1].hidden, cells[0]?.gates ?? 0, n * P);
    output = cells[0]?.gates ?? 0;
  }
  for (const [i, gate] of decoder.gates.entries()) {
    const second = cells[i + 1]?.hidden ?? 0;
    queue.push(kind.addGathered, gate.z, gate.fromWord, words, gate.fromTag, previous, n, P);
    multiply(queue, output, n, gate.first, gate.z, { aStride: P, add: gate.z, addStride: P });
    multiply(queue, second, n, gate.second, gate.z, { aStride: P, add: gate.z, addStride: P });
    queue.push(kind.gateForward, gate.z, output, second, gate.out, n * P);
    output = gate.out;
  }
  const { projection, logits, stride, bias } = decoder;
  multiply(queue, output, n, { ...projection, K: H }, logits, { aStride: P, outStride: stride, add: bias });
}

interface Decoded {
  readonly tags: Pointer;
  readonly probabilities: Pointer;
}

function greedy(queue: JobQueue, decoder: Decoder, rows: PackedRows, out: Decoded): void {
  const order = queue.heap.integers(Int32Array.from({ length: rows.rows }, (_, i) => i));
  const start = queue.heap.integers(new Int32Array(rows.sentences).fill(decoder.K));
  let offset = 0;
  let previous = start;
  for (const [t, n] of rows.steps.entries()) {
    step(queue, decoder, n, order + offset * 4, previous, t > 0);
    const tags = out.tags + offset * 4;
    const { logits, stride, K, inside, final } = decoder;
    queue.push(
      kind.bestTag,
      logits,
      stride * 4,
      K,
      n,
      previous,
      inside,
      final,
      rows.steps[t + 1] ?? 0,
      tags,
      out.probabilities + offset * 4,
    );
    previous = tags;
    offset += n;
  }
}

/** What a beam remembers of one step: for hypothesis [sentence·width + j] its tag, log probability and where it came from. */
interface BeamStep {
  readonly tags: Int32Array;
  readonly logProbabilities: Float32Array;
  readonly from: Int32Array;
}

function beam(
  queue: JobQueue,
  decoder: Decoder,
  rows: PackedRows,
  width: number,
  permitted: DecoderSpec['permitted'],
  out: Decoded,
): void {
  const history: BeamStep[] = [];
  let scores: Float64Array = new Float64Array(rows.sentences * width).fill(-Infinity);
  for (let s = 0; s < rows.sentences; s++) scores[s * width] = 0;
  let previous: Int32Array = new Int32Array(rows.sentences * width).fill(decoder.K);
  const finals = new Int32Array(rows.sentences);
  let offset = 0;
  for (const [t, n] of rows.steps.entries()) {
    const words = Int32Array.from({ length: n * width }, (_, i) => offset + Math.floor(i / width));
    step(
      queue,
      decoder,
      n * width,
      queue.heap.integers(words),
      queue.heap.integers(previous.subarray(0, n * width)),
      t > 0,
    );
    queue.flush();
    const continuing = rows.steps[t + 1] ?? 0;
    const next: BeamStep = {
      tags: new Int32Array(n * width),
      logProbabilities: new Float32Array(n * width),
      from: new Int32Array(n * width),
    };
    const nextScores = new Float64Array(n * width).fill(-Infinity);
    for (let s = 0; s < n; s++) {
      extend(
        queue,
        decoder,
        s,
        width,
        s < continuing ? permitted.inside : permitted.final,
        previous,
        scores,
        next,
        nextScores,
      );
      if (s >= continuing) finals[s] = bestOf(nextScores, s, width);
    }
    reorder(queue, decoder, next.from);
    history.push(next);
    previous = next.tags;
    scores = nextScores;
    offset += n;
  }
  traceBack(queue, rows, width, history, finals, out);
}

/** The `width` best continuations of one sentence's hypotheses, written to `next`. */
function extend(
  queue: JobQueue,
  decoder: Decoder,
  sentence: number,
  width: number,
  permitted: Uint8Array,
  previous: Int32Array,
  scores: Float64Array,
  next: BeamStep,
  nextScores: Float64Array,
): void {
  const { K, stride, logits } = decoder;
  const candidates: { score: number; tag: number; from: number; logProbability: number }[] = [];
  for (let row = sentence * width; row < (sentence + 1) * width; row++) {
    const base = scores[row] ?? -Infinity;
    if (base === -Infinity) continue;
    const at = (logits >> 2) + row * stride;
    const allowed = (tag: number): boolean => permitted[(previous[row] ?? 0) * K + tag] === 1;
    let highest = -Infinity;
    for (let tag = 0; tag < K; tag++) if (allowed(tag)) highest = Math.max(highest, queue.heap.f32[at + tag] ?? 0);
    let sum = 0;
    for (let tag = 0; tag < K; tag++) if (allowed(tag)) sum += Math.exp((queue.heap.f32[at + tag] ?? 0) - highest);
    const normaliser = highest + Math.log(sum);
    for (let tag = 0; tag < K; tag++) {
      if (!allowed(tag)) continue;
      const logProbability = (queue.heap.f32[at + tag] ?? 0) - normaliser;
      candidates.push({ score: base + logProbability, tag, from: row, logProbability });
    }
  }
  candidates.sort((a, b) => b.score - a.score || a.from - b.from || a.tag - b.tag);
  for (let j = 0; j < width; j++) {
    const row = sentence * width + j;
    const chosen = candidates[j] ?? candidates[0];
    if (!chosen) continue;
    next.tags[row] = chosen.tag;
    next.from[row] = chosen.from;
    next.logProbabilities[row] = chosen.logProbability;
    nextScores[row] = j < candidates.length ? chosen.score : -Infinity;
  }
}

function bestOf(scores: Float64Array, sentence: number, width: number): number {
  let best = sentence * width;
  for (let row = best; row < (sentence + 1) * width; row++)
    if ((scores[row] ?? -Infinity) > (scores[best] ?? -Infinity)) best = row;
  return best;
}

/** States follow their hypotheses. */
function reorder(queue: JobQueue, decoder: Decoder, from: Int32Array): void {
  const index = queue.heap.integers(from);
  for (const { state, hidden } of decoder.cells) {
    for (const buffer of [state, hidden]) {
      const copy = { pointer: queue.heap.temporary(from.length * decoder.P), stride: decoder.P };
      gather(queue, { pointer: buffer, stride: decoder.P }, index, from.length, decoder.P, copy);
      gather(queue, copy, 0, from.length, decoder.P, { pointer: buffer, stride: decoder.P });
    }
  }
}

function traceBack(
  queue: JobQueue,
  rows: PackedRows,
  width: number,
  history: readonly BeamStep[],
  finals: Int32Array,
  out: Decoded,
): void {
  const offsets: number[] = [];
  let offset = 0;
  for (const n of rows.steps) {
    offsets.push(offset);
    offset += n;
  }
  for (let s = 0; s < rows.sentences; s++) {
    let row = finals[s] ?? s * width;
    for (let t = history.length - 1; t >= 0; t--) {
      if ((rows.steps[t] ?? 0) <= s) continue;
      const entry = history[t] as BeamStep;
      const position = (offsets[t] ?? 0) + s;
      queue.heap.i32[(out.tags >> 2) + position] = entry.tags[row] ?? 0;
      queue.heap.f32[(out.probabilities >> 2) + position] = Math.exp(entry.logProbabilities[row] ?? 0);
      row = entry.from[row] ?? row;
    }
  }
}

/** Register DecodeTags. */
export function registerDecoderKernels(backend: SimdBackend): void {
  simdKernel('DecodeTags', ({ inputs, attrs }) => {
    const { spec, rows, beamWidth } = attrs as unknown as DecodeAttributes;
    const hidden = inputs['hidden'] as TensorInfo;
    const decoder = prepare(
      backend,
      spec,
      backend.pointer(hidden),
      rows.rows,
      hidden.shape[1] ?? 0,
      rows.sentences * beamWidth,
    );
    const out = {
      tags: backend.queue.heap.temporary(rows.rows),
      probabilities: backend.queue.heap.temporary(rows.rows),
    };
    if (beamWidth === 1) greedy(backend.queue, decoder, rows, out);
    else beam(backend.queue, decoder, rows, beamWidth, spec.permitted, out);
    return [backend.wrap(out.tags, [rows.rows], 'int32'), backend.wrap(out.probabilities, [rows.rows])];
  });
}
