/** The papers' equations with numbers worked out by hand. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { tensor1d, tensor2d, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import { withSettings } from '../../worker/domain/recipe.ts';
import { lstmSequence } from '../../worker/engine/ops/lstm.ts';
import type { Engine } from '../../worker/engine/engine.ts';
import { startEngine } from '../../worker/engine/start.ts';
import { createNetwork, type Network } from '../../worker/model/network.ts';
import { addParameter, disposeParameters } from '../../worker/model/parameters.ts';
import { copies, meet, type GateWeights } from '../../worker/model/sharing.ts';
import { Optimizer } from '../../worker/train/optimizer.ts';
import { lossAndGradients, trainStep } from '../../worker/train/step.ts';
import { packedRows } from '../support/engine/layouts.ts';
import { randomNetwork, referenceOf, tinyBatch, tinyNetworkSizes, tinyRecipe } from '../support/networks.ts';
import { assertClose, randomValues } from '../support/numbers.ts';
import { shareLoss } from '../support/reference.ts';

let engine: Engine;
before(async () => {
  engine = await startEngine();
});

/** σ(ln 3) = 3/4, σ(−ln 3) = 1/4. */
const ln3 = Math.log(3);

type Row = readonly number[];
const matrix = (rows: readonly Row[]): Tensor2D => tensor2d(rows.map((row) => [...row]));

function gate(kernel: readonly Row[], bias: Row): () => GateWeights {
  return () => ({ kernel: matrix(kernel), bias: tensor1d([...bias]) });
}

/** The meeting of one token's outputs. */
function met(outputs: readonly Row[], gates: readonly (() => GateWeights)[], a: Row): Float32Array {
  const found = tidy(() => {
    const weights = gates.map((make) => make());
    return meet(
      outputs.map((row) => matrix([row])),
      weights,
      () => matrix([a]),
    ).dataSync() as Float32Array;
  });
  engine.endStep();
  return found;
}

const [soft, hard, independent, a] = [[0.2, -0.4], [0.6, 0.1], [-0.5, 0.3], [1]] as const;
const noWeights = [
  [0, 0],
  [0, 0],
  [0, 0],
  [0, 0],
  [0, 0],
];

describe('the gates of DTN', () => {
  test('Eq. 2: a closed gate is the hard copy, an open one the soft copy, half-way their mean', () => {
    assertClose(met([soft, hard], [gate(noWeights, [-100, -100])], a), hard, 1e-6, 'closed');
    assertClose(met([soft, hard], [gate(noWeights, [100, 100])], a), soft, 1e-6, 'open');
    assertClose(met([soft, hard], [gate(noWeights, [0, 0])], a), [0.4, -0.15], 1e-6, 'half');
  });

  test('DTN(HS): g1 = 3/4 gives a quarter of hard and three quarters of soft, element by element', () => {
    assertClose(met([soft, hard], [gate(noWeights, [ln3, -ln3])], a), [0.3, -0.025], 1e-6, 'o_shared');
  });

  test('Eq. 4: o_target = (1 − g2)·independent + g2·o_shared', () => {
    const gates = [gate(noWeights, [ln3, ln3]), gate(noWeights, [-ln3, -ln3])];
    // o_shared = [0.3, −0.275]; three quarters of the independent copy and a quarter of that.
    assertClose(met([soft, hard, independent], gates, a), [-0.3, 0.15625], 1e-6, 'o_target');
  });

  test('Eq. 1: Q reads the soft copy, R the hard copy, S the input', () => {
    for (const kernel of [
      [[ln3], [0], [0]],
      [[0], [ln3 / 2], [0]],
      [[0], [0], [ln3 / 4]],
    ]) {
      assertClose(met([[1], [2]], [gate(kernel, [0])], [4]), [1.25], 1e-6, 'o_shared');
    }
    assertClose(met([[1], [2]], [gate([[ln3], [ln3], [ln3]], [-6 * ln3])], [4]), [1.25], 1e-6, 'all of them');
  });

  test('Eq. 3: T reads the independent copy, U reads o_shared, V the input', () => {
    const half = gate([[0], [0], [0]], [0]);
    // o_shared = 1.5, independent 5: g2 = 3/4 gives 2.375.
    for (const kernel of [
      [[ln3 / 1.5], [0], [0]],
      [[0], [ln3 / 5], [0]],
      [[0], [0], [ln3 / 4]],
    ]) {
      assertClose(met([[1], [2], [5]], [half, gate(kernel, [0])], [4]), [2.375], 1e-6, 'o_target');
    }
  });

  test('the source has no gate: o_source = hard + soft', () => {
    assertClose(met([soft, hard], [], a), [0.8, -0.3], 1e-6, 'o_source');
    const gated = { kind: 'gated', independent: true, gate: 'vector' } as const;
    assert.deepEqual(copies('decoder', gated, 'source'), ['source/decoder/soft', 'shared/decoder/hard']);
  });

  test('a scalar gate is a vector gate whose units are all alike', () => {
    const scalarGates = ['characterEncoder', 'wordEncoder', 'decoder'].map((name) => `sharing.${name}.gate=scalar`);
    const scalar = randomNetwork(withSettings(tinyRecipe('dtn'), scalarGates), 4);
    const tiled: Network = { ...scalar, recipe: tinyRecipe('dtn'), parameters: new Map() };
    const outputs = { characterEncoder: 6, wordEncoder: 12, decoder: 7 };
    for (const [path, value] of scalar.parameters) {
      const component = /\/(\w+)\/gate/.exec(path)?.[1] as keyof typeof outputs | undefined;
      const width = component ? outputs[component] : 1;
      const values = Array.from(value.dataSync()).flatMap((one) => new Array<number>(width).fill(one));
      const shape = component ? [...value.shape.slice(0, -1), width] : value.shape;
      addParameter(tiled.parameters, path, Float32Array.from(values), shape);
    }
    const losses = [scalar, tiled].map((network) => lossOf(network));
    assertClose([losses[0] ?? NaN], [losses[1] ?? NaN], 1e-6, 'loss');
    disposeParameters(scalar.parameters);
    disposeParameters(tiled.parameters);
  });
});

