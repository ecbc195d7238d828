/**
 * A model as one file: the safetensors layout with our metadata.
 * Holds the recipe, the vocabulary and the target's weights, never note text.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../domain/errors.ts';
import { parseRecipe, type Recipe } from '../domain/recipe.ts';
import { classSet, tagSet } from '../domain/tags.ts';
import type { Vocabulary } from '../domain/vocabulary.ts';
import { addParameter, isKeptForInference } from './parameters.ts';
import type { NetworkSizes } from './blocks.ts';
import { wordTable, type Network } from './network.ts';
import { encodeTensors, readTensorFile, type WeightValues } from './tensor-file.ts';

const formatVersion = 1;

/** What a model file says of itself. */
export interface ModelCard {
  readonly recipe: Recipe;
  readonly vocabulary: Vocabulary;
  /** Free facts about its making: seed, date, program version, data sizes. */
  readonly facts: Record<string, string | number>;
}

export interface LoadedModel extends ModelCard {
  readonly weights: WeightValues;
  /** SHA-256 (hex) of the whole file: the model's name in reports. */
  readonly hash: string;
}

const metadataSchema = z.object({
  notegraft: z.string(),
  recipe: z.string(),
  words: z.string(),
  characters: z.string(),
  targetLabels: z.string(),
  /** Written where the target's tags are classes of tokens. */
  targetTags: z.literal('classes').optional(),
  facts: z.string(),
});
/** The inference weights of a network, copied out: what only the source uses is dropped (DTN §"Inference"). */
export async function inferenceWeights(network: Network): Promise<WeightValues> {
  const kept: WeightValues = new Map();
  for (const [path, value] of network.parameters) {
    if (isKeptForInference(path)) kept.set(path, { values: (await value.data()) as Float32Array, shape: value.shape });
  }
  return kept;
}

/** Serialise. The same weights and card give the same bytes. */
export function encodeModel(card: ModelCard, weights: WeightValues): Uint8Array {
  return encodeTensors(String(formatVersion), weights, {
    recipe: JSON.stringify(card.recipe),
    words: JSON.stringify(card.vocabulary.words),
    characters: JSON.stringify(card.vocabulary.characters),
    targetLabels: JSON.stringify(card.vocabulary.tags.target.labels),
    ...(card.vocabulary.tags.target.classes ? { targetTags: 'classes' } : {}),
    facts: JSON.stringify(card.facts),
  });
}

/** SHA-256 (hex) of a model file. */
export function modelHash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** @throws AppError `model-damaged` when the bytes are cut, changed or not a model; `model-newer` for a later format. */
export function decodeModel(bytes: Uint8Array): LoadedModel {
  const file = readTensorFile(bytes, damaged);
  const parsed = metadataSchema.safeParse(file.metadata);
  if (!parsed.success) throw damaged('it is not a Notegraft model');
  if (Number(parsed.data.notegraft) > formatVersion) {
    throw new AppError('model-newer', 'This model was written by a newer version of Notegraft.', {
      details: { nextStep: 'Update Notegraft, or export the model again from the older version.' },
    });
  }
  const weights = file.tensors();
  const facts = parsed.data;
  return {
    recipe: parseRecipe(JSON.parse(facts.recipe)),
    vocabulary: {
      words: JSON.parse(facts.words) as string[],
      characters: JSON.parse(facts.characters) as string[],
      tags: { target: (facts.targetTags ? classSet : tagSet)(JSON.parse(facts.targetLabels) as string[]) },
    },
    facts: JSON.parse(facts.facts) as ModelCard['facts'],
    weights,
    hash: modelHash(bytes),
  };
}

function damaged(why: string, cause?: unknown): AppError {
  return new AppError('model-damaged', `The model file is damaged: ${why}.`, {
    details: { nextStep: 'Copy the file again, or export the model again from its project.' },
    cause,
  });
}

/** A network over the loaded weights; the caller disposes its parameters. */
export function networkOf(model: LoadedModel): Network {
  const { recipe, vocabulary, weights } = model;
  const sizes: NetworkSizes = {
    words: vocabulary.words.length,
    wordSize: weights.get(wordTable)?.shape[1] ?? recipe.wordEmbedding.size,
    characters: vocabulary.characters.length,
    tags: { target: vocabulary.tags.target.size },
    ...(vocabulary.tags.target.classes ? { classes: ['target'] } : {}),
  };
  const network: Network = { recipe, sizes, parameters: new Map() };
  for (const [path, { values, shape }] of weights) addParameter(network.parameters, path, values, shape);
  return network;
}
