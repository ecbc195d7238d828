/** Tiny networks with random weights, and batches for them, in the engine's form and in the reference's. */
import { encodeBatch, formTries, type Batch } from '../../worker/data/batches.ts';
import type { EncodedSentence, FormTable } from '../../worker/data/dataset.ts';
import { sourcesOf, type Task } from '../../worker/domain/task-names.ts';
import { seededRandom, type Random } from '../../worker/domain/random.ts';
import { withSettings, type Recipe } from '../../worker/domain/recipe.ts';
import { mayEnd, mayFollow, mayStart } from '../../worker/domain/tags.ts';
import { recipeNamed, recipeNames } from '../../worker/domain/zoo.ts';
import type { DecodedTags, DecoderSpec } from '../../worker/engine/ops/decode.ts';
import type { Inference } from '../../worker/engine/ops/inference.ts';
import { startEngine } from './engine/started-engine.ts';
import type { NetworkSizes } from '../../worker/model/blocks.ts';
import { initials, wordTable, type Network } from '../../worker/model/network.ts';
import { addParameter } from '../../worker/model/parameters.ts';
import { encodeForms, prepareTagging, projectForms, tagBatch } from '../../worker/model/tagging.ts';
import { randomValues } from './numbers.ts';
import type { ReferenceModel, ReferenceSentence } from './reference.ts';
import { matrixOf } from './reference-blocks.ts';

/** Every recipe; of TTN with a CRF those three that show each relation in each place, of the others with one SC-LSTM. */
export const testedRecipes: readonly string[] = recipeNames.filter(
  (name) => !/^(ttn-(?!ISH|SHI|HIS)...|lstm-.)-crf$/.test(name),
);

/** No size is a multiple of four, none equals another that it could be taken for. */
const tinySizes = [
  'characterEncoder.embeddingSize=4',
  'characterEncoder.hiddenSize=3',
  'wordEmbedding.size=5',
  'wordEncoder.hiddenSize=6',
  'decoder.hiddenSize=7',
  'decoder.tagEmbeddingSize=2',
];

/** A named recipe with tiny sizes; further settings as `path=value`. */
export function tinyRecipe(name: string, settings: readonly string[] = []): Recipe {
  return resized(recipeNamed(name), [...tinySizes, ...settings]);
}

/** A recipe with other sizes; a decoder without a hidden layer stays without. */
export function resized(recipe: Recipe, settings: readonly string[]): Recipe {
  const hasHidden = recipe.decoder.hiddenSize > 0;
  return withSettings(
    recipe,
    settings.filter((setting) => hasHidden || !setting.startsWith('decoder.hiddenSize=')),
  );
}

/** Alphabet, vocabulary and tag sets (one label in a source, two in the target). */
export function tinyNetworkSizes(recipe: Recipe): NetworkSizes {
  return {
    words: 12,
    wordSize: recipe.wordEmbedding.size,
    characters: 8,
    tags: {
      ...Object.fromEntries(
        sourcesOf(recipe.tasks).map((source) => [source, recipe.decoder.labels === 'mapped' ? 9 : 5]),
      ),
      target: 9,
    },
  };
}

/** A network with all its weights uniform in ±scale, soft twins different; the caller disposes the parameters. */
export function randomNetwork(recipe: Recipe, seed: number, scale = 0.7): Network {
  const sizes = tinyNetworkSizes(recipe);
  const network: Network = { recipe, sizes, parameters: new Map() };
  const shapes = new Map([...initials(recipe, sizes)].map(([path, { shape }]) => [path, shape]));
  shapes.set(wordTable, [sizes.words, sizes.wordSize]);
  for (const [i, [path, shape]] of [...shapes].entries()) {
    const count = shape.reduce((product, length) => product * length, 1);
    addParameter(network.parameters, path, randomValues(count, seed * 1000 + i, scale), shape);
  }
  return network;
}

/** The same weights in double precision. */
export async function referenceOf(network: Network): Promise<ReferenceModel> {
  const weights = await Promise.all(
    [...network.parameters].map(async ([path, value]) => [path, matrixOf(await value.data(), value.shape)] as const),
  );
  return { recipe: network.recipe, weights: new Map(weights) };
}

/** Spellings with shared beginnings and ends, one a single character. */
const spellings: readonly (readonly number[])[] = [
  [1],
  [2, 3, 4],
  [2, 3, 5, 4],
  [6, 2, 3, 4],
  [7, 7],
  [0, 1],
  [2, 3],
  [5, 4, 3, 2, 1, 1],
];

