/** Settings over a recipe: set, taken away, named, and the grid's cell of a sharing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gridChoiceOf, numberAt, settingTitle, withSetting } from '../../../renderer/state/recipe-settings.ts';
import { recipeNamed } from '../../../worker/domain/zoo.ts';

test('a setting replaces the one of the same key and leaves the others', () => {
  const settings = ['name=own-grid', 'training.epochs=3'];
  assert.deepEqual(withSetting(settings, 'training.epochs', 5), ['name=own-grid', 'training.epochs=5']);
  assert.deepEqual(withSetting(settings, 'training.epochs', null), ['name=own-grid']);
});

test('a key is written in words', () => {
  assert.equal(settingTitle('training.batchesPerEpoch'), 'Batches per epoch');
});

test('the number at a key is found, and nothing where the key holds none', () => {
  const recipe = recipeNamed('dtn-hs');
  assert.equal(numberAt(recipe, 'training.epochs'), recipe.training.epochs);
  assert.equal(numberAt(recipe, 'training.unknown'), undefined);
  assert.equal(numberAt(recipe, 'sharing'), undefined);
});

test('every relation of the grid is told from its sharing, and a scalar gate is none of them', () => {
  assert.deepEqual(
    [
      recipeNamed('ttn-HSI').sharing.characterEncoder,
      recipeNamed('ttn-HSI').sharing.wordEncoder,
      recipeNamed('ttn-HSI').sharing.decoder,
      recipeNamed('dtn').sharing.decoder,
      recipeNamed('dtn-hs').sharing.decoder,
    ].map(gridChoiceOf),
    ['hard', 'soft', 'independent', 'gated', 'gated-hs'],
  );
  assert.equal(gridChoiceOf({ kind: 'gated', independent: true, gate: 'scalar' }), null);
});
