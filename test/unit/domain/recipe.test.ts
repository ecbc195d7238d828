/** Recipes: strict, complete, and set from the command line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../../worker/domain/errors.ts';
import { parseRecipe, recipeKeys, withSettings } from '../../../worker/domain/recipe.ts';
import { dtn } from '../../../worker/domain/zoo.ts';

const independent = { kind: 'independent' };
const smallest = {
  schema: 1,
  name: 'mine',
  tasks: ['target'],
  sharing: { characterEncoder: independent, wordEncoder: independent, decoder: independent },
};

/** Does the thrown error say `recipe-invalid` and name `part`, in its message or its next step? */
function invalid(part: string): (thrown: unknown) => boolean {
  return (thrown) =>
    thrown instanceof AppError &&
    thrown.code === 'recipe-invalid' &&
    `${thrown.message} ${thrown.details.nextStep ?? ''}`.includes(part);
}

test('Sections left out take their defaults, all written out.', () => {
  const recipe = parseRecipe(smallest);
  assert.equal(recipe.training.batchSize, 16);
  assert.equal(recipe.dropout.wordEncoder, 0.5);
  assert.deepEqual(parseRecipe(JSON.parse(JSON.stringify(recipe))), recipe);
});

test('An unknown key is named.', () => {
  assert.throws(() => parseRecipe({ ...smallest, training: { batchsize: 4 } }), invalid('batchsize'));
  assert.throws(() => parseRecipe({ ...smallest, extra: 1 }), invalid('extra'));
});

test('A value out of range is named by its path.', () => {
  assert.throws(() => parseRecipe({ ...smallest, dropout: { decoder: 1 } }), invalid('dropout.decoder'));
  assert.throws(() => parseRecipe({ ...smallest, schema: 2 }), invalid('schema'));
});

test('What is not a recipe at all is refused.', () => {
  for (const json of [null, 7, 'dtn', [], {}]) assert.throws(() => parseRecipe(json), invalid('name'));
});

test('Settings change the named keys and leave the given recipe alone.', () => {
  const recipe = parseRecipe(smallest);
  const changed = withSettings(recipe, ['training.learningRate=0.01', 'name=other', 'sharing.decoder={"kind":"hard"}']);
  assert.equal(changed.training.learningRate, 0.01);
  assert.equal(changed.name, 'other');
  assert.deepEqual(changed.sharing.decoder, { kind: 'hard' });
  assert.deepEqual(recipe, parseRecipe(smallest));
});

test('A setting of an unknown key names it and the keys like it.', () => {
  const recipe = parseRecipe(smallest);
  assert.throws(() => withSettings(recipe, ['training.learnRate=1']), invalid('training.learnRate'));
  assert.throws(() => withSettings(recipe, ['training.learning=1']), invalid('training.learningRate'));
  assert.throws(() => withSettings(recipe, ['training.batchSize.more=1']), invalid('training.batchSize.more'));
});

test('A setting without a value or with a wrong one is refused.', () => {
  const recipe = parseRecipe(smallest);
  assert.throws(() => withSettings(recipe, ['training.batchSize']), invalid('path=value'));
  assert.throws(() => withSettings(recipe, ['=3']), invalid('path=value'));
  assert.throws(() => withSettings(recipe, ['training.batchSize=many']), invalid('training.batchSize'));
});

test('The keys of a recipe are dotted paths with their values.', () => {
  const keys = new Map(recipeKeys(dtn()));
  assert.equal(keys.get('sharing.wordEncoder.gate'), 'vector');
  assert.equal(keys.get('decoding.beamWidth'), 1);
  assert.deepEqual(keys.get('tasks'), ['source', 'target']);
});

test('A recipe from before there were other decoders and encoders is what it was.', () => {
  const old = parseRecipe({
    ...smallest,
    characterEncoder: { embeddingSize: 25, hiddenSize: 50, maxCharacters: 25 },
    wordEncoder: { hiddenSize: 100 },
    decoder: { hiddenSize: 50, tagEmbeddingSize: 50 },
  });
  assert.deepEqual(old, parseRecipe(smallest));
  assert.deepEqual(
    [old.decoder.kind, old.characterEncoder.kind, old.wordEncoder.layers, old.training.optimizer],
    ['tag-lstm', 'lstm', 1, 'adam'],
  );
});

test('Keys that contradict each other are named.', () => {
  const recipe = parseRecipe(smallest);
  for (const [setting, part] of [
    ['decoder.hiddenSize=0', 'decoder.hiddenSize'],
    ['decoder.cost=1', 'only a crf has a margin'],
    ['decoder.labels=mapped', 'mapped labels need a hard decoder'],
    ['sharing.decoder={"kind":"shared-cell"}', 'only the word encoder'],
    ['sharing.wordEncoder={"kind":"layered","sourceLayer":2}', 'above the last'],
    ['decoder.kind=bilstm', 'decoder.kind'],
  ] as const)
    assert.throws(() => withSettings(recipe, [setting]), invalid(part));
  const cell = withSettings(recipe, ['sharing.wordEncoder={"kind":"shared-cell"}']);
  assert.throws(() => withSettings(cell, ['wordEncoder.kind=gru']), invalid('an LSTM'));
});
