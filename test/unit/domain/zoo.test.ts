/** The named recipes: every name is a valid recipe of that name, and each model of the papers says what its paper says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../../worker/domain/errors.ts';
import { recipeAdvice, withoutTransfer } from '../../../worker/domain/recipe-presets.ts';
import { parseRecipe } from '../../../worker/domain/recipe.ts';
import { recipeNamed, recipeNames } from '../../../worker/domain/zoo.ts';

test('every name leads to a recipe of that name, complete and valid, in whatever case it is written', () => {
  for (const name of recipeNames) {
    const recipe = recipeNamed(name);
    assert.equal(recipe.name, name);
    assert.deepEqual(parseRecipe(recipe), recipe);
    assert.deepEqual(recipeNamed(name.toUpperCase()), recipe);
  }
  assert.equal(new Set(recipeNames).size, recipeNames.length);
});

test('with -crf a recipe is the same but for its decoder', () => {
  const { decoder, ...rest } = recipeNamed('ttn-HIS-crf');
  const { decoder: tagLstm, ...others } = recipeNamed('ttn-HIS');
  assert.deepEqual({ ...rest, name: '' }, { ...others, name: '' });
  assert.deepEqual(decoder, { ...tagLstm, kind: 'crf' });
});

test("Yang's three share less and less, and only T-A maps labels", () => {
  const shared = ['yang-t-a', 'yang-t-b', 'yang-t-c'].map((name) => {
    const { sharing, decoder } = recipeNamed(name);
    return [sharing.characterEncoder.kind, sharing.wordEncoder.kind, sharing.decoder.kind, decoder.labels];
  });
  assert.deepEqual(shared, [
    ['hard', 'hard', 'hard', 'mapped'],
    ['hard', 'hard', 'independent', 'own'],
    ['hard', 'independent', 'independent', 'own'],
  ]);
});

test('an unknown name is answered with those that exist', () => {
  assert.throws(
    () => recipeNamed('yang'),
    (thrown) =>
      thrown instanceof AppError &&
      thrown.code === 'recipe-unknown' &&
      /yang-t-b, yang-t-c, sc-lstm/.test(thrown.details.nextStep ?? ''),
  );
});

test('each transfer model has one of its kind that learns from the target alone', () => {
  for (const name of recipeNames) {
    const alone = recipeNamed(withoutTransfer(name));
    assert.deepEqual(
      [alone.tasks, alone.decoder.kind === 'crf'],
      [['target'], recipeNamed(name).decoder.kind === 'crf'],
      name,
    );
  }
  assert.deepEqual(['dtn-hs-crf', 'yang-t-b', 'sc-lstm', 'man-moe'].map(withoutTransfer), [
    'baseline-crf',
    'yang-base',
    'lstm',
    'baseline',
  ]);
});

test('every recipe has a sentence on when to choose it', () => {
  for (const name of recipeNames) assert.match(recipeAdvice(name), /^[A-Z].*\.$/, name);
});
