/** The tagger of the papers as one network of two tasks: TTN §"NER architecture", shared as the recipe says. */
import { gather, tensor1d, tidy, type Scalar, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import type { Role } from '../domain/document.ts';
import { components, type Component, type Recipe } from '../domain/recipe.ts';
import type { CharacterTries, PackedRows } from '../engine/ops/layout.ts';
import { tagLoss } from '../engine/ops/loss.ts';
import { characterLstm, lstmSequence, type LstmLayer } from '../engine/ops/lstm.ts';
import { characterMean, joinRows, noDropout, type Dropout } from '../engine/ops/rows.ts';
import {
  addParameter,
  initialValues,
  normal,
  parameter,
  uniform,
  type Initial,
  type Parameters,
} from './parameters.ts';
import { copies, gateInitials, gates, meet } from './sharing.ts';

/** Sizes that come from the data. */
export interface NetworkSizes {
  readonly words: number;
  /** Size of a word vector (the recipe's, or the vector file's). */
  readonly wordSize: number;
  readonly characters: number;
  /** K by task; null when the network has no source. */
  readonly tags: { readonly source: number | null; readonly target: number };
}

export interface Network {
  readonly recipe: Recipe;
  readonly sizes: NetworkSizes;
  readonly parameters: Parameters;
}

/** What the network reads of a batch; data/batches.ts makes it. */
export interface NetworkBatch {
  readonly rows: PackedRows;
  readonly words: Int32Array;
  readonly wordIndex: Int32Array;
  readonly formIndex: Int32Array;
  readonly tries: CharacterTries;
  readonly tags: Int32Array;
  readonly previousTags: Int32Array;
}

/** A distinct seed for each place of dropout in a step; null turns dropout off. */
export type DropoutSeeds = ((place: string) => number) | null;

export const wordTable = 'shared/wordEmbedding';
export const characterTable = 'shared/characterEmbedding';

interface ComponentShape {
  readonly input: number;
  readonly hidden: number;
  readonly directions: 1 | 2;
  /** Size of a_target at the component's gate. */
  readonly gateInput: number;
}

/** Input, hidden and gate sizes of a component. */
export function componentShape(recipe: Recipe, sizes: NetworkSizes, component: Component): ComponentShape {
  const { characterEncoder, wordEncoder, decoder } = recipe;
  const word = sizes.wordSize + 2 * characterEncoder.hiddenSize;
  const tag = 2 * wordEncoder.hiddenSize + decoder.tagEmbeddingSize;
  switch (component) {
    case 'characterEncoder':
      return {
        input: characterEncoder.embeddingSize,
        hidden: characterEncoder.hiddenSize,
        directions: 2,
        gateInput: characterEncoder.embeddingSize,
      };
    case 'wordEncoder':
      return { input: word, hidden: wordEncoder.hiddenSize, directions: 2, gateInput: word };
    case 'decoder':
      return { input: tag, hidden: decoder.hiddenSize, directions: 1, gateInput: tag };
  }
}

const directionNames = ['forward', 'backward'] as const;

/** Every weight but the word table, with how it starts. */
export function initials(recipe: Recipe, sizes: NetworkSizes): Map<string, Initial> {
  const out = new Map<string, Initial>([
    [characterTable, normal([sizes.characters, recipe.characterEncoder.embeddingSize])],
  ]);
  for (const component of components) {
    const { input, hidden, directions, gateInput } = componentShape(recipe, sizes, component);
    const sharing = recipe.sharing[component];
    for (const task of recipe.tasks) {
      for (const copy of copies(component, sharing, task)) {
        for (const direction of directionNames.slice(0, directions)) {
          out.set(`${copy}/${direction}/kernel`, uniform([input, 4 * hidden], hidden));
          out.set(`${copy}/${direction}/recurrent`, uniform([hidden, 4 * hidden], hidden));
          out.set(`${copy}/${direction}/bias`, uniform([4 * hidden], hidden));
        }
      }
    }
    for (const [path, initial] of gateInitials(component, sharing, directions * hidden, gateInput))
      out.set(path, initial);
  }
  for (const task of recipe.tasks) {
    const K = sizes.tags[task] ?? 0;
    out.set(`${task}/decoder/tagEmbedding`, normal([K + 1, recipe.decoder.tagEmbeddingSize]));
    out.set(`${task}/decoder/projection/kernel`, uniform([recipe.decoder.hiddenSize, K], recipe.decoder.hiddenSize));
    out.set(`${task}/decoder/projection/bias`, uniform([K], recipe.decoder.hiddenSize));
  }
  return out;
}

/** A new network with weights drawn from the seed; `wordVectors` [words, wordSize] start the word table. */
export function createNetwork(recipe: Recipe, sizes: NetworkSizes, wordVectors: Float32Array, seed: number): Network {
  const parameters: Parameters = new Map();
  addParameter(parameters, wordTable, wordVectors, [sizes.words, sizes.wordSize]);
  for (const [path, initial] of initials(recipe, sizes))
    addParameter(parameters, path, initialValues(path, initial, seed), initial.shape);
  return { recipe, sizes, parameters };
}

export function layer(parameters: Parameters, copy: string, directions: number): LstmLayer {
  return directionNames.slice(0, directions).map((direction) => ({
    kernel: parameter(parameters, `${copy}/${direction}/kernel`),
    recurrent: parameter(parameters, `${copy}/${direction}/recurrent`),
    bias: parameter(parameters, `${copy}/${direction}/bias`),
  }));
}

/** Run one component for a task: all its copies over the same input, met as the recipe says. */
function component(
  network: Network,
  name: Component,
  task: Role,
  run: (layers: readonly LstmLayer[]) => Tensor2D[],
  gateInput: () => Tensor2D,
): Tensor2D {
  const { recipe, sizes, parameters } = network;
  const sharing = recipe.sharing[name];
  const { hidden, directions } = componentShape(recipe, sizes, name);
  const layers = copies(name, sharing, task).map((copy) => layer(parameters, copy, directions));
  const gateWeights = task === 'target' ? gates(parameters, name, sharing, directions * hidden) : [];
  return meet(run(layers), gateWeights, gateInput);
}

/** Character encodings of a batch's distinct words for a task, [W, 2·hidden] (TTN §"Encoders"; gated as the recipe says). */
export function encodeCharacters(network: Network, task: Role, tries: CharacterTries): Tensor2D {
  const embedding = parameter<Tensor2D>(network.parameters, characterTable);
  return component(
    network,
    'characterEncoder',
    task,
    (layers) => characterLstm(embedding, layers, tries),
    () => characterMean(embedding, tries),
  );
}

/** Where each row finds its word vector and its word's character encoding. */
export interface EncoderInput {
  readonly wordRows: Tensor2D;
  readonly wordIndex: Int32Array;
  readonly characters: Tensor2D;
  readonly formIndex: Int32Array;
}

/** Word encoder output [N, 2·hidden]. */
export function encodeWords(
  network: Network,
  task: Role,
  rows: PackedRows,
  input: EncoderInput,
  seeds: DropoutSeeds,
): Tensor2D {
  const { dropout } = network.recipe;
  const x = joinRows(
    { table: input.wordRows, index: input.wordIndex, dropout: drop(dropout.wordEmbedding, seeds, 'wordEmbedding') },
    {
      table: input.characters,
      index: input.formIndex,
      dropout: drop(dropout.characterEncoder, seeds, 'characterEncoder'),
    },
    rows.rows,
  );
  return component(
    network,
    'wordEncoder',
    task,
    (layers) => lstmSequence(x, layers, rows),
    () => x,
  );
}

function drop(rate: number, seeds: DropoutSeeds, place: string): Dropout {
  return seeds && rate > 0 ? { rate, seed: seeds(place) } : noDropout;
}

/**
 * Mean cross-entropy of a batch of `task`, the decoder fed with the gold tag before (teacher forcing).
 * `wordRows` [R, wordSize] are the batch's distinct words' vectors, gathered by the caller so that they can be trained sparsely.
 */
export function batchLoss(
  network: Network,
  task: Role,
  batch: NetworkBatch,
  wordRows: Tensor2D,
  seeds: DropoutSeeds,
): Scalar {
  const { recipe, parameters } = network;
  const { dropout } = recipe;
  const N = batch.rows.rows;
  const characters = encodeCharacters(network, task, batch.tries);
  const { wordIndex, formIndex } = batch;
  const h = encodeWords(network, task, batch.rows, { wordRows, wordIndex, characters, formIndex }, seeds);
  const y = joinRows(
    { table: h, index: null, dropout: drop(dropout.wordEncoder, seeds, 'wordEncoder') },
    {
      table: parameter<Tensor2D>(parameters, `${task}/decoder/tagEmbedding`),
      index: batch.previousTags,
      dropout: noDropout,
    },
    N,
  );
  const o = component(
    network,
    'decoder',
    task,
    (layers) => lstmSequence(y, layers, batch.rows),
    () => y,
  );
  const kernel = parameter<Tensor2D>(parameters, `${task}/decoder/projection/kernel`);
  const bias = parameter<Tensor1D>(parameters, `${task}/decoder/projection/bias`);
  return tagLoss(o, kernel, bias, batch.tags, drop(dropout.decoder, seeds, 'decoder'));
}

/** The vectors of the given words, [R, wordSize]. */
export function gatherWordRows(network: Network, words: Int32Array): Tensor2D {
  return tidy(() => gather(parameter<Tensor2D>(network.parameters, wordTable), tensor1d(words, 'int32')));
}
