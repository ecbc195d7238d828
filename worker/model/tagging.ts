/**
 * The network at inference. Two ways to the same tags: words prepared once and whole batches in one piece, where the backend has that;
 * else (and for beams) character encodings kept by the caller, then the operations that training uses.
 */
import { engine, tensor2d, tidy, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import type { Task } from '../domain/task-names.ts';
import { crfPermitted, crfViterbi, type CrfSpec } from '../engine/ops/crf.ts';
import { decodeTagRows, type DecodedTags, type DecoderSpec } from '../engine/ops/decode.ts';
import type { CharacterTries } from '../engine/ops/layout.ts';
import { prepareInference, type Inference, type ScorerSpec } from '../engine/ops/inference.ts';
import type { LstmWeights } from '../engine/ops/lstm.ts';
import type { RecurrentLayer } from '../engine/ops/shared-cell.ts';
import { joinRows, noDropout } from '../engine/ops/rows.ts';
import { blockOf, recurrentLayer } from './blocks.ts';
import { crfOf, emissionsOf } from './emissions.ts';
import { decoderOutputs, encodeCharacters, encodeWords, layersAt, met } from './encoders.ts';
import { headOwner, wordTable, type Network, type NetworkBatch } from './network.ts';
import { parameter } from './parameters.ts';
import { copies, gates, layersOfTask } from './sharing.ts';

/** Character encodings of words for a task, one array of `output` numbers a word: they depend on the word alone, so they can be kept. */
export async function encodeForms(network: Network, task: Task, tries: CharacterTries): Promise<Float32Array[]> {
  const encoded = tidy(() => encodeCharacters(network, task, tries, null));
  const values = await encoded.data<'float32'>();
  const width = encoded.shape[1];
  encoded.dispose();
  return Array.from({ length: tries.words }, (_, w) => values.slice(w * width, (w + 1) * width));
}

/**
 * Tag a batch with the task's decoder; `permitted` are its tag set's transitions, `encodings` those of the batch's distinct forms
 * in their order. The beam is a tag-lstm's: a CRF, and a softmax over permitted sequences, find their best sequence exactly, and
 * their probabilities are marginal ones.
 */
export async function tagBatch(
  network: Network,
  task: Task,
  batch: Pick<NetworkBatch, 'rows' | 'words' | 'formIndex' | 'features'>,
  encodings: readonly Float32Array[],
  permitted: DecoderSpec['permitted'],
  beamWidth: number,
): Promise<DecodedTags> {
  const { parameters, recipe } = network;
  engine().startScope('tag');
  try {
    const input = {
      wordRows: parameter<Tensor2D>(parameters, wordTable),
      wordIndex: batch.words,
      characters: rowsTensor(encodings),
      formIndex: batch.formIndex,
      features: batch.features,
    };
    const h = encodeWords(network, task, batch.rows, input, null);
    // Both read their inputs before they wait for the result: the scope may end meanwhile.
    if (recipe.decoder.kind === 'tag-lstm')
      return decodeTagRows(h, decoderSpec(network, task, permitted), batch.rows, beamWidth);
    const output = met(network, 'decoder', task, decoderOutputs(network, task, h, batch.rows));
    return crfViterbi(emissionsOf(network, task, output), crfWith(network, task, permitted), batch.rows);
  } finally {
    engine().endScope();
  }
}

/** A task's word encoder and decoder laid out for inference; null where the backend cannot. The caller disposes it. */
export function prepareTagging(network: Network, task: Task, permitted: DecoderSpec['permitted']): Inference | null {
  const { recipe, sizes, parameters } = network;
  const block = blockOf(recipe, sizes, 'wordEncoder');
  const sharing = recipe.sharing.wordEncoder;
  if (block.kind !== 'lstm' && block.kind !== 'gru') return null;
  if (recipe.tokenFeatures || sharing.kind === 'experts') return null;
  const layers = layersOfTask(recipe, 'wordEncoder', task, block.layers);
  const levels = Array.from({ length: layers }, (_, i) => i + 1);
  engine().startScope('lay out');
  try {
    return prepareInference({
      cell: block.kind,
      copies: copies('wordEncoder', sharing, task).map((_, copy) =>
        levels.map((level) => layersAt(network, block, 'wordEncoder', task, level)[copy] as RecurrentLayer),
      ),
      gates: task === 'target' ? gates(parameters, 'wordEncoder', sharing, block.output) : [],
      decoder:
        recipe.decoder.kind === 'tag-lstm'
          ? decoderSpec(network, task, permitted)
          : scorerSpec(network, task, permitted),
    });
  } finally {
    engine().endScope();
  }
}

/** Prepare words for `inference`: of each its number and, in the same order, its characters. Gives each one's input number. */
export function projectForms(
  network: Network,
  task: Task,
  inference: Inference,
  words: Int32Array,
  tries: CharacterTries,
): Int32Array {
  engine().startScope('project');
  try {
    const table = parameter<Tensor2D>(network.parameters, wordTable);
    const characters = encodeCharacters(network, task, tries, null);
    const x = joinRows(
      { table, index: words, dropout: noDropout },
      { table: characters, index: null, dropout: noDropout },
      words.length,
    );
    return inference.project(x);
  } finally {
    engine().endScope();
  }
}

function decoderSpec(network: Network, task: Task, permitted: DecoderSpec['permitted']): DecoderSpec {
  const { recipe, sizes, parameters } = network;
  const sharing = recipe.sharing.decoder;
  const block = blockOf(recipe, sizes, 'decoder');
  const owner = headOwner(recipe, task);
  return {
    cells: copies('decoder', sharing, task).map((copy) => recurrentLayer(parameters, block, copy, 1)[0] as LstmWeights),
    gates: task === 'target' ? gates(parameters, 'decoder', sharing, block.output) : [],
    tagEmbedding: parameter<Tensor2D>(parameters, `${owner}/tagEmbedding`),
    projection: {
      kernel: parameter<Tensor2D>(parameters, `${owner}/projection/kernel`),
      bias: parameter<Tensor1D>(parameters, `${owner}/projection/bias`),
    },
    permitted,
  };
}

/** A task's transitions among those that the caller permits. */
function crfWith(network: Network, task: Task, permitted: DecoderSpec['permitted']): CrfSpec {
  const { transitions } = crfOf(network, task);
  return { transitions, permitted: crfPermitted(permitted, network.sizes.tags[task] ?? 0) };
}

function scorerSpec(network: Network, task: Task, permitted: DecoderSpec['permitted']): ScorerSpec {
  const { recipe, sizes, parameters } = network;
  const { kind, output } = blockOf(recipe, sizes, 'decoder');
  const sharing = recipe.sharing.decoder;
  const affine = (path: string): ScorerSpec['projection'] => ({
    kernel: parameter<Tensor2D>(parameters, `${path}/kernel`),
    bias: parameter<Tensor1D>(parameters, `${path}/bias`),
  });
  return {
    layers: kind === 'none' ? [] : copies('decoder', sharing, task).map(affine),
    gates: kind !== 'none' && task === 'target' ? gates(parameters, 'decoder', sharing, output) : [],
    projection: affine(`${headOwner(recipe, task)}/projection`),
    crf: crfWith(network, task, permitted),
  };
}

function rowsTensor(rows: readonly Float32Array[]): Tensor2D {
  const width = rows[0]?.length ?? 0;
  const values = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries()) values.set(row, i * width);
  return tensor2d(values, [rows.length, width]);
}
