/** The critic's own steps: they teach the critic alone, to tell tasks apart. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expertsOf, type Experts } from '../../../worker/domain/experts.ts';
import { withSources } from '../../../worker/domain/tasks.ts';
import { startEngine } from '../../../worker/engine/start.ts';
import { isCritic } from '../../../worker/model/discriminator.ts';
import type { Network } from '../../../worker/model/network.ts';
import { disposeParameters } from '../../../worker/model/parameters.ts';
import { criticStep, type CriticBatch } from '../../../worker/train/critic.ts';
import { Optimizer } from '../../../worker/train/optimizer.ts';
import { randomNetwork, tinyBatch, tinyRecipe } from '../../support/networks.ts';
import { largest } from '../../support/numbers.ts';

/** A network of two sources, and a batch whose tokens belong to the three tasks by their words. */
async function prepared(settings: readonly string[]) {
  const engine = await startEngine();
  const recipe = withSources(tinyRecipe('man-moe', ['training.learningRate=0.01', ...settings]), ['es', 'fr']);
  const network = randomNetwork(recipe, 4);
  const optimizer = new Optimizer(network.parameters, recipe.training);
  const { batch } = tinyBatch(network, 'target', 3);
  const given: CriticBatch = { batch, tasks: batch.words.map((word) => word % 3) };
  const step = async (): Promise<number> => {
    const loss = await criticStep(network, optimizer, expertsOf(recipe) as Experts, given);
    engine.endStep();
    return loss;
  };
  const dispose = (): void => {
    optimizer.dispose();
    disposeParameters(network.parameters);
  };
  return { network, step, dispose };
}

function snapshot({ parameters }: Network): Map<string, Float32Array> {
  return new Map([...parameters].map(([path, value]) => [path, value.dataSync<'float32'>().slice()]));
}

for (const adversary of ['nll', 'wgan']) {
  test(`${adversary}: the loss falls, and nothing but the critic moves`, async () => {
    const { network, step, dispose } = await prepared([
      `sharing.wordEncoder.adversary=${adversary}`,
      'sharing.wordEncoder.criticClip=1',
    ]);
    const before = snapshot(network);
    const first = await step();
    for (let i = 0; i < 60; i++) await step();
    const last = await step();
    assert.ok(last < first - 0.1, `${first} to ${last}`);
    for (const [path, values] of snapshot(network)) {
      const isSame = values.every((value, i) => value === before.get(path)?.[i]);
      assert.equal(isSame, !isCritic(path), path);
    }
    dispose();
  });
}

test('the weights of a wgan critic stay within their bound', async () => {
  const { network, step, dispose } = await prepared([
    'sharing.wordEncoder.adversary=wgan',
    'sharing.wordEncoder.criticClip=0.05',
  ]);
  await step();
  for (const [path, values] of snapshot(network)) {
    if (isCritic(path)) assert.ok(largest(values) <= Math.fround(0.05), path);
  }
  dispose();
});
