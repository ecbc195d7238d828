/** Tests of tagging against the reference's own decoding, run on every build of the kernels. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeBatch } from '../../../worker/data/batches.ts';
import type { Task } from '../../../worker/domain/task-names.ts';
import { withSettings, type Recipe } from '../../../worker/domain/recipe.ts';
import { mayEnd, mayFollow, mayStart } from '../../../worker/domain/tags.ts';
import { recipeNamed } from '../../../worker/domain/zoo.ts';
import type { DecodedTags, DecoderSpec } from '../../../worker/engine/ops/decode.ts';
import type { Network } from '../../../worker/model/network.ts';
import { startEngine } from './started-engine.ts';
import { disposeParameters } from '../../../worker/model/parameters.ts';
import { permittedTags } from '../../../worker/model/permitted.ts';
import { prepareTagging } from '../../../worker/model/tagging.ts';
import {
  projectedRows,
  randomNetwork,
  referenceOf,
  resized,
  tagged,
  taggedInOnePiece,
  tinyBatch,
  tinyRecipe,
  type TinyBatch,
} from '../networks.ts';
import { assertClose } from '../numbers.ts';
import {
  decodeToken,
  encodeSentence,
  logProbabilities,
  tagCountOf,
  type DecoderStates,
  type ReferenceModel,
  type ReferenceSentence,
} from '../reference.ts';
import { sentenceRows } from './layouts.ts';

const scalarGates = ['characterEncoder', 'wordEncoder', 'decoder'].map((name) => `sharing.${name}.gate=scalar`);
const recipes: readonly (readonly [name: string, recipe: Recipe])[] = [
  ...['baseline', 'ttn-HSI', 'ttn-SHS', 'ttn-IIH', 'dtn', 'dtn-hs'].map((name) => [name, tinyRecipe(name)] as const),
  ['dtn with scalar gates', withSettings(tinyRecipe('dtn'), scalarGates)],
];
const lengths = [7, 5, 5, 2, 1, 1];
/** Multiples of what the kernels take at a time. */
const wideRecipe = withSettings(tinyRecipe('dtn'), ['wordEncoder.hiddenSize=8', 'decoder.hiddenSize=16']);
/** Sizes as odd as the papers' or odder. */
const widths = ['wordEmbedding.size=5', 'wordEncoder.hiddenSize=50', 'decoder.hiddenSize=27'];

type TagBatch = (
  network: Network,
  task: Task,
  given: TinyBatch,
  permitted: DecoderSpec['permitted'],
) => Promise<DecodedTags>;

/** By the operations that training uses, with a beam. */
const stepByStep =
  (width: number): TagBatch =>
  (network, task, given, permitted) =>
    tagged(network, task, given.batch, permitted, width);

interface Tagging {
  readonly tags: number[];
  readonly probabilities: number[];
}

/** A batch's decoded tags, sentence by sentence. */
function bySentence(decoded: DecodedTags, given: ReturnType<typeof tinyBatch>): Tagging[] {
  return sentenceRows(given.batch.rows).map((rows) => ({
    tags: rows.map((row) => decoded.tags[row] ?? NaN),
    probabilities: rows.map((row) => decoded.probabilities[row] ?? NaN),
  }));
}

function isPermitted(previous: number | undefined, tag: number, isLast: boolean): boolean {
  return (previous === undefined ? mayStart(tag) : mayFollow(previous, tag)) && (!isLast || mayEnd(tag));
}

/** A reading of a sentence: a sequence of tags with the log probability of each among those permitted. */
interface Reading {
  readonly tags: readonly number[];
  readonly states: DecoderStates;
  readonly logs: readonly number[];
}

const total = (reading: Reading): number => reading.logs.reduce((sum, log) => sum + log, 0);

