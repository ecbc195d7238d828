/** A model as a file: the same bytes, nothing lost, and no damage unnoticed. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { AppError } from '../../../worker/domain/errors.ts';
import { tagSet } from '../../../worker/domain/tags.ts';
import { startEngine } from '../../../worker/engine/start.ts';
import {
  decodeModel,
  encodeModel,
  inferenceWeights,
  modelHash,
  networkOf,
  type ModelCard,
} from '../../../worker/model/checkpoint.ts';
import { disposeParameters } from '../../../worker/model/parameters.ts';
import type { WeightValues } from '../../../worker/model/tensor-file.ts';
import { randomNetwork, tinyRecipe } from '../../support/networks.ts';

const recipe = tinyRecipe('dtn-hs', ['training.learningRate=0.0123']);
const card: ModelCard = {
  recipe,
  vocabulary: {
    // A lone surrogate, a quote, a line end and a name that objects have anyway.
    words: ['<unk>', 'aspirin', '"', '\n', '\ud83d', '😀', '__proto__', 'ä', 'i', 'j', 'k', 'l'],
    characters: ['<unk>', 'a', '\ud83d', '😀', '\u0000', '"', 'x', 'y'],
    tags: { source: tagSet(['s']), target: tagSet(['Drug', 'Dose "x"']) },
  },
  facts: { seed: 7, made: 'today' },
};

let weights: WeightValues;
let bytes: Uint8Array;
before(async () => {
  await startEngine();
  const network = randomNetwork(recipe, 1);
  weights = await inferenceWeights(network);
  disposeParameters(network.parameters);
  bytes = encodeModel(card, weights);
});

function failure(action: () => unknown): AppError {
  let found: unknown = null;
  assert.throws(action, (thrown) => {
    found = thrown;
    return thrown instanceof AppError;
  });
  return found as AppError;
}

describe('a round trip', () => {
  test('gives back recipe, vocabulary, facts and every bit of the weights', () => {
    const model = decodeModel(bytes);
    assert.deepEqual(model.recipe, recipe);
    assert.deepEqual(model.vocabulary, {
      ...card.vocabulary,
      tags: { target: card.vocabulary.tags.target },
    });
    assert.deepEqual(model.facts, card.facts);
    assert.deepEqual(new Map([...model.weights].sort()), new Map([...weights].sort()));
    assert.equal(model.hash, modelHash(bytes));
    assert.match(model.hash, /^[0-9a-f]{64}$/);
  });

  test('written again, the file is the same byte for byte, whatever the order of the weights', () => {
    assert.deepEqual(encodeModel(card, new Map([...weights].reverse())), bytes);
    const model = decodeModel(bytes);
    assert.deepEqual(encodeModel(model, model.weights), bytes);
  });

  test('works from the middle of a larger buffer at an odd offset', () => {
    const larger = new Uint8Array(bytes.length + 3);
    larger.set(bytes, 3);
    assert.deepEqual(decodeModel(larger.subarray(3)), decodeModel(bytes));
  });

  test('gives a network with the same weights', () => {
    const network = networkOf(decodeModel(bytes));
    assert.deepEqual([...network.parameters.keys()].sort(), [...weights.keys()].sort());
    for (const [path, value] of network.parameters) assert.deepEqual(value.dataSync(), weights.get(path)?.values);
    assert.deepEqual(network.sizes, { words: 12, wordSize: 5, characters: 8, tags: { target: 9 } });
    disposeParameters(network.parameters);
  });

  test('tensors begin at multiples of eight bytes and the header is plain JSON: other programs can read it', () => {
    const length = Number(Buffer.from(bytes).readBigUInt64LE());
    assert.equal(length % 8, 0);
    const header = JSON.parse(Buffer.from(bytes).toString('utf8', 8, 8 + length)) as Record<
      string,
      { shape: number[] }
    >;
    assert.deepEqual(header['shared/wordEmbedding']?.shape, [12, 5]);
  });
});

describe('damage is noticed', () => {
  const isDamaged = (given: Uint8Array): void => {
    const { code, message, details } = failure(() => decodeModel(given));
    assert.equal(code, 'model-damaged');
    assert.match(message, /^The model file is damaged: /);
    assert.equal(details.nextStep, 'Copy the file again, or export the model again from its project.');
  };

  test('any single byte that is changed, in the length, the header or the weights', () => {
    const version = Buffer.from(bytes).indexOf('"notegraft":"1"') + '"notegraft":"'.length;
    // Every seventh place: all parts of the file, all kinds of entries.
    for (let at = 0; at < bytes.length; at += 7) {
      if (at === version) continue;
      isDamaged(bytes.map((byte, i) => (i === at ? byte ^ 1 : byte)));
    }
  });

  test('a file that is cut off anywhere, and one with more behind it', () => {
    for (const part of [0, 4, 8, 100, bytes.length - 1]) isDamaged(bytes.subarray(0, part));
    isDamaged(Buffer.concat([bytes, Buffer.from('x')]));
  });

  test('a file that is no model', () => {
    isDamaged(Buffer.from('This is a note, not a model. It is long enough to hold a header.'));
    isDamaged(new Uint8Array(1000));
    const json = Buffer.from('{"x":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}');
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    isDamaged(Buffer.concat([length, json]));
  });
});

test('a model of a later format is told apart from a damaged one', () => {
  const text = Buffer.from(bytes).toString('latin1').replace('"notegraft":"1"', '"notegraft":"2"');
  const { code, message, details } = failure(() => decodeModel(Buffer.from(text, 'latin1')));
  assert.deepEqual([code, message], ['model-newer', 'This model was written by a newer version of Notegraft.']);
  assert.match(details.nextStep ?? '', /Update Notegraft/);
});