function lossOf(network: Network): number {
  const { loss, gradients, wordGradient } = lossAndGradients(
    network,
    'target',
    tinyBatch(network, 'target', 1).batch,
    null,
  );
  const value = loss.dataSync()[0] ?? NaN;
  for (const tensor of [loss, wordGradient, ...gradients.values()]) tensor.dispose();
  engine.endStep();
  return value;
}

describe('the LSTM', () => {
  test('two steps of one unit with known gates, in the order i, f, g, o', () => {
    const found = tidy(() => {
      const weights = {
        kernel: tensor2d([[0, 0, 0, 0]]),
        recurrent: tensor2d([[0, 0, 0, 0]]),
        // i = 3/4, f = 1/4, g = 1/2, o = 3/4.
        bias: tensor1d([ln3, -ln3, Math.atanh(0.5), ln3]),
      };
      const [h] = lstmSequence(tensor2d([[1], [1]]), [[weights]], packedRows([2]));
      return h?.dataSync();
    });
    engine.endStep();
    // c1 = 3/8; c2 = 3/32 + 3/8.
    assertClose(found ?? [], [0.75 * Math.tanh(0.375), 0.75 * Math.tanh(0.46875)], 1e-6, 'hidden states');
  });
});

describe('the share loss', () => {
  test('is the sum of squared differences over the soft components alone', async () => {
    for (const name of ['ttn-SSS', 'ttn-HSI', 'dtn', 'dtn-hs']) {
      const network = randomNetwork(tinyRecipe(name), 8);
      const expected = shareLoss((await referenceOf(network)).weights);
      const optimizer = new Optimizer(network.parameters, network.recipe.training);
      const found = await trainStep(network, optimizer, 'target', tinyBatch(network, 'target', 1).batch, null);
      engine.endStep();
      assert.ok(expected > 1);
      assertClose([found.shareLoss / expected], [1], 1e-5, name);
      optimizer.dispose();
      disposeParameters(network.parameters);
    }
  });

  test('starts at 0, because soft twins start equal', async () => {
    const recipe = tinyRecipe('ttn-SSS');
    const sizes = tinyNetworkSizes(recipe);
    const network = createNetwork(recipe, sizes, randomValues(sizes.words * sizes.wordSize, 1), 7);
    assert.equal(shareLoss((await referenceOf(network)).weights), 0);
    disposeParameters(network.parameters);
  });

  test('is 0 without soft components', async () => {
    const network = randomNetwork(tinyRecipe('ttn-HIH'), 8);
    const optimizer = new Optimizer(network.parameters, network.recipe.training);
    const found = await trainStep(network, optimizer, 'source', tinyBatch(network, 'source', 1).batch, null);
    engine.endStep();
    assert.equal(found.shareLoss, 0);
    optimizer.dispose();
    disposeParameters(network.parameters);
  });
});

test('dropout has four places: on the word embedding and after each LSTM', () => {
  for (const name of ['baseline', 'dtn']) {
    const network = randomNetwork(tinyRecipe(name), 8);
    const places: string[] = [];
    const { loss, gradients, wordGradient } = lossAndGradients(
      network,
      'target',
      tinyBatch(network, 'target', 1).batch,
      (place) => {
        places.push(place);
        return 1;
      },
    );
    for (const tensor of [loss, wordGradient, ...gradients.values()]) tensor.dispose();
    engine.endStep();
    assert.deepEqual(places.sort(), ['characterEncoder', 'decoder', 'wordEmbedding', 'wordEncoder']);
    disposeParameters(network.parameters);
  }
});
