/**
 * A model as one file: the safetensors layout (header length, JSON header, tensor bytes) with our metadata.
 * Holds the recipe, the vocabulary and the target's weights, never note text.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../domain/errors.ts';
import { parseRecipe, type Recipe } from '../domain/recipe.ts';
import { tagSet } from '../domain/tags.ts';
import type { Vocabulary } from '../domain/vocabulary.ts';
import { addParameter, isKeptForInference } from './parameters.ts';
import { wordTable, type Network, type NetworkSizes } from './network.ts';

const formatVersion = 1;

/** Weights as plain arrays, by path. */
export type WeightValues = Map<string, { readonly values: Float32Array; readonly shape: number[] }>;

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
  sha256: z.string(),
  recipe: z.string(),
  words: z.string(),
  characters: z.string(),
  targetLabels: z.string(),
  facts: z.string(),
});
const tensorSchema = z.object({
  dtype: z.literal('F32'),
  shape: z.array(z.int().min(0)),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});

/** The inference weights of a network, copied out: what only the source uses is dropped (DTN §"Inference"). */
export function inferenceWeights(network: Network): WeightValues {
  const kept: WeightValues = new Map();
  for (const [path, value] of network.parameters) {
    if (isKeptForInference(path)) kept.set(path, { values: value.dataSync() as Float32Array, shape: value.shape });
  }
  return kept;
}

/** Serialise. The same weights and card give the same bytes. */
export function encodeModel(card: ModelCard, weights: WeightValues): Uint8Array {
  const header: Record<string, unknown> = {};
  const chunks: Uint8Array[] = [];
  let offset = 0;
  for (const [path, { values, shape }] of [...weights].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    header[path] = { dtype: 'F32', shape, data_offsets: [offset, offset + bytes.length] };
    chunks.push(bytes);
    offset += bytes.length;
  }
  const body = Buffer.concat(chunks);
  const facts = {
    recipe: JSON.stringify(card.recipe),
    words: JSON.stringify(card.vocabulary.words),
    characters: JSON.stringify(card.vocabulary.characters),
    targetLabels: JSON.stringify(card.vocabulary.tags.target.labels),
    facts: JSON.stringify(card.facts),
  };
  header['__metadata__'] = { notegraft: String(formatVersion), sha256: digest(header, body, facts), ...facts };
  const json = Buffer.from(JSON.stringify(header), 'utf8');
  const padding = Buffer.alloc((8 - (json.length % 8)) % 8, 0x20);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length + padding.length));
  return Uint8Array.from(Buffer.concat([length, json, padding, body]));
}

/** Over everything but the version: the tensors' entries in the header, their bytes, and the facts. */
function digest(tensors: Record<string, unknown>, body: Uint8Array, facts: Record<string, string>): string {
  const hash = createHash('sha256').update(JSON.stringify(tensors)).update(body);
  for (const key of Object.keys(facts).sort()) hash.update(key).update(facts[key] ?? '');
  return hash.digest('hex');
}

/** SHA-256 (hex) of a model file. */
export function modelHash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** @throws AppError `model-damaged` when the bytes are cut, changed or not a model; `model-newer` for a later format. */
export function decodeModel(bytes: Uint8Array): LoadedModel {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = readHeader(buffer);
  const { __metadata__: rawMetadata, ...tensors } = header.json;
  const parsed = metadataSchema.safeParse(rawMetadata);
  if (!parsed.success) throw damaged('it is not a Notegraft model');
  const { notegraft, sha256, ...facts } = parsed.data;
  if (Number(notegraft) > formatVersion) {
    throw new AppError('model-newer', 'This model was written by a newer version of Notegraft.', {
      details: { nextStep: 'Update Notegraft, or export the model again from the older version.' },
    });
  }
  const body = buffer.subarray(header.end);
  if (digest(tensors, body, facts) !== sha256) throw damaged('its checksum does not match');
  const weights: WeightValues = new Map();
  for (const [path, entry] of Object.entries(tensors)) {
    const { shape, data_offsets: offsets } = tensorSchema.parse(entry);
    // A copy: tensor bytes in the file need not be aligned.
    const values = new Float32Array(Uint8Array.from(body.subarray(offsets[0], offsets[1])).buffer);
    weights.set(path, { values, shape });
  }
  return {
    recipe: parseRecipe(JSON.parse(facts.recipe)),
    vocabulary: {
      words: JSON.parse(facts.words) as string[],
      characters: JSON.parse(facts.characters) as string[],
      tags: { source: null, target: tagSet(JSON.parse(facts.targetLabels) as string[]) },
    },
    facts: JSON.parse(facts.facts) as ModelCard['facts'],
    weights,
    hash: modelHash(bytes),
  };
}

function readHeader(buffer: Buffer): { json: Record<string, unknown>; end: number } {
  if (buffer.length < 8) throw damaged('it is too short');
  const length = buffer.readBigUInt64LE();
  const end = 8 + Number(length);
  if (length > 1_000_000_000n || end > buffer.length) throw damaged('it is cut off, or not a Notegraft model');
  try {
    return { json: JSON.parse(buffer.toString('utf8', 8, end)) as Record<string, unknown>, end };
  } catch (cause) {
    throw damaged('its header cannot be read', cause);
  }
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
    tags: { source: null, target: vocabulary.tags.target.size },
  };
  const network: Network = { recipe, sizes, parameters: new Map() };
  for (const [path, { values, shape }] of weights) addParameter(network.parameters, path, values, shape);
  return network;
}
