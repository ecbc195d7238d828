/** Every recipe's loss and gradients against the reference, for both tasks and every weight. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { Role } from '../../worker/domain/document.ts';
import { withSettings, type Recipe } from '../../worker/domain/recipe.ts';
import { recipeNamed, recipeNames } from '../../worker/domain/zoo.ts';
import { startEngine } from '../../worker/engine/start.ts';
import { wordTable, type Network } from '../../worker/model/network.ts';
import { disposeParameters } from '../../worker/model/parameters.ts';
import { lossAndGradients, trainedPaths } from '../../worker/train/step.ts';
import { randomNetwork, referenceOf, tinyBatch, tinyRecipe, type TinyBatch } from '../support/networks.ts';
import { directionalDerivative, dot, norm, randomDirection } from '../support/numbers.ts';
import { meanLoss } from '../support/reference.ts';
import { weight } from '../support/reference-blocks.ts';

const tolerance = 1e-4;
const worst = { loss: 0, gradient: 0 };

interface Found {
  readonly loss: number;
  /** By path; the word table's as a whole table. */
  readonly gradients: Map<string, Float32Array>;
}

async function engineGradients(network: Network, task: Role, { batch }: TinyBatch): Promise<Found> {
  const engine = await startEngine();
  const { loss, gradients, wordGradient } = lossAndGradients(network, task, batch, null);
  const found: Found = {
    loss: loss.dataSync()[0] ?? NaN,
    gradients: new Map([...gradients].map(([path, gradient]) => [path, gradient.dataSync() as Float32Array])),
  };
  const { words, wordSize } = network.sizes;
  const table = new Float32Array(words * wordSize);
  for (const [i, word] of batch.distinctWords.entries()) {
    table.set(wordGradient.dataSync().subarray(i * wordSize, (i + 1) * wordSize), word * wordSize);
  }
  found.gradients.set(wordTable, table);
  for (const tensor of [loss, wordGradient, ...gradients.values()]) tensor.dispose();
  engine.endStep();
  return found;
}

/** Along the gradient itself an error in its length shows, along a random direction any other. */
async function checkTask(recipe: Recipe, task: Role): Promise<void> {
  await startEngine();
  const network = randomNetwork(recipe, 3);
  const given = tinyBatch(network, task, 11);
  const { loss, gradients } = await engineGradients(network, task, given);
  const reference = referenceOf(network);
  const f = (): number => meanLoss(reference, task, given.sentences);
  worst.loss = Math.max(worst.loss, Math.abs(loss - f()));
  assert.ok(Math.abs(loss - f()) < 1e-5, `loss ${loss}, reference ${f()}`);
  assert.deepEqual([...gradients.keys()].sort(), [...trainedPaths(network, task), wordTable].sort());
  for (const [i, [path, gradient]] of [...gradients].entries()) {
    const length = norm(gradient);
    assert.ok(length > 1e-6, `${path} has no gradient`);
    const { values } = weight(reference.weights, path);
    const own = Float64Array.from(gradient, (value) => value / length);
    for (const direction of [own, randomDirection(values.length, i)]) {
      const difference = Math.abs(directionalDerivative(f, values, direction) - dot(gradient, direction));
      worst.gradient = Math.max(worst.gradient, difference / length);
      assert.ok(difference < tolerance * length, `${path}: off by ${difference / length} of its gradient`);
    }
  }
  disposeParameters(network.parameters);
}

describe('loss and gradients agree with double precision', () => {
  after((context) => {
    if ('diagnostic' in context) context.diagnostic(`worst: loss ${worst.loss}, gradient ${worst.gradient}`);
  });

  for (const name of recipeNames) {
    const recipe = tinyRecipe(name);
    for (const task of recipe.tasks) test(`${name}, ${task} batch`, () => checkTask(recipe, task));
  }

  const scalar = ['characterEncoder', 'wordEncoder', 'decoder'].map((component) => `sharing.${component}.gate=scalar`);
  for (const name of ['dtn', 'dtn-hs']) {
    test(`${name} with scalar gates, target batch`, () => checkTask(withSettings(tinyRecipe(name), scalar), 'target'));
  }

  test('dtn at the size of the paper, along the gradient of every weight', async () => {
    await startEngine();
    const network = randomNetwork(recipeNamed('dtn'), 3, 0.1);
    const given = tinyBatch(network, 'target', 11, [4, 2, 1]);
    const { loss, gradients } = await engineGradients(network, 'target', given);
    const reference = referenceOf(network);
    const f = (): number => meanLoss(reference, 'target', given.sentences);
    assert.ok(Math.abs(loss - f()) < 1e-5);
    for (const [path, gradient] of gradients) {
      const length = norm(gradient);
      const own = Float64Array.from(gradient, (value) => value / length);
      const along = directionalDerivative(f, weight(reference.weights, path).values, own);
      assert.ok(Math.abs(along - length) < tolerance * length, `${path}: ${along}, not ${length}`);
    }
    disposeParameters(network.parameters);
  });

  test('a batch of one sentence of one token', async () => {
    await startEngine();
    const network = randomNetwork(tinyRecipe('dtn'), 5);
    const given = tinyBatch(network, 'target', 2, [1]);
    const { loss } = await engineGradients(network, 'target', given);
    assert.ok(Math.abs(loss - meanLoss(referenceOf(network), 'target', given.sentences)) < 1e-5);
    disposeParameters(network.parameters);
  });
});
