/** Which weights a recipe has, and of which sizes. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { blockOf } from '../../../worker/model/blocks.ts';
import { initials } from '../../../worker/model/network.ts';
import { components } from '../../../worker/domain/recipe.ts';
import { recipeNamed } from '../../../worker/domain/zoo.ts';
import { tinyNetworkSizes, tinyRecipe } from '../../support/networks.ts';

function shapes(name: string): Map<string, number[]> {
  const recipe = tinyRecipe(name);
  return new Map([...initials(recipe, tinyNetworkSizes(recipe))].map(([path, { shape }]) => [path, shape]));
}

/** Owner, component and copy of every weight, each once. */
function owners(name: string): string[] {
  const copies = [...shapes(name).keys()].filter((path) => path.split('/').length === 5 || path.includes('/gate'));
  return [...new Set(copies.map((path) => path.split('/').slice(0, 3).join('/')))].sort();
}

describe('the paper sizes', () => {
  test('the word encoder reads a word vector of 100 and both last character states of 50, the decoder 200 and a tag of 50', () => {
    const recipe = recipeNamed('dtn');
    const sizes = { words: 9, wordSize: 100, characters: 9, tags: { source: 5, target: 5 } };
    const inputs = components.map((component) => blockOf(recipe, sizes, component).input);
    assert.deepEqual(inputs, [25, 200, 250]);
    const outputs = components.map((component) => blockOf(recipe, sizes, component).output);
    assert.deepEqual(outputs, [100, 200, 50]);
  });
});

describe('the copies', () => {
  test('of the baseline belong to the target', () => {
    assert.deepEqual(owners('baseline'), [
      'target/characterEncoder/independent',
      'target/decoder/independent',
      'target/wordEncoder/independent',
    ]);
    assert.ok([...shapes('baseline').keys()].every((path) => !path.startsWith('source/')));
  });

  test('of a TTN are as its code says: I and S one a task, H one for both', () => {
    assert.deepEqual(owners('ttn-ISH'), [
      'shared/decoder/hard',
      'source/characterEncoder/independent',
      'source/wordEncoder/soft',
      'target/characterEncoder/independent',
      'target/wordEncoder/soft',
    ]);
  });

  test('of DTN are hard, soft of both, independent of the target, and two gates of the target', () => {
    const decoder = owners('dtn').filter((path) => path.includes('/decoder/'));
    assert.deepEqual(decoder, [
      'shared/decoder/hard',
      'source/decoder/soft',
      'target/decoder/gate1',
      'target/decoder/gate2',
      'target/decoder/independent',
      'target/decoder/soft',
    ]);
  });

  test('of DTN(HS) are those without the independent copy and its gate', () => {
    const decoder = owners('dtn-hs').filter((path) => path.includes('/decoder/'));
    assert.deepEqual(decoder, [
      'shared/decoder/hard',
      'source/decoder/soft',
      'target/decoder/gate1',
      'target/decoder/soft',
    ]);
  });
});

describe('the shapes', () => {
  test('of an encoder: four gates from its input and from its own state', () => {
    const found = shapes('ttn-HHH');
    // Word vector 5, characters 2·3; hidden 6.
    assert.deepEqual(found.get('shared/wordEncoder/hard/backward/kernel'), [11, 24]);
    assert.deepEqual(found.get('shared/wordEncoder/hard/backward/recurrent'), [6, 24]);
    assert.deepEqual(found.get('shared/wordEncoder/hard/backward/bias'), [24]);
    assert.equal(found.has('shared/decoder/hard/backward/kernel'), false);
  });

  test('of a gate: from both outputs and the input, to one number a unit or a token', () => {
    assert.deepEqual(shapes('dtn').get('target/wordEncoder/gate2/kernel'), [12 + 12 + 11, 12]);
    const recipe = tinyRecipe('dtn', ['sharing.wordEncoder.gate=scalar']);
    const scalar = initials(recipe, tinyNetworkSizes(recipe));
    assert.deepEqual(scalar.get('target/wordEncoder/gate2/kernel')?.shape, [35, 1]);
    assert.deepEqual(scalar.get('target/wordEncoder/gate2/bias')?.shape, [1]);
  });

  test('tag embeddings and projections are one a task, also for a hard decoder', () => {
    const found = shapes('ttn-HHH');
    assert.deepEqual(found.get('source/decoder/tagEmbedding'), [6, 2]);
    assert.deepEqual(found.get('target/decoder/tagEmbedding'), [10, 2]);
    assert.deepEqual(found.get('source/decoder/projection/kernel'), [7, 5]);
    assert.deepEqual(found.get('target/decoder/projection/bias'), [9]);
  });
});
