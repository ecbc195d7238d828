/** What must hold for every recipe, always: see CONTRIBUTING.md, "Permanent invariants". */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { memory } from '@tensorflow/tfjs-core';
import { tagSet } from '../../worker/domain/tags.ts';
import type { Task } from '../../worker/domain/task-names.ts';
import { startEngine } from '../../worker/engine/start.ts';
import { decodeModel, encodeModel, inferenceWeights, networkOf } from '../../worker/model/checkpoint.ts';
import { wordTable, type Network } from '../../worker/model/network.ts';
import { disposeParameters, isSoft } from '../../worker/model/parameters.ts';
import { permittedTags } from '../../worker/model/permitted.ts';
import { Optimizer } from '../../worker/train/optimizer.ts';
import { trainStep } from '../../worker/train/step.ts';
import { randomNetwork, tagged, tinyBatch, tinyRecipe, testedRecipes } from '../support/networks.ts';

const noDropout = null;

function snapshot(network: Network): Map<string, Float32Array> {
  return new Map([...network.parameters].map(([path, value]) => [path, value.dataSync() as Float32Array]));
}

function isSame(a: Float32Array | undefined, b: Float32Array | undefined): boolean {
  assert.ok(a && b);
  return a.every((value, i) => Object.is(value, b[i]));
}

/** Paths whose numbers differ. */
function movedPaths(before: ReadonlyMap<string, Float32Array>, network: Network): Set<string> {
  const after = snapshot(network);
  return new Set([...before.keys()].filter((path) => !isSame(before.get(path), after.get(path))));
}

/** A network, its optimiser, and a function that trains it on one batch of a task. */
async function training(name: string) {
  const engine = await startEngine();
  const recipe = tinyRecipe(name, ['training.learningRate=0.01']);
  const network = randomNetwork(recipe, 17);
  const optimizer = new Optimizer(network.parameters, recipe.training);
  const step = async (task: Task): Promise<number> => {
    const { loss } = await trainStep(network, optimizer, task, tinyBatch(network, task, 5).batch, noDropout);
    engine.endStep();
    return loss;
  };
  const dispose = (): void => {
    optimizer.dispose();
    disposeParameters(network.parameters);
  };
  return { network, step, dispose };
}

for (const name of testedRecipes) {
  const { tasks } = tinyRecipe(name);

  describe(name, () => {
    test('the loss falls for every task', async () => {
      const { step, dispose } = await training(name);
      const first = new Map<Task, number>();
      for (const task of tasks) first.set(task, await step(task));
      for (let i = 0; i < 30; i++) for (const task of tasks) await step(task);
      for (const task of tasks) assert.ok((await step(task)) < 0.7 * (first.get(task) ?? NaN), task);
      dispose();
    });

    for (const task of tasks) {
      test(`a ${task} batch moves what ${task} owns and what is shared, and of the other task only soft twins`, async () => {
        const { network, step, dispose } = await training(name);
        const before = snapshot(network);
        await step(task);
        const moved = movedPaths(before, network);
        for (const path of network.parameters.keys()) {
          const isTrained = path.startsWith('shared/') || path.startsWith(`${task}/`) || isSoft(path);
          assert.equal(moved.has(path), isTrained, path);
        }
        dispose();
      });
    }

    test('of the word table a batch moves only the rows of its own words', async () => {
      const { network, step, dispose } = await training(name);
      const before = snapshot(network).get(wordTable);
      await step('target');
      const after = snapshot(network).get(wordTable);
      const { wordSize, words } = network.sizes;
      const rowOf = (values: Float32Array | undefined, row: number) =>
        values?.slice(row * wordSize, (row + 1) * wordSize);
      const own = new Set(tinyBatch(network, 'target', 5).batch.distinctWords);
      assert.ok(own.size < words, 'some words must stay out');
      for (let row = 0; row < words; row++) {
        assert.equal(isSame(rowOf(before, row), rowOf(after, row)), !own.has(row), `row ${row}`);
      }
      dispose();
    });

    test('without what only the source uses, and after a trip through a file, the target is tagged the same', async () => {
      await startEngine();
      const recipe = tinyRecipe(name);
      const network = randomNetwork(recipe, 23);
      const tags = { source: tagSet(['x']), target: tagSet(['a', 'b']) };
      const words = Array.from({ length: network.sizes.words }, (_, i) => `w${i}`);
      const characters = Array.from({ length: network.sizes.characters }, (_, i) => `${i}`);
      const card = { recipe, vocabulary: { words, characters, tags }, facts: {} };
      const model = decodeModel(encodeModel(card, await inferenceWeights(network)));
      assert.ok([...model.weights.keys()].every((path) => !path.startsWith('source/')));
      const kept = networkOf(model);
      const { batch } = tinyBatch(network, 'target', 9, [7, 4, 4, 1]);
      const permitted = permittedTags(tags.target);
      const found = await tagged(kept, 'target', batch, permitted, 1);
      assert.deepEqual(found, await tagged(network, 'target', batch, permitted, 1));
      disposeParameters(network.parameters);
      disposeParameters(kept.parameters);
    });

    test('the number of tensors and the memory stay the same from step to step', async () => {
      const engine = await startEngine();
      const { step, dispose } = await training(name);
      const held = (): [number, number] => [memory().numTensors, engine.memoryBytes()];
      for (const task of tasks) await step(task);
      const settled = held();
      for (let i = 0; i < 5; i++) for (const task of tasks) await step(task);
      assert.deepEqual(held(), settled);
      dispose();
    });
  });
}

test('after all of it no tensor is left', async () => {
  await startEngine();
  assert.equal(memory().numTensors, 0);
});
