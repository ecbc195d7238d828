/** The recipe as a form: every key is there, explained and bounded as the schema bounds it; a grid is a recipe. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recipeForm, recipeOfGrid } from '../../../electron/core/recipe-form.ts';
import { listRecipes, resolveRecipe } from '../../../electron/core/recipes.ts';
import { decoderWays } from '../../../worker/domain/zoo.ts';

test('every number that a setting may change is a field, with the default of the recipe and a sentence', () => {
  const { fields } = recipeForm();
  const byPath = (a: { path: string }, b: { path: string }): number => (a.path < b.path ? -1 : 1);
  assert.deepEqual(
    fields.map((field) => ({ path: field.path, default: field.default })).sort(byPath),
    listRecipes()
      .keys.filter((key) => typeof key.default === 'number')
      .toSorted(byPath),
  );
  for (const { path, explanation } of fields) assert.match(explanation, /^[A-Z].*\.$/, path);
});

test('bounds are those of the schema', () => {
  const fields = new Map(recipeForm().fields.map((field) => [field.path, field]));
  const bounds = (path: string) => {
    const field = fields.get(path);
    return [field?.type, field?.minimum, field?.minimumIsExclusive, field?.maximum, field?.maximumIsExclusive];
  };
  assert.deepEqual(bounds('dropout.decoder'), ['number', 0, false, 1, true]);
  assert.deepEqual(bounds('training.learningRate'), ['number', 0, true, 1, false]);
  assert.deepEqual(bounds('training.batchSize'), ['integer', 1, false, 1024, false]);
  assert.deepEqual(bounds('training.patience'), ['integer', 1, false, null, false]);
});

test('each component has a different sentence for each relation', () => {
  const sentences = recipeForm().relations.map(({ explanation }) => explanation);
  assert.equal(sentences.length, 15);
  assert.equal(new Set(sentences).size, 15);
});

test('presets are recipes that exist, and say whether they need a source', () => {
  for (const { recipe, needsSource } of recipeForm().presets) {
    assert.equal(resolveRecipe(recipe, []).tasks.includes('source'), needsSource, recipe);
  }
});

for (const [grid, recipe] of [
  [['hard', 'hard', 'independent'], 'ttn-HHI'],
  [['hard', 'hard', 'hard'], 'ttn-HHH'],
  [['gated', 'gated', 'gated'], 'dtn'],
  [['gated-hs', 'gated-hs', 'gated-hs'], 'dtn-hs'],
] as const) {
  test(`the grid ${grid.join(', ')} is ${recipe}, with a CRF or the tag LSTM`, () => {
    assert.deepEqual(recipeOfGrid({ ...gridOf(grid), decides: 'crf' }), { recipe: `${recipe}-crf`, settings: [] });
    assert.deepEqual(recipeOfGrid({ ...gridOf(grid), decides: 'tag-lstm' }), { recipe, settings: [] });
  });
}

test('recipes that come with two decoders name each other, themselves first', () => {
  for (const [name, ways] of [
    ['dtn', ['dtn tag-lstm', 'dtn-crf crf']],
    ['ttn-HHI-crf', ['ttn-HHI-crf crf', 'ttn-HHI tag-lstm']],
    ['sc-lstm', ['sc-lstm softmax', 'sc-lstm-crf crf']],
    ['yang-t-a', ['yang-t-a crf']],
    ['no-recipe', []],
  ] as const)
    assert.deepEqual(
      decoderWays(name).map(({ recipe, decides }) => `${recipe} ${decides}`),
      ways,
    );
});

test('a grid without a name of its own is a recipe all the same', () => {
  const { recipe, settings } = recipeOfGrid({ ...gridOf(['hard', 'gated', 'soft']), decides: 'crf' });
  const resolved = resolveRecipe(recipe, settings);
  assert.deepEqual(
    [...Object.values(resolved.sharing), resolved.tasks, resolved.decoder.kind],
    [
      ...[{ kind: 'hard' }, { kind: 'gated', independent: true, gate: 'vector' }, { kind: 'soft' }],
      ...[['source', 'target'], 'crf'],
    ],
  );
});

type Choice = Parameters<typeof recipeOfGrid>[0]['decoder'];

function gridOf([characterEncoder, wordEncoder, decoder]: readonly [Choice, Choice, Choice]) {
  return { characterEncoder, wordEncoder, decoder };
}
