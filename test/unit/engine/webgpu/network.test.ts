/** Whole networks on WebGPU: gradients of a training step, tagging, and that nothing is left behind. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { memory } from '@tensorflow/tfjs-core';
import { startWebgpu } from '../../../../worker/engine/webgpu/start.ts';
import { checkTagging } from '../../../support/engine/decoding-suite.ts';
import { runSuitesOn } from '../../../support/engine/started-engine.ts';
import { checkGradients } from '../../../support/gradient-check.ts';
import { tinyRecipe } from '../../../support/networks.ts';

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

  test('a beam of 3 follows the reference: dtn-hs', () => checkTagging(tinyRecipe('dtn-hs'), 'target', 3, 3));

  test('a training step and a tagging leave no tensor behind', async () => {
    const before = memory().numTensors;
    await checkGradients(tinyRecipe('dtn'), 'target');
    await checkTagging(tinyRecipe('dtn'), 'target', 1, 1);
    started.engine.endStep();
    assert.equal(memory().numTensors, before);
  });
});
