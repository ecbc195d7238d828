/**
 * The network at inference. Two ways to the same tags: words prepared once and whole batches in one piece, where the backend has that;
 * else (and for beams) character encodings kept by the caller, then the operations that training uses.
 */
import { engine, tensor2d, tidy, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import type { Role } from '../domain/document.ts';
import { decodeTagRows, type DecodedTags, type DecoderSpec } from '../engine/ops/decode.ts';
import type { CharacterTries } from '../engine/ops/layout.ts';
import { prepareInference, type Inference } from '../engine/ops/inference.ts';
import type { LstmLayer } from '../engine/ops/lstm.ts';
import { joinRows, noDropout } from '../engine/ops/rows.ts';
import {
  componentShape,
  encodeCharacters,
  encodeWords,
  layer,
  wordTable,
  type Network,
  type NetworkBatch,
} from './network.ts';
import { parameter } from './parameters.ts';
import { copies, gates } from './sharing.ts';

/** Character encodings of words for a task, one array of 2·hidden numbers a word: they depend on the word alone, so they can be kept. */
export async function encodeForms(network: Network, task: Role, tries: CharacterTries): Promise<Float32Array[]> {
  const encoded = tidy(() => encodeCharacters(network, task, tries));
  const values = await encoded.data<'float32'>();
  const width = encoded.shape[1];
  encoded.dispose();
  return Array.from({ length: tries.words }, (_, w) => values.slice(w * width, (w + 1) * width));
}

/**
 * Tag a batch with the task's decoder; `permitted` are its tag set's transitions, `encodings` those of the batch's distinct forms
 * in their order.
 */
export async function tagBatch(
  network: Network,
  task: Role,
  batch: Pick<NetworkBatch, 'rows' | 'words' | 'formIndex'>,
  encodings: readonly Float32Array[],
  permitted: DecoderSpec['permitted'],
  beamWidth: number,
): Promise<DecodedTags> {
  const { parameters } = network;
  engine().startScope('tag');
  try {
    const input = {
      wordRows: parameter<Tensor2D>(parameters, wordTable),
      wordIndex: batch.words,
      characters: rowsTensor(encodings),
      formIndex: batch.formIndex,
    };
    const h = encodeWords(network, task, batch.rows, input, null);
    // Reads its inputs before it waits for the result: the scope may end meanwhile.
    return decodeTagRows(h, decoderSpec(network, task, permitted), batch.rows, beamWidth);
  } finally {
    engine().endScope();
  }
}

/** A task's word encoder and decoder laid out for inference; null where the backend cannot. The caller disposes it. */
export function prepareTagging(network: Network, task: Role, permitted: DecoderSpec['permitted']): Inference | null {
  const { recipe, sizes, parameters } = network;
  const sharing = recipe.sharing.wordEncoder;
  const { hidden, directions } = componentShape(recipe, sizes, 'wordEncoder');
  engine().startScope('lay out');
  try {
    return prepareInference({
      layers: copies('wordEncoder', sharing, task).map((copy) => layer(parameters, copy, directions)),
      gates: task === 'target' ? gates(parameters, 'wordEncoder', sharing, directions * hidden) : [],
      decoder: decoderSpec(network, task, permitted),
    });
  } finally {
    engine().endScope();
  }
}

/** Prepare words for `inference`: of each its number and, in the same order, its characters. Gives each one's input number. */
export function projectForms(
  network: Network,
  task: Role,
  inference: Inference,
  words: Int32Array,
  tries: CharacterTries,
): Int32Array {
  engine().startScope('project');
  try {
    const table = parameter<Tensor2D>(network.parameters, wordTable);
    const characters = encodeCharacters(network, task, tries);
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

function decoderSpec(network: Network, task: Role, permitted: DecoderSpec['permitted']): DecoderSpec {
  const { recipe, parameters } = network;
  const sharing = recipe.sharing.decoder;
  return {
    cells: copies('decoder', sharing, task).map((copy) => layer(parameters, copy, 1)[0] as LstmLayer[number]),
    gates: task === 'target' ? gates(parameters, 'decoder', sharing, recipe.decoder.hiddenSize) : [],
    tagEmbedding: parameter<Tensor2D>(parameters, `${task}/decoder/tagEmbedding`),
    projection: {
      kernel: parameter<Tensor2D>(parameters, `${task}/decoder/projection/kernel`),
      bias: parameter<Tensor1D>(parameters, `${task}/decoder/projection/bias`),
    },
    permitted,
  };
}

function rowsTensor(rows: readonly Float32Array[]): Tensor2D {
  const width = rows[0]?.length ?? 0;
  const values = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries()) values.set(row, i * width);
  return tensor2d(values, [rows.length, width]);
}
