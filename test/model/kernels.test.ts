/** No silent fallback: whatever training and tagging run has a kernel of the simd backend, and what has none is an error. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  engine,
  getGradient,
  getKernel,
  registerKernel,
  unregisterKernel,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { Task } from '../../worker/domain/task-names.ts';
import { runFused } from '../../worker/engine/ops/kernel-call.ts';
import { startEngine } from '../../worker/engine/start.ts';
import type { Network } from '../../worker/model/network.ts';
import { disposeParameters } from '../../worker/model/parameters.ts';
import { permittedTags } from '../../worker/model/permitted.ts';
import { Optimizer } from '../../worker/train/optimizer.ts';
import { trainStep } from '../../worker/train/step.ts';
import { randomNetwork, tagged, tinyBatch, tinyRecipe, testedRecipes } from '../support/networks.ts';

/** The names of all kernels asked for while `run` runs, in order. */
async function kernelsOf(run: () => unknown): Promise<string[]> {
  const tensors = engine();
  const names: string[] = [];
  const original = tensors.runKernel.bind(tensors);
  tensors.runKernel = <T extends Tensor | Tensor[]>(
    name: string,
    inputs: NamedTensorMap,
    attributes?: NamedAttrMap,
  ): T => {
    names.push(name);
    return original<T>(name, inputs, attributes);
  };
  await Promise.resolve()
    .then(run)
    .finally(() => {
      tensors.runKernel = original;
    });
  return names;
}

/** Kernels of one training step, and of tagging greedily and with a beam. */
async function kernelsOfModel(network: Network, task: Task, lengths: readonly number[]) {
  const started = await startEngine();
  const { batch } = tinyBatch(network, task, 4, lengths);
  const optimizer = new Optimizer(network.parameters, network.recipe.training);
  const training = await kernelsOf(() => trainStep(network, optimizer, task, batch, () => 7));
  started.endStep();
  optimizer.dispose();
  const permitted = permittedTags({ labels: [], size: network.sizes.tags[task] ?? 0 });
  const tagging: string[] = [];
  for (const width of [1, 3]) tagging.push(...(await kernelsOf(() => tagged(network, task, batch, permitted, width))));
  return { training, tagging };
}

describe('every kernel that a recipe runs is one of the simd backend', () => {
  for (const name of testedRecipes) {
    test(name, async () => {
      await startEngine();
      const recipe = tinyRecipe(name);
      const network = randomNetwork(recipe, 1);
      for (const task of recipe.tasks) {
        const { training, tagging } = await kernelsOfModel(network, task, [5, 2, 1]);
        const isFedBack = recipe.decoder.kind === 'tag-lstm';
        const loss = recipe.decoder.kind === 'crf' ? 'CrfLoss' : 'TagLoss';
        const sequence = recipe.wordEncoder.kind === 'gru' ? 'GruSequence' : 'LstmSequence';
        const update = recipe.training.optimizer === 'adam' ? 'AdamUpdate' : 'AdagradUpdate';
        for (const kernel of [sequence, `${sequence}Grad`, loss, `${loss}Grad`, update])
          assert.ok(training.includes(kernel), `${kernel} in training`);
        assert.ok(tagging.includes(isFedBack ? 'DecodeTags' : 'CrfViterbi'));
        const missing = [...training, ...tagging].filter((kernel) => getKernel(kernel, 'simd') === undefined);
        assert.deepEqual(missing, []);
        // An operation put together token by token would run more kernels on longer sentences.
        const longer = await kernelsOfModel(network, task, [19, 11, 6, 6, 1]);
        assert.deepEqual(longer, { training, tagging });
      }
      disposeParameters(network.parameters);
    });
  }
});

test('no other backend is there that could take over', async () => {
  await startEngine();
  assert.equal(engine().backendName, 'simd');
  assert.deepEqual(Object.keys(engine().registryFactory), ['simd']);
});

test('every fused operation has a kernel, and one for its gradient where it has a gradient', async () => {
  await startEngine();
  const folder = fileURLToPath(new URL('../../worker/engine/ops/', import.meta.url));
  const sources = globSync('*.ts', { cwd: folder }).map((file) => readFileSync(folder + file, 'utf8'));
  const named = (pattern: RegExp): string[] =>
    sources.flatMap((text) => [...text.matchAll(pattern)].map(([, name]) => name ?? ''));
  const operations = named(/runFused(?:Single)?\(\s*'(\w+)'/g);
  const differentiable = named(/registerFusedGradient(?:<\w+>)?\(\s*'(\w+)'/g);
  for (const known of ['LstmSequence', 'GruSequence', 'CrfLoss', 'CrfViterbi', 'AdagradUpdate'])
    assert.ok(operations.includes(known), known);
  const wanted = [...operations, ...differentiable.map((name) => `${name}Grad`)];
  assert.deepEqual(
    wanted.filter((name) => getKernel(name, 'simd') === undefined),
    [],
  );
  assert.deepEqual(
    differentiable.filter((name) => getGradient(name) === undefined),
    [],
  );
});

test('an operation without a kernel is an error that names it', async () => {
  await startEngine();
  assert.throws(() => runFused('NoSuchOperation', {}, {}), /NoSuchOperation.*simd/);
  const kernel = getKernel('GateMix', 'simd');
  assert.ok(kernel);
  unregisterKernel('GateMix', 'simd');
  const network = randomNetwork(tinyRecipe('dtn-hs'), 1);
  await assert.rejects(kernelsOfModel(network, 'target', [3, 1]), /GateMix.*simd/);
  registerKernel(kernel);
  disposeParameters(network.parameters);
});
