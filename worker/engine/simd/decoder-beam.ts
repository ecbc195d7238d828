/** Beam search around the decoder's steps. */
import type { DecoderSpec } from '../ops/decode.ts';
import type { PackedRows } from '../ops/layout.ts';
import { step, type Decoded, type Decoder } from './decoder-step.ts';
import type { JobQueue } from './jobs.ts';
import { gather } from './matrix.ts';

/** What a beam remembers of one step: for hypothesis [sentence·width + j] its tag, log probability and where it came from. */
interface BeamStep {
  readonly tags: Int32Array;
  readonly logProbabilities: Float32Array;
  readonly from: Int32Array;
}

/** Beam search over whole sentences: the kernels step, JavaScript keeps the `width` best hypotheses of each sentence. */
export function beam(
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
