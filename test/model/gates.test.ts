/** Gates looked at from outside: the shares are those of DTN's Eq. 1-4, and looking changes nothing. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { startEngine } from '../../worker/engine/start.ts';
import { gatedComponents, gateShares } from '../../worker/model/gates.ts';
import type { Network } from '../../worker/model/network.ts';
import { disposeParameters } from '../../worker/model/parameters.ts';
import { memory, tensor } from '@tensorflow/tfjs-core';
import { randomNetwork, tinyBatch, tinyRecipe } from '../support/networks.ts';

before(() => startEngine());

/** σ(ln 3) = 3/4. */
const ln3 = Math.log(3);

/** Every gate a constant: σ of its bias. */
function setGates(network: Network, biases: readonly number[]): void {
  for (const [path, value] of [...network.parameters]) {
    const gate = /\/gate(\d)\/(kernel|bias)$/.exec(path);
    if (gate === null) continue;
    const number = gate[2] === 'bias' ? (biases[Number(gate[1]) - 1] ?? 0) : 0;
    network.parameters.set(path, tensor(new Float32Array(value.size).fill(number), value.shape));
    value.dispose();
  }
}

for (const [recipe, biases, expected] of [
  ['dtn', [ln3, 0], { soft: 3 / 8, hard: 1 / 8, independent: 1 / 2 }],
  ['dtn-hs', [ln3], { soft: 3 / 4, hard: 1 / 4, independent: null }],
] as const) {
  test(`${recipe}: gates of σ(ln 3)${recipe === 'dtn' ? ' and 1/2' : ''} share the output as the equations say`, async () => {
    const network = randomNetwork(tinyRecipe(recipe), 1);
    setGates(network, biases);
    const { batch } = tinyBatch(network, 'target', 1);
    const shares = await gateShares(network, batch);
    assert.deepEqual([...shares.keys()], ['characterEncoder', 'wordEncoder', 'decoder']);
    for (const rows of shares.values()) {
      for (const { soft, hard, independent } of rows) {
        assert.ok(Math.abs(soft - expected.soft) < 1e-6 && Math.abs(hard - expected.hard) < 1e-6);
        if (expected.independent === null) assert.equal(independent, null);
        else assert.ok(Math.abs((independent ?? NaN) - expected.independent) < 1e-6);
      }
    }
    assert.equal(shares.get('wordEncoder')?.length, batch.rows.rows);
    assert.equal(shares.get('characterEncoder')?.length, batch.distinctForms.length);
    disposeParameters(network.parameters);
  });
}

test('scalar gates are shares too, and nothing stays behind', async () => {
  const scalar = '{"kind":"gated","independent":true,"gate":"scalar"}';
  const network = randomNetwork(
    tinyRecipe('dtn', [`sharing.wordEncoder=${scalar}`, 'sharing.decoder={"kind":"hard"}']),
    2,
  );
  const { batch } = tinyBatch(network, 'target', 1);
  assert.deepEqual(gatedComponents(network), ['characterEncoder', 'wordEncoder']);
  await gateShares(network, batch);
  const tensors = memory().numTensors;
  const shares = await gateShares(network, batch);
  assert.equal(memory().numTensors, tensors);
  for (const rows of shares.values()) {
    for (const { soft, hard, independent } of rows) assert.ok(Math.abs(soft + hard + (independent ?? 0) - 1) < 1e-6);
  }
  disposeParameters(network.parameters);
});