/** All permitted continuations of a reading by the token with word encoding h. */
function continuations(
  model: ReferenceModel,
  task: Task,
  reading: Reading,
  h: readonly number[],
  isLast: boolean,
): Reading[] {
  const K = tagCountOf(model, task);
  const previous = reading.tags.at(-1);
  const { states, scores } = decodeToken(model, task, reading.states, h, previous ?? K);
  const logs = logProbabilities(scores.map((score, tag) => (isPermitted(previous, tag, isLast) ? score : -Infinity)));
  return logs.flatMap((log, tag) =>
    log === -Infinity ? [] : [{ tags: [...reading.tags, tag], states, logs: [...reading.logs, log] }],
  );
}

/** Keeps the `width` best readings at every token: 1 is greedy, Infinity is all of them. The best comes first. */
function readings(model: ReferenceModel, task: Task, sentence: ReferenceSentence, width: number): Reading[] {
  const h = encodeSentence(model, task, sentence);
  let kept: Reading[] = [{ tags: [], states: new Map(), logs: [] }];
  for (const [t, vector] of h.entries()) {
    const next = kept.flatMap((reading) => continuations(model, task, reading, vector, t === h.length - 1));
    kept = next.sort((a, b) => total(b) - total(a)).slice(0, width);
  }
  return kept;
}

/** The engine's taggings of a random network beside the reference's best readings. */
export function checkTagging(
  recipe: Recipe,
  task: Task,
  width: number,
  referenceWidth: number,
  given = lengths,
): Promise<void> {
  return compare(recipe, task, stepByStep(width), referenceWidth, given);
}

async function compare(
  recipe: Recipe,
  task: Task,
  tag: TagBatch,
  referenceWidth: number,
  given = lengths,
): Promise<void> {
  await startEngine();
  for (const seed of [1, 2, 3]) {
    const network = randomNetwork(recipe, seed, 1.5);
    const tiny = tinyBatch(network, task, seed, given);
    const permitted = permittedTags({ labels: [], size: network.sizes.tags[task] ?? 0 });
    const decoded = await tag(network, task, tiny, permitted);
    const model = await referenceOf(network);
    for (const [s, found] of bySentence(decoded, tiny).entries()) {
      const [best] = readings(model, task, tiny.sentences[s] as ReferenceSentence, referenceWidth);
      assert.deepEqual(found.tags, best?.tags, `seed ${seed}, sentence ${s}`);
      assertClose(found.probabilities, best?.logs.map(Math.exp) ?? [], 2e-5, `seed ${seed}, sentence ${s}`);
    }
    disposeParameters(network.parameters);
  }
}

/** Many sentences at the papers' sizes, whole and dealt out to batches that run at a time. */
async function sideBySide(recipe: Recipe): Promise<void> {
  const engine = await startEngine();
  const network = randomNetwork(recipe, 1, 0.4);
  const permitted = permittedTags({ labels: [], size: network.sizes.tags.target });
  const lengthOf = (i: number): number => 1 + ((i * 7) % 23);
  const all = tinyBatch(
    network,
    'target',
    5,
    Array.from({ length: 33 }, (_, i) => lengthOf(i)),
  );
  const [whole, composed] = [
    await taggedInOnePiece(network, 'target', all, permitted),
    await tagged(network, 'target', all.batch, permitted, 1),
  ];
  assert.deepEqual(whole.tags, composed.tags);
  assertClose(whole.probabilities, composed.probabilities, 1e-5, 'probabilities');
  const inference = prepareTagging(network, 'target', permitted);
  assert.ok(inference);
  const parts = [0, 1, 2].map((part) =>
    encodeBatch(
      all.batch.sentences.filter((_sentence, s) => s % 3 === part),
      all.forms,
      network.sizes.tags.target,
      null,
    ),
  );
  const inputs = parts.map((batch) => projectedRows(network, 'target', inference, batch, all.forms));
  const decoded = await inference.tag(parts.map(({ rows }, i) => ({ rows, inputs: inputs[i] as Int32Array })));
  const wholeRows = sentenceRows(all.batch.rows);
  for (const [part, { rows }] of parts.entries()) {
    for (const [s, own] of sentenceRows(rows).entries()) {
      const same = wholeRows[3 * s + part] ?? [];
      assert.deepEqual(
        own.map((row) => [decoded[part]?.tags[row], decoded[part]?.probabilities[row]]),
        same.map((row) => [whole.tags[row], whole.probabilities[row]]),
      );
    }
  }
  inference.dispose();
  engine.endStep();
  disposeParameters(network.parameters);
}