export interface TinyBatch {
  readonly batch: Batch;
  readonly forms: FormTable;
  readonly sentences: readonly ReferenceSentence[];
}

/** Sentences of the given lengths with random words, spellings and tags of the task. */
export function tinyBatch(
  network: Network,
  task: Task,
  seed: number,
  lengths: readonly number[] = [3, 1, 5, 3, 1],
): TinyBatch {
  const random = seededRandom(seed);
  const K = network.sizes.tags[task] ?? 0;
  const below = (count: number) => (): number => Math.floor(random.next() * count);
  const size = network.recipe.tokenFeatures?.size;
  const draw = (count: number, next: () => number): Int32Array => Int32Array.from({ length: count }, next);
  // A CRF gives tags that the scheme does not permit no probability.
  const tagsOf = (length: number): Int32Array =>
    network.recipe.decoder.kind === 'crf' ? permittedSequence(length, K, random) : draw(length, below(K));
  const sentences = lengths.map((length, document): EncodedSentence => {
    return {
      document,
      firstToken: 0,
      words: draw(length, below(network.sizes.words)),
      forms: draw(length, below(spellings.length)),
      tags: tagsOf(length),
      ...(size === undefined
        ? {}
        : { features: Float32Array.from({ length: length * size }, () => random.next() - 0.5) }),
    };
  });
  const forms: FormTable = {
    characters: spellings.map((spelling) => Int32Array.from(spelling)),
    words: spellings.map(() => 0),
    ids: new Map(),
    index: { wordId: () => 0, characterIds: () => new Int32Array(0) },
    maxCharacters: 25,
  };
  const batch = encodeBatch(sentences, forms, K, null);
  // In the batch's order, so that results can be compared one by one.
  return { batch, forms, sentences: batch.sentences.map(referenceSentence) };
}

/** Tags that the scheme permits, drawn one after the other. */
function permittedSequence(length: number, K: number, random: Random): Int32Array {
  const tags = new Int32Array(length);
  const all = Array.from({ length: K }, (_, tag) => tag);
  for (let t = 0; t < length; t++) {
    const isLast = t === length - 1;
    const before = tags[t - 1];
    const allowed = all.filter((tag) => (before === undefined ? mayStart(tag) : mayFollow(before, tag)));
    const ending = allowed.filter((tag) => mayEnd(tag));
    const choice = isLast ? ending : allowed;
    tags[t] = choice[Math.floor(random.next() * choice.length)] ?? NaN;
  }
  return tags;
}

function referenceSentence({ words, forms, tags, features }: EncodedSentence): ReferenceSentence {
  const size = (features?.length ?? 0) / words.length;
  return {
    ...(features && { features: Array.from(words, (_, t) => [...features.subarray(t * size, (t + 1) * size)]) }),
    words: [...words],
    characters: Array.from(forms, (form) => spellings[form] ?? []),
    tags: [...tags],
  };
}

/** The tags a network gives a batch, with `beamWidth` 1 greedily. */
export async function tagged(
  network: Network,
  task: Task,
  batch: Batch,
  permitted: DecoderSpec['permitted'],
  beamWidth: number,
): Promise<DecodedTags> {
  const engine = await startEngine();
  const encodings = await encodeForms(network, task, batch.tries);
  const decoded = await tagBatch(network, task, batch, encodings, permitted, beamWidth);
  engine.endStep();
  return decoded;
}

/** The same in one piece with frozen weights, each token's word prepared by itself. */
export async function taggedInOnePiece(
  network: Network,
  task: Task,
  { batch, forms }: TinyBatch,
  permitted: DecoderSpec['permitted'],
): Promise<DecodedTags> {
  const engine = await startEngine();
  const inference = prepareTagging(network, task, permitted);
  if (!inference) throw new Error('the backend does no inference in one piece');
  const inputs = projectedRows(network, task, inference, batch, forms);
  const [decoded] = await inference.tag([{ rows: batch.rows, inputs }]);
  inference.dispose();
  engine.endStep();
  return decoded as DecodedTags;
}

/** Inputs of each row of a batch, each prepared by itself. */
export function projectedRows(
  network: Network,
  task: Task,
  inference: Inference,
  batch: Batch,
  forms: FormTable,
): Int32Array {
  const formOfRow = batch.formIndex.map((place) => batch.distinctForms[place] ?? 0);
  return projectForms(network, task, inference, batch.words, formTries(formOfRow, forms));
}
