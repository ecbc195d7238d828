/** Whole networks on WebGPU: gradients, training, tagging, and that nothing is left behind. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { memory } from '@tensorflow/tfjs-core';
import { startWebgpu } from '../../../../worker/engine/webgpu/start.ts';
import { disposeParameters } from '../../../../worker/model/parameters.ts';
import { Optimizer } from '../../../../worker/train/optimizer.ts';
import { trainStep } from '../../../../worker/train/step.ts';
import { checkTagging } from '../../../support/engine/decoding-suite.ts';
import { runSuitesOn } from '../../../support/engine/started-engine.ts';
import { checkGradients } from '../../../support/gradient-check.ts';
import { randomNetwork, tinyBatch, tinyRecipe } from '../../../support/networks.ts';

process.env['NOTEGRAFT_WEBGPU_SOFTWARE'] = '1';
const started = await startWebgpu();
if (started.present) runSuitesOn(started.engine);

describe('networks on the webgpu backend', () => {
  if (!started.present) {
    test('webgpu', { skip: `WebGPU is absent: ${started.reason}` });
    return;
  }
  for (const name of ['baseline', 'dtn-hs']) {
    const recipe = tinyRecipe(name);
    for (const task of recipe.tasks) {
      test(`loss and gradients of a ${task} batch agree with double precision: ${name}`, () =>
        checkGradients(recipe, task));
    }
    test(`tagging follows the reference step by step: ${name}`, () => checkTagging(recipe, 'target', 1, 1));
  }

  test('training steps lower the loss of both tasks: dtn-hs', async () => {
    const recipe = tinyRecipe('dtn-hs', ['training.learningRate=0.1']);
    const network = randomNetwork(recipe, 17);
    const optimizer = new Optimizer(network.parameters, recipe.training);
    const losses = new Map<string, number[]>(recipe.tasks.map((task) => [task, []]));
    for (let step = 0; step < 6; step++) {
      for (const task of recipe.tasks) {
        const { loss } = await trainStep(network, optimizer, task, tinyBatch(network, task, 5).batch, null);
        started.engine.endStep();
        losses.get(task)?.push(loss);
      }
    }
    for (const own of losses.values()) assert.ok((own.at(-1) ?? NaN) < 0.8 * (own[0] ?? NaN), own.join(' '));
    optimizer.dispose();
    disposeParameters(network.parameters);
  });

  test('a beam of 3 follows the reference: dtn-hs', () => checkTagging(tinyRecipe('dtn-hs'), 'target', 3, 3));

  test('a training step and a tagging leave no tensor behind', async () => {
    const before = memory().numTensors;
    await checkGradients(tinyRecipe('dtn'), 'target');
    await checkTagging(tinyRecipe('dtn'), 'target', 1, 1);
    started.engine.endStep();
    assert.equal(memory().numTensors, before);
  });
});
