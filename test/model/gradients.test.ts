/** Every recipe's loss and gradients against the reference, for both tasks and every weight. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { withSettings } from '../../worker/domain/recipe.ts';
import { recipeNamed } from '../../worker/domain/zoo.ts';
import { startEngine } from '../../worker/engine/start.ts';
import { disposeParameters } from '../../worker/model/parameters.ts';
import { checkGradients, engineGradients, gradientTolerance, worst } from '../support/gradient-check.ts';
import { randomNetwork, referenceOf, tinyBatch, tinyRecipe, testedRecipes } from '../support/networks.ts';
import { directionalDerivative, norm } from '../support/numbers.ts';
import { meanLoss } from '../support/reference.ts';
import { weight } from '../support/reference-blocks.ts';

describe('loss and gradients agree with double precision', () => {
  after((context) => {
    if ('diagnostic' in context) context.diagnostic(`worst: loss ${worst.loss}, gradient ${worst.gradient}`);
  });

  for (const name of testedRecipes) {
    const recipe = tinyRecipe(name);
    for (const task of recipe.tasks) test(`${name}, ${task} batch`, () => checkGradients(recipe, task));
  }

  const scalar = ['characterEncoder', 'wordEncoder', 'decoder'].map((component) => `sharing.${component}.gate=scalar`);
  for (const name of ['dtn', 'dtn-hs']) {
    test(`${name} with scalar gates, target batch`, () =>
      checkGradients(withSettings(tinyRecipe(name), scalar), 'target'));
  }

  for (const task of ['source', 'target'] as const) {
    test(`sc-lstm with token features, ${task} batch`, () =>
      checkGradients(
        withSettings(tinyRecipe('sc-lstm'), ['tokenFeatures.size=5', 'tokenFeatures.projection=3']),
        task,
      ));
  }

  test('dtn at the size of the paper, along the gradient of every weight', async () => {
    await startEngine();
    const network = randomNetwork(recipeNamed('dtn'), 3, 0.1);
    const given = tinyBatch(network, 'target', 11, [4, 2, 1]);
    const { loss, gradients } = await engineGradients(network, 'target', given);
    const reference = await referenceOf(network);
    const f = (): number => meanLoss(reference, 'target', given.sentences);
    assert.ok(Math.abs(loss - f()) < 1e-5);
    for (const [path, gradient] of gradients) {
      const length = norm(gradient);
      const own = Float64Array.from(gradient, (value) => value / length);
      const along = directionalDerivative(f, weight(reference.weights, path).values, own);
      assert.ok(Math.abs(along - length) < gradientTolerance * length, `${path}: ${along}, not ${length}`);
    }
    disposeParameters(network.parameters);
  });

  test('a batch of one sentence of one token', async () => {
    await startEngine();
    const network = randomNetwork(tinyRecipe('dtn'), 5);
    const given = tinyBatch(network, 'target', 2, [1]);
    const { loss } = await engineGradients(network, 'target', given);
    assert.ok(Math.abs(loss - meanLoss(await referenceOf(network), 'target', given.sentences)) < 1e-5);
    disposeParameters(network.parameters);
  });
});
