/** The count of arithmetic that benchmarks divide by. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forwardFlops, trainingFlops, workloadOf } from '../../../worker/model/flops.ts';
import { randomNetwork, tinyBatch, tinyRecipe } from '../../support/networks.ts';
import { disposeParameters } from '../../../worker/model/parameters.ts';
import { startEngine } from '../../../worker/engine/start.ts';

/** Every product of the target's side of a recipe, written out by hand: copies that run, and gates. */
async function byHand(name: string, copies: number, gates: number): Promise<[found: number, expected: number]> {
  await startEngine();
  const network = randomNetwork(tinyRecipe(name), 1);
  const { batch } = tinyBatch(network, 'target', 1);
  const { characterEncoder: c, wordEncoder: w, decoder: d } = network.recipe;
  const { wordSize, characters, tags } = network.sizes;
  const N = batch.rows.rows;
  const word = wordSize + 2 * c.hiddenSize;
  const tag = 2 * w.hiddenSize + d.tagEmbeddingSize;
  const nodes = batch.tries.forward.ids.length + batch.tries.backward.ids.length;
  const lstms =
    nodes * c.hiddenSize * 4 * c.hiddenSize +
    2 * characters * c.embeddingSize * 4 * c.hiddenSize +
    N * 2 * (word + w.hiddenSize) * 4 * w.hiddenSize +
    N * (tag + d.hiddenSize) * 4 * d.hiddenSize;
  const gate =
    batch.tries.words * (4 * c.hiddenSize + c.embeddingSize) * 2 * c.hiddenSize +
    N * (4 * w.hiddenSize + word) * 2 * w.hiddenSize +
    N * (2 * d.hiddenSize + tag) * d.hiddenSize;
  const expected = 2 * (copies * lstms + gates * gate + N * d.hiddenSize * tags.target);
  const found = forwardFlops(network, 'target', workloadOf(batch));
  assert.equal(trainingFlops(network, 'target', workloadOf(batch)), 3 * found);
  disposeParameters(network.parameters);
  return [found, expected];
}

for (const [name, copies, gates] of [
  ['baseline', 1, 0],
  ['ttn-SSS', 1, 0],
  ['dtn-hs', 2, 1],
  ['dtn', 3, 2],
] as const) {
  test(`a forward pass of ${name} counts ${copies} copies and ${gates} gates a component`, async () => {
    const [found, expected] = await byHand(name, copies, gates);
    assert.equal(found, expected);
  });
}
