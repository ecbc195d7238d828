/** Every recipe's loss and gradients against the reference, for both tasks and every weight. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { encodeBatch } from '../../worker/data/batches.ts';
import { withSettings } from '../../worker/domain/recipe.ts';
import { recipeNamed } from '../../worker/domain/zoo.ts';
import { withSources } from '../../worker/domain/tasks.ts';
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

  for (const adversary of ['nll', 'wgan']) {
    for (const task of ['fr', 'target']) {
      test(`man-moe of three sources against a critic of ${adversary}, ${task} batch`, () => {
        const recipe = tinyRecipe('man-moe', [`sharing.wordEncoder.adversary=${adversary}`]);
        return checkGradients(withSources(recipe, ['es', 'fr', 'it']), task);
      });
    }
  }

  test('man-moe, target batch without tags: only what the critic sees is trained', async () => {
    await startEngine();
    const network = randomNetwork(withSources(tinyRecipe('man-moe'), ['es', 'fr']), 3);
    const { batch, forms, sentences } = tinyBatch(network, 'target', 11);
    const none = new Int32Array(0);
    const untagged = encodeBatch(
      batch.sentences.map((sentence) => ({ ...sentence, tags: none })),
      forms,
      9,
      null,
    );
    const silent = sentences.map((sentence) => ({ ...sentence, tags: [] }));
    const { loss, gradients } = await engineGradients(network, 'target', { batch: untagged, forms, sentences: silent });
    assert.ok(Math.abs(loss - meanLoss(await referenceOf(network), 'target', silent)) < 1e-5);
    const trained = [...gradients.keys()].filter(
      (path) => !/^shared\/(wordEncoder\/hard|characterE|wordEmbedding)/.test(path),
    );
    assert.deepEqual(trained, []);
    disposeParameters(network.parameters);
  });

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
