/** DecodeTags, composed: greedy or beam, every step on the device; numbers are read only when the caller reads the tags. */
import {
  add,
  argMax,
  concat,
  div,
  exp,
  gather,
  log,
  max,
  reshape,
  scalar,
  slice,
  sub,
  sum,
  tensor1d,
  topk,
  type Rank,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import type { DecodeAttributes } from '../ops/decode.ts';
import type { PackedRows } from '../ops/layout.ts';
import { decoderStep, prepareDecoder, type CellStates, type Decoder } from './decode-step.ts';

/** See ops/decode.ts: tags [N] (int32) and probabilities [N]. */
export function decodeTags(
  inputs: Readonly<Record<string, Tensor>>,
  { spec, rows, beamWidth }: DecodeAttributes,
): [Tensor1D, Tensor1D] {
  const decoder = prepareDecoder(spec, inputs['hidden'] as Tensor2D);
  return beamWidth === 1 ? greedy(decoder, rows) : beam(decoder, rows, beamWidth);
}

function integers(count: number, value: (i: number) => number): Tensor1D {
  return tensor1d(
    Int32Array.from({ length: count }, (_, i) => value(i)),
    'int32',
  );
}

/** The first `count` rows of each cell's state: the sentences that still run. */
function running(states: CellStates, count: number): CellStates {
  const first = (table: Tensor2D): Tensor2D => slice(table, [0, 0], [count, -1]);
  return states && states.map(({ hidden, cell }) => ({ hidden: first(hidden), cell: first(cell) }));
}

function greedy(decoder: Decoder, rows: PackedRows): [Tensor1D, Tensor1D] {
  const K = decoder.tagCount;
  const tags: Tensor1D[] = [];
  const probabilities: Tensor1D[] = [];
  let states: CellStates = null;
  let offset = 0;
  for (const [t, count] of rows.steps.entries()) {
    const continuing = rows.steps[t + 1] ?? 0;
    const first = offset;
    const before = tags.at(-1);
    const step = decoderStep(
      decoder,
      {
        pick: (table) => slice(table, [first, 0], [count, -1]),
        previous: before ? slice(before, 0, count) : integers(count, () => K),
        maskRows: integers(count, (s) => (s < continuing ? 0 : K + 1)),
      },
      running(states, count),
    );
    tags.push(argMax(step.scores, 1));
    // The best tag's share: e^0 over the sum of e^(score − best).
    probabilities.push(div(scalar(1), sum(exp(sub(step.scores, max(step.scores, 1, true))), 1)));
    states = step.states;
    offset += count;
  }
  return [concat(tags), concat(probabilities)];
}

/** What a beam remembers of one step: for hypothesis [sentence · width + j], best first, its tag, log probability and origin. */
interface BeamStep {
  readonly tags: Tensor1D;
  readonly logProbabilities: Tensor1D;
  readonly from: Tensor1D;
}

/** Beam search over whole sentences: the `width` best hypotheses of each sentence lie side by side as rows. */
function beam(decoder: Decoder, rows: PackedRows, width: number): [Tensor1D, Tensor1D] {
  const K = decoder.tagCount;
  const history: BeamStep[] = [];
  // One hypothesis a sentence to begin with; the others are impossible until real ones push them out.
  let scores = tensor1d(Float32Array.from({ length: rows.sentences * width }, (_, i) => (i % width === 0 ? 0 : -1e30)));
  let states: CellStates = null;
  let offset = 0;
  const [originOf, tagOf] = [integers(width * K, (i) => Math.floor(i / K)), integers(width * K, (i) => i % K)];
  for (const [t, sentences] of rows.steps.entries()) {
    const count = sentences * width;
    const continuing = (rows.steps[t + 1] ?? 0) * width;
    const words = integers(
      count,
      (
        (first) => (i: number) =>
          first + Math.floor(i / width)
      )(offset),
    );
    const before = history.at(-1);
    const step = decoderStep(
      decoder,
      {
        pick: (table) => gather(table, words),
        previous: before ? slice(before.tags, 0, count) : integers(count, () => K),
        maskRows: integers(count, (row) => (row < continuing ? 0 : K + 1)),
      },
      running(states, count),
    );
    const logs = logSoftmaxRows(step.scores);
    const totals = add<Tensor2D>(logs, reshape(slice(scores, 0, count), [count, 1]));
    const best = topk(reshape<Rank.R2>(totals, [sentences, width * K]), width);
    const places = reshape<Rank.R1>(best.indices, [count]);
    const firstRow = integers(count, (row) => row - (row % width));
    const from = add<Tensor1D>(firstRow, gather(originOf, places));
    const tags = gather(tagOf, places);
    // Where each choice is in the flattened logs: row · K + tag.
    const flat = add<Tensor1D>(
      integers(count, (row) => (row - (row % width)) * K),
      places,
    );
    history.push({ tags, from, logProbabilities: gather(reshape<Rank.R1>(logs, [count * K]), flat) });
    states = step.states.map(({ hidden, cell }) => ({ hidden: gather(hidden, from), cell: gather(cell, from) }));
    scores = reshape(best.values, [count]);
    offset += sentences;
  }
  return traceBack(rows, width, history);
}

function logSoftmaxRows(scores: Tensor2D): Tensor2D {
  const shifted = sub<Tensor2D>(scores, max(scores, 1, true));
  return sub(shifted, log(sum(exp(shifted), 1, true)));
}

/** From each sentence's best last hypothesis (the first of its rows) back to its first token. */
function traceBack(rows: PackedRows, width: number, history: readonly BeamStep[]): [Tensor1D, Tensor1D] {
  const tags: Tensor1D[] = [];
  const probabilities: Tensor1D[] = [];
  let chosen: Tensor1D | null = null;
  for (let t = history.length - 1; t >= 0; t--) {
    const step = history[t] as BeamStep;
    const continuing = rows.steps[t + 1] ?? 0;
    const ending = (rows.steps[t] ?? 0) - continuing;
    const ends = integers(ending, (s) => (continuing + s) * width);
    const own: Tensor1D = chosen ? (ending > 0 ? concat([chosen, ends]) : chosen) : ends;
    tags.push(gather(step.tags, own));
    probabilities.push(exp(gather(step.logProbabilities, own)));
    chosen = gather(step.from, own);
  }
  return [concat(tags.reverse()), concat(probabilities.reverse())];
}
