/** A network: its recipe, its sizes and its weights, each with an owner (TTN §"NER architecture", shared as the recipe says). */
import { gather, tensor1d, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import { expertsOf } from '../domain/experts.ts';
import { components, type Recipe } from '../domain/recipe.ts';
import { sourcesOf, type Task } from '../domain/task-names.ts';
import type { CharacterTries, PackedRows } from '../engine/ops/layout.ts';
import { blockInitials, blockOf, cellGateInitials, type NetworkSizes } from './blocks.ts';
import { criticInitials } from './discriminator.ts';
import { expertInitials } from './experts.ts';
import {
  addParameter,
  initialValues,
  normal,
  parameter,
  uniform,
  type Initial,
  type Parameters,
} from './parameters.ts';
import { copies, gateInitials } from './sharing.ts';

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
  /** Of each row [N · size]; null without. */
  readonly features: Float32Array | null;
}

/** A distinct seed for each place of dropout in a step; null turns dropout off. */
export type DropoutSeeds = ((place: string) => number) | null;

export const wordTable = 'shared/wordEmbedding';
/** One row a character; for a CNN one more, which stands before and after each word (our choice: learned, not zeros). */
export const characterTable = 'shared/characterEmbedding';

/** What makes token features as small as the recipe says: the same for all tasks (our choice: they come from one model of the language). */
export const featureProjection = 'shared/tokenFeatures';

/** Who owns what decides a task's tags: the task, or both where the source's labels are mapped to the target's (Yang 2017 T-A). */
export function headOwner(recipe: Recipe, task: Task): string {
  return `${recipe.decoder.labels === 'mapped' ? 'shared' : task}/decoder`;
}

/** Every weight but the word table, with how it starts. */
export function initials(recipe: Recipe, sizes: NetworkSizes): Map<string, Initial> {
  const { characterEncoder, decoder, sharing } = recipe;
  const characters = sizes.characters + (characterEncoder.kind === 'cnn' ? 1 : 0);
  const out = new Map<string, Initial>([[characterTable, normal([characters, characterEncoder.embeddingSize])]]);
  for (const component of components) {
    const block = blockOf(recipe, sizes, component);
    for (const task of recipe.tasks) {
      for (const copy of copies(component, sharing[component], task))
        for (const [path, initial] of blockInitials(block, copy)) out.set(path, initial);
      if (sharing[component].kind === 'shared-cell')
        for (const [path, initial] of cellGateInitials(block, task)) out.set(path, initial);
    }
    for (const [path, initial] of gateInitials(component, sharing[component], block.output, block.gateInput))
      out.set(path, initial);
  }
  const experts = expertsOf(recipe);
  if (experts) {
    const features = 2 * recipe.wordEncoder.hiddenSize;
    for (const [path, initial] of [
      ...expertInitials(sourcesOf(recipe.tasks), features, experts.expertSize),
      ...criticInitials(features, experts.criticSize, recipe.tasks.length),
    ])
      out.set(path, initial);
  }
  if (recipe.tokenFeatures) {
    const { size, projection } = recipe.tokenFeatures;
    out.set(`${featureProjection}/kernel`, uniform([size, projection], size));
    out.set(`${featureProjection}/bias`, uniform([projection], size));
  }
  const { output } = blockOf(recipe, sizes, 'decoder');
  for (const task of recipe.tasks) {
    const K = sizes.tags[task] ?? 0;
    const owner = headOwner(recipe, task);
    if (decoder.kind === 'tag-lstm') out.set(`${owner}/tagEmbedding`, normal([K + 1, decoder.tagEmbeddingSize]));
    out.set(`${owner}/projection/kernel`, uniform([output, K], output));
    out.set(`${owner}/projection/bias`, uniform([K], output));
    // Our choice: transitions start as small as a projection to K tags would.
    if (decoder.kind === 'crf') out.set(`${owner}/transitions`, uniform([K + 2, K], K));
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

/** The vectors of the given words, [R, wordSize]. */
export function gatherWordRows(network: Network, words: Int32Array): Tensor2D {
  return tidy(() => gather(parameter<Tensor2D>(network.parameters, wordTable), tensor1d(words, 'int32')));
}
