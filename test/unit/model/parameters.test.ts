/** Weights by name: how they start, who owns them, and which are pairs. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { startEngine } from '../../../worker/engine/start.ts';
import {
  addParameter,
  disposeParameters,
  initialValues,
  isKeptForInference,
  isSoft,
  ownerOf,
  pathOf,
  normal,
  parameter,
  uniform,
  type Parameters,
} from '../../../worker/model/parameters.ts';

describe('first values', () => {
  const initial = uniform([20, 50], 16);

  test('are the same for the same seed and path, others for another seed or path', () => {
    const values = initialValues('shared/wordEncoder/hard/forward/kernel', initial, 1);
    assert.deepEqual(initialValues('shared/wordEncoder/hard/forward/kernel', initial, 1), values);
    assert.notDeepEqual(initialValues('shared/wordEncoder/hard/forward/kernel', initial, 2), values);
    assert.notDeepEqual(initialValues('shared/wordEncoder/hard/backward/kernel', initial, 1), values);
  });

  test('of soft twins are equal, of independent copies they are not', () => {
    const of = (task: string, copy: string) => initialValues(`${task}/decoder/${copy}/forward/kernel`, initial, 1);
    assert.deepEqual(of('source', 'soft'), of('target', 'soft'));
    assert.notDeepEqual(of('source', 'independent'), of('target', 'independent'));
  });

  test('fill ±1/√size evenly', () => {
    const values = initialValues('target/x/hard/bias', initial, 3);
    assert.equal(values.length, 1000);
    assert.ok(values.every((value) => Math.abs(value) <= 0.25));
    const mean = values.reduce((sum, value) => sum + value, 0) / 1000;
    const variance = values.reduce((sum, value) => sum + value * value, 0) / 1000;
    assert.ok(Math.abs(mean) < 0.02);
    assert.ok(Math.abs(variance - 0.25 ** 2 / 3) < 0.003);
  });

  test('of embeddings have mean 0 and deviation 1', () => {
    const values = initialValues('shared/characterEmbedding', normal([100, 50]), 3);
    const mean = values.reduce((sum, value) => sum + value, 0) / 5000;
    const variance = values.reduce((sum, value) => sum + value * value, 0) / 5000;
    assert.ok(Math.abs(mean) < 0.06);
    assert.ok(Math.abs(variance - 1) < 0.09);
    assert.ok(values.every(Number.isFinite));
  });
});

describe('a path says', () => {
  const soft = 'target/wordEncoder/soft/forward/kernel';

  test('whose a weight is, whether it is a soft copy, and where the same weight of another task lies', () => {
    assert.deepEqual([isSoft(soft), isSoft('shared/wordEncoder/hard/forward/kernel')], [true, false]);
    assert.equal(ownerOf(soft), 'target');
    assert.equal(pathOf('e3c-es', soft), 'e3c-es/wordEncoder/soft/forward/kernel');
  });

  test('whether tagging needs the weight', () => {
    const paths = ['shared/wordEmbedding', soft, pathOf('source', soft), pathOf('e3c-es', soft)];
    assert.deepEqual(paths.map(isKeptForInference), [true, true, false, false]);
  });
});

describe('a set of weights', () => {
  before(() => startEngine());

  test('refuses a second weight of one name, and names one that is missing', () => {
    const parameters: Parameters = new Map();
    addParameter(parameters, 'shared/a', Float32Array.from([1, 2]), [2]);
    assert.throws(() => addParameter(parameters, 'shared/a', Float32Array.from([1]), [1]), /shared\/a exists already/);
    assert.throws(() => parameter(parameters, 'shared/b'), /no weight shared\/b/);
    assert.deepEqual([...parameter(parameters, 'shared/a').dataSync()], [1, 2]);
    disposeParameters(parameters);
    assert.equal(parameters.size, 0);
  });
});
