/** A target and several sources: what each kind of sharing means for them, and that a network of two tasks is the old one. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tagSet } from '../../worker/domain/tags.ts';
import type { Task } from '../../worker/domain/task-names.ts';
import { withSources } from '../../worker/domain/tasks.ts';
import { startEngine } from '../../worker/engine/start.ts';
import { decodeModel, encodeModel, inferenceWeights, networkOf } from '../../worker/model/checkpoint.ts';
import type { Network } from '../../worker/model/network.ts';
import { disposeParameters, isSoft, ownerOf } from '../../worker/model/parameters.ts';
import { permittedTags } from '../../worker/model/permitted.ts';
import { Optimizer } from '../../worker/train/optimizer.ts';
import { trainedPaths, trainStep, type TrainedStep } from '../../worker/train/step.ts';
import { checkGradients } from '../support/gradient-check.ts';
import { randomNetwork, referenceOf, tagged, tinyBatch, tinyRecipe } from '../support/networks.ts';
import { shareLoss } from '../support/reference.ts';

/** Each kind of sharing, in each place where it means something else. */
const names = ['ttn-SSS', 'ttn-HIS', 'dtn', 'dtn-hs-crf', 'yang-t-a', 'sc-lstm', 'lstm-d'];
const sources: readonly Task[] = ['one', 'two'];

function threeTasks(name: string, settings: readonly string[] = []) {
  return withSources(tinyRecipe(name, settings), sources);
}

async function stepOnce(network: Network, task: Task): Promise<TrainedStep> {
  const engine = await startEngine();
  const optimizer = new Optimizer(network.parameters, network.recipe.training);
  const trained = await trainStep(network, optimizer, task, tinyBatch(network, task, 5).batch, null);
  engine.endStep();
  optimizer.dispose();
  return trained;
}

function values(network: Network): Map<string, string> {
  return new Map([...network.parameters].map(([path, value]) => [path, value.dataSync().join()]));
}

for (const name of names) {
  describe(name, () => {
    for (const task of [...sources, 'target']) {
      test(`loss and gradients of a batch of ${task} agree with double precision`, () =>
        checkGradients(threeTasks(name), task));

      test(`a batch of ${task} moves what it runs and soft twins, nothing else of the other tasks`, async () => {
        await startEngine();
        const network = randomNetwork(threeTasks(name), 17);
        const before = values(network);
        await stepOnce(network, task);
        const after = values(network);
        const trained = new Set(trainedPaths(network, task));
        for (const path of network.parameters.keys()) {
          const isPulled = isSoft(path) && (task === 'target' || ownerOf(path) === 'target');
          const isTrained = trained.has(path) || isPulled || path === 'shared/wordEmbedding';
          assert.equal(after.get(path) !== before.get(path), isTrained, path);
        }
        disposeParameters(network.parameters);
      });
    }

    test('without what only sources use the target is tagged the same', async () => {
      await startEngine();
      const network = randomNetwork(threeTasks(name), 23);
      const tags = { target: tagSet(['a', 'b']) };
      const words = Array.from({ length: network.sizes.words }, (_, i) => `w${i}`);
      const characters = Array.from({ length: network.sizes.characters }, (_, i) => `${i}`);
      const card = { recipe: network.recipe, vocabulary: { words, characters, tags }, facts: {} };
      const model = decodeModel(encodeModel(card, await inferenceWeights(network)));
      assert.ok([...model.weights.keys()].every((path) => !sources.includes(ownerOf(path))));
      const kept = networkOf(model);
      const { batch } = tinyBatch(network, 'target', 9, [7, 4, 4, 1]);
      const permitted = permittedTags(tags.target);
      const found = await tagged(kept, 'target', batch, permitted, 1);
      assert.deepEqual(found, await tagged(network, 'target', batch, permitted, 1));
      disposeParameters(network.parameters);
      disposeParameters(kept.parameters);
    });
  });
}

test('L_share is the sum over the sources; a source’s batch sees its own pair', async () => {
  await startEngine();
  const network = randomNetwork(threeTasks('ttn-SSS'), 3);
  const { weights } = await referenceOf(network);
  const of = (source: Task): number => {
    const pair = [...weights].filter(([path]) => [source, 'target', 'shared'].includes(ownerOf(path)));
    return shareLoss(new Map(pair));
  };
  const close = (found: number, expected: number): void =>
    assert.ok(Math.abs(found - expected) < 1e-5 * expected, `${found}, not ${expected}`);
  close((await stepOnce(network, 'target')).shareLoss, of('one') + of('two'));
  disposeParameters(network.parameters);
  const again = randomNetwork(threeTasks('ttn-SSS'), 3);
  close((await stepOnce(again, 'two')).shareLoss, of('two'));
  disposeParameters(again.parameters);
});

test('of a layered stack each next source is read one layer higher, and the target owns what is above them', () => {
  const network = randomNetwork(threeTasks('lstm-d'), 1);
  const layers = (task: Task): string[] =>
    trainedPaths(network, task).filter((path) => path.includes('/wordEncoder/') && path.endsWith('forward/kernel'));
  const [first, second, third] = ['', '/layer2', '/layer3'].map(
    (layer, i) => `${i === 2 ? 'target' : 'shared'}/wordEncoder/hard${layer}/forward/kernel`,
  );
  assert.deepEqual(layers('one'), [first]);
  assert.deepEqual(layers('two'), [first, second]);
  assert.deepEqual(layers('target'), [first, second, third]);
  disposeParameters(network.parameters);
});

test('a source weighs as much as the recipe says', async () => {
  await startEngine();
  const norms = async (settings: readonly string[]): Promise<number[]> => {
    const all: number[] = [];
    for (const task of [...sources, 'target']) {
      const network = randomNetwork(threeTasks('sc-lstm', settings), 3);
      all.push((await stepOnce(network, task)).norm);
      disposeParameters(network.parameters);
    }
    return all;
  };
  const plain = await norms([]);
  const weighted = await norms(['training.sourceWeight=0.5', 'training.sourceWeights={"two":3}']);
  const ratios = weighted.map((norm, i) => norm / (plain[i] ?? NaN));
  for (const [i, expected] of [0.5, 3, 1].entries()) assert.ok(Math.abs((ratios[i] ?? NaN) - expected) < 1e-4);
});
