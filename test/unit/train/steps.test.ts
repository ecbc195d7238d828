/** Steps in turn: overlapping or not, the same training. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Engine } from '../../../worker/engine/engine.ts';
import { disposeParameters } from '../../../worker/model/parameters.ts';
import { Optimizer } from '../../../worker/train/optimizer.ts';
import { stepsInTurn, type DoneStep } from '../../../worker/train/steps.ts';
import { startEngine } from '../../support/engine/started-engine.ts';
import { randomNetwork, tinyBatch, tinyRecipe } from '../../support/networks.ts';

interface Trained {
  readonly steps: readonly DoneStep[];
  readonly weights: readonly (readonly number[])[];
}

/** Batches of both tasks in turn, the fourth so long that no other is computed beside it. */
const lengths = [[3, 1, 5], [2], [7, 4, 4], Array.from({ length: 10 }, () => 160), [6, 3], [1], [5, 5]];

async function trained(engine: Pick<Engine, 'overlap' | 'endStep'>): Promise<Trained> {
  const network = randomNetwork(tinyRecipe('dtn-hs'), 9, 0.3);
  const optimizer = new Optimizer(network.parameters, network.recipe.training);
  const steps = stepsInTurn(network, optimizer, engine);
  const done: (DoneStep | null)[] = [];
  for (const [i, sentences] of lengths.entries()) {
    const task = i % 2 === 0 ? 'target' : 'source';
    done.push(await steps.begin(task, tinyBatch(network, task, i, sentences).batch, (place) => i + place.length));
  }
  done.push(steps.finish());
  const weights = await Promise.all([...network.parameters.values()].map(async (weight) => [...(await weight.data())]));
  optimizer.dispose();
  disposeParameters(network.parameters);
  return { steps: done.filter((step) => step !== null), weights };
}

test('a step queued while the one before it is computed finds what it would find alone', async () => {
  const engine = await startEngine();
  const overlapping = await trained(engine);
  const oneByOne = await trained({ overlap: null, endStep: () => engine.endStep() });
  assert.deepEqual(overlapping, oneByOne);
});

test('each step is told once, in its order, with its task and its tokens', async () => {
  const { steps } = await trained(await startEngine());
  assert.deepEqual(
    steps.map(({ task, tokens }) => [task, tokens]),
    [
      ['target', 9],
      ['source', 2],
      ['target', 15],
      ['source', 1600],
      ['target', 9],
      ['source', 1],
      ['target', 10],
    ],
  );
});
