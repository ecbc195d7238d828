/** The optimiser over named weights: whole training steps against Adam in double precision. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sourcesOf, type Task } from '../../../worker/domain/task-names.ts';
import { withSources } from '../../../worker/domain/tasks.ts';
import { startEngine } from '../../../worker/engine/start.ts';
import { wordTable, type Network } from '../../../worker/model/network.ts';
import { disposeParameters, isSoft, ownerOf, pathOf } from '../../../worker/model/parameters.ts';
import { Optimizer } from '../../../worker/train/optimizer.ts';
import { lossAndGradients, trainStep } from '../../../worker/train/step.ts';
import { randomNetwork, tinyBatch, tinyRecipe, type TinyBatch } from '../../support/networks.ts';
import { assertClose } from '../../support/numbers.ts';
import {
  adamStep,
  clipped,
  referenceWeight,
  withShareGradient,
  type ReferenceWeight,
} from '../../support/engine/adam-reference.ts';

const shareWeight = 0.05;
const clipNorm = 0.4;
const settings = { learningRate: 0.003, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, clipNorm, shareWeight };

interface Gradients {
  readonly dense: Map<string, Float32Array>;
  readonly rows: Float32Array;
}

async function gradientsOf(network: Network, task: Task, { batch }: TinyBatch): Promise<Gradients> {
  const engine = await startEngine();
  const { loss, gradients, wordGradient } = lossAndGradients(network, task, batch, null);
  const dense = new Map([...gradients].map(([path, gradient]) => [path, gradient.dataSync() as Float32Array]));
  const rows = wordGradient.dataSync() as Float32Array;
  for (const tensor of [loss, wordGradient, ...gradients.values()]) tensor.dispose();
  engine.endStep();
  return { dense, rows };
}

/** The same step in double precision, from the engine's gradients. */
function referenceStep(
  weights: Map<string, ReferenceWeight>,
  gradients: Gradients,
  { batch }: TinyBatch,
  wordSize: number,
): void {
  const own = (path: string): ReferenceWeight => weights.get(path) as ReferenceWeight;
  const paths = new Set(gradients.dense.keys());
  const twins = (path: string): string[] =>
    isSoft(path)
      ? [...weights.keys()].filter(
          (other) =>
            other !== path &&
            other === pathOf(ownerOf(other), path) &&
            [ownerOf(path), ownerOf(other)].includes('target'),
        )
      : [];
  for (const path of gradients.dense.keys()) for (const twin of twins(path)) paths.add(twin);
  const whole = [...paths].map((path) => {
    const gradient = gradients.dense.get(path) ?? new Float32Array(own(path).value.length);
    return twins(path)
      .filter((twin) => gradients.dense.has(path) || gradients.dense.has(twin))
      .reduce<Float64Array>(
        (sum, twin) => withShareGradient(sum, own(path).value, own(twin).value, shareWeight),
        Float64Array.from(gradient),
      );
  });
  const scaled = clipped(whole, clipNorm).gradients;
  for (const [i, path] of [...paths].entries()) {
    adamStep(
      own(path),
      scaled[i] ?? [],
      Array.from(own(path).value, (_, at) => at),
      settings,
    );
  }
  const places = Array.from(batch.distinctWords).flatMap((word) =>
    Array.from({ length: wordSize }, (_, c) => word * wordSize + c),
  );
  adamStep(own(wordTable), gradients.rows, places, settings);
}

describe('alternating tasks, each weight keeps its own moments and step count', () => {
  const two = ['target', 'source', 'source', 'target', 'source', 'target', 'target'];
  const four = ['target', 'one', 'two', 'one', 'target', 'three', 'target', 'two'];
  for (const [name, order] of [
    ['ttn-SHS', two],
    ['ttn-IIH', two],
    ['dtn', two],
    ['dtn-hs', two],
    ['ttn-SHS', four],
    ['dtn', four],
  ] as const) {
    const sources = [...new Set(sourcesOf(order))];
    test(`${name} with the sources ${sources.join(', ')}`, async (t) => {
      const engine = await startEngine();
      const settings = [
        `training.clipNorm=${clipNorm}`,
        'training.learningRate=0.003',
        `training.shareWeight=${shareWeight}`,
      ];
      const recipe = withSources(tinyRecipe(name, settings), sources);
      const network = randomNetwork(recipe, 6);
      const optimizer = new Optimizer(network.parameters, recipe.training);
      const weights = new Map(
        [...network.parameters].map(([path, value]) => [path, referenceWeight(value.dataSync())]),
      );
      let worst = 0;
      for (const [round, task] of order.entries()) {
        const given = tinyBatch(network, task, round);
        referenceStep(weights, await gradientsOf(network, task, given), given, network.sizes.wordSize);
        await trainStep(network, optimizer, task, given.batch, null);
        engine.endStep();
        for (const [path, { value }] of weights) {
          const found = network.parameters.get(path)?.dataSync() ?? [];
          worst = Math.max(worst, assertClose(found, value, 2e-5, `round ${round}, ${path}`));
        }
      }
      t.diagnostic(`worst ${worst.toExponential(1)}`);
      optimizer.dispose();
      disposeParameters(network.parameters);
    });
  }
});

test('the norm that is reported is the one before clipping', async () => {
  const engine = await startEngine();
  const network = randomNetwork(tinyRecipe('baseline', ['training.clipNorm=0.001']), 2);
  const given = tinyBatch(network, 'target', 1);
  const { dense } = await gradientsOf(network, 'target', given);
  const optimizer = new Optimizer(network.parameters, network.recipe.training);
  const { norm } = await trainStep(network, optimizer, 'target', given.batch, null);
  engine.endStep();
  assertClose(
    [norm],
    [
      clipped(
        [...dense.values()].map((gradient) => Float64Array.from(gradient)),
        1,
      ).norm,
    ],
    1e-5,
    'norm',
  );
  assert.ok(norm > 0.1);
  optimizer.dispose();
  disposeParameters(network.parameters);
});

test('a gradient for a weight that does not exist is an error', async () => {
  await startEngine();
  const network = randomNetwork(tinyRecipe('baseline'), 2);
  const optimizer = new Optimizer(network.parameters, network.recipe.training);
  const gradient = network.parameters.get(wordTable);
  assert.ok(gradient);
  const table = { path: wordTable, rows: new Int32Array(0), gradient };
  assert.throws(() => optimizer.apply(new Map([['target/none', gradient]]), table), /no weight target\/none/);
  optimizer.dispose();
  disposeParameters(network.parameters);
});