function validityTests(ways: readonly (readonly [name: string, tag: TagBatch])[]): void {
  for (const [name, tag] of ways) {
    test(`${name}: only valid IOBES sequences and confidences in (0, 1], even from wild weights`, async () => {
      await startEngine();
      for (let seed = 1; seed <= 20; seed++) {
        const network = randomNetwork(tinyRecipe('dtn-hs'), seed, 6);
        const tiny = tinyBatch(network, 'target', seed, [6, 4, 3, 2, 1]);
        const permitted = permittedTags({ labels: [], size: network.sizes.tags.target });
        const decoded = await tag(network, 'target', tiny, permitted);
        for (const { tags, probabilities } of bySentence(decoded, tiny)) {
          for (const [t, tag] of tags.entries()) {
            assert.ok(isPermitted(tags[t - 1], tag, t === tags.length - 1), `seed ${seed}: ${tags.join(' ')}`);
          }
          assert.ok(
            probabilities.every((value) => value > 0 && value <= 1),
            probabilities.join(' '),
          );
        }
        disposeParameters(network.parameters);
      }
    });
  }
}

export function decodingSuite(): void {
  describe('greedy tagging follows the reference step by step', () => {
    for (const [name, recipe] of recipes) {
      for (const task of recipe.tasks) test(`${name}, ${task}`, () => checkTagging(recipe, task, 1, 1));
    }
  });

  describe('a beam follows the reference', () => {
    for (const [name, recipe] of recipes) {
      test(`${name}, target, width 3`, () => checkTagging(recipe, 'target', 3, 3));
    }
  });

  describe('a beam as wide as there are readings finds the best of all', () => {
    // One label and five tokens: at most 55 readings of the first four.
    for (const name of ['ttn-HHH', 'dtn', 'dtn-hs']) {
      test(`${name}, source`, () => checkTagging(tinyRecipe(name), 'source', 64, Infinity, [5, 4, 2, 1]));
    }
  });

  describe('tags', () =>
    validityTests([
      ['greedily', stepByStep(1)],
      ['beam width 3', stepByStep(3)],
    ]));
}

/** Tagging in one piece, on backends that have it. */
export function inferenceSuite(): void {
  describe('tagging in one piece follows the reference', () => {
    for (const [name, recipe] of recipes) {
      for (const task of recipe.tasks) test(`${name}, ${task}`, () => compare(recipe, task, taggedInOnePiece, 1));
    }
    test('sizes that fill whole vectors', () => compare(wideRecipe, 'target', taggedInOnePiece, 1));
    test('a single token', () => compare(tinyRecipe('dtn'), 'target', taggedInOnePiece, 1, [1]));
  });

  describe('batches side by side get the same tags and probabilities as alone, and as step by step', () => {
    for (const name of [
      'baseline',
      'dtn-hs',
      'baseline-crf',
      'ttn-HIS-crf',
      'dtn-crf',
      'sc-lstm',
      'sc-lstm-crf',
      'yang-t-b',
    ])
      test(name, () => sideBySide(resized(recipeNamed(name), widths)));
    test('a shared cell alone', () => sideBySide(resized(recipeNamed('sc-lstm'), [...widths, 'wordEncoder.layers=1'])));
    test('gates over stacks', () => sideBySide(resized(recipeNamed('dtn-crf'), [...widths, 'wordEncoder.layers=2'])));
    test('GRUs that fill whole vectors', () =>
      sideBySide(resized(recipeNamed('yang-t-b'), ['wordEncoder.hiddenSize=32', 'characterEncoder.hiddenSize=8'])));
  });

  describe('tags', () => validityTests([['in one piece', taggedInOnePiece]]));
}
