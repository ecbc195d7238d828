/** Tests of tfjs's plain operations against its own reference backend, run on every build of the kernels. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { startEngine } from '../../../worker/engine/start.ts';
import { assertClose, randomValues } from '../numbers.ts';

type Make = (shape: number[], seed: number) => tf.Tensor;

const make: Make = (shape, seed) => tf.tensor(randomValues(tf.util.sizeFromShape(shape), seed, 2), shape);
const positive: Make = (shape, seed) =>
  tf.tensor(
    randomValues(tf.util.sizeFromShape(shape), seed).map((value) => value + 1.5),
    shape,
  );

const integers = (values: readonly number[]): tf.Tensor1D => tf.tensor1d([...values], 'int32');

/** Each builds its inputs and applies one operation. */
const operations: Readonly<Record<string, () => tf.Tensor>> = {
  'Add of equal shapes': () => tf.add(make([3, 5], 1), make([3, 5], 2)),
  'Add of a scalar': () => tf.add(make([7], 1), tf.scalar(0.25)),
  'Add of a row': () => tf.add(make([3, 5], 1), make([5], 2)),
  'Add of a column': () => tf.add(make([3, 5], 1), make([3, 1], 2)),
  'Sub of a row from rows, and rows from a row': () =>
    tf.sub(tf.sub(make([3, 5], 1), make([1, 5], 2)), make([3, 5], 3)),
  'Sub with the scalar first': () => tf.sub(tf.scalar(1), make([9], 3)),
  Multiply: () => tf.mul(make([2, 6], 1), make([2, 6], 2)),
  RealDiv: () => tf.div(make([2, 7], 1), positive([2, 7], 2)),
  Sigmoid: () => tf.sigmoid(make([11], 1)),
  Tanh: () => tf.tanh(make([11], 1)),
  Neg: () => tf.neg(make([3, 3], 1)),
  Square: () => tf.square(make([3, 3], 1)),
  Exp: () => tf.exp(make([10], 1)),
  Sqrt: () => tf.sqrt(positive([10], 1)),
  Reshape: () => tf.reshape(make([2, 6], 1), [3, -1]),
  Identity: () => tf.clone(make([2, 3], 1)),
  Fill: () => tf.fill([3, 2], 1.5),
  ZerosLike: () => tf.zerosLike(make([3, 2], 1)),
  OnesLike: () => tf.onesLike(make([3, 2], 1)),
  'Concat of columns': () => tf.concat([make([3, 2], 1), make([3, 5], 2), make([3, 1], 3)], 1),
  'Concat of vectors': () => tf.concat([make([2], 1), make([5], 2)]),
  'Slice of a matrix': () => tf.slice(make([5, 6], 1), [1, 2], [3, 3]),
  'Slice to the end': () => tf.slice(make([5, 6], 1), [2, 1]),
  'Slice of a vector': () => tf.slice(make([9], 1), [2], [5]),
  'Sum of all': () => tf.sum(make([5, 7], 1)),
  'Sum over rows': () => tf.sum(make([5, 7], 1), 0),
  'Sum over columns': () => tf.sum(make([5, 7], 1), 1),
  'Sum over columns, kept': () => tf.sum(make([5, 7], 1), 1, true),
  AddN: () => tf.addN([make([2, 3], 1), make([2, 3], 2), make([2, 3], 3)]),
  'MatMul A·B': () => tf.matMul(make([5, 7], 1), make([7, 3], 2)),
  'MatMul Aᵀ·B': () => tf.matMul(make([7, 5], 1), make([7, 3], 2), true, false),
  'MatMul A·Bᵀ': () => tf.matMul(make([5, 7], 1), make([3, 7], 2), false, true),
  'MatMul Aᵀ·Bᵀ': () => tf.matMul(make([7, 5], 1), make([3, 7], 2), true, true),
  Transpose: () => tf.transpose(make([5, 7], 1)),
  GatherV2: () => tf.gather(make([5, 3], 1), integers([4, 0, 0, 2])),
  UnsortedSegmentSum: () => tf.unsortedSegmentSum(make([5, 3], 1), integers([2, 0, 2, 2, 1]), 4),
};

/** What an operation gives on a backend of tfjs. */
async function on(
  backend: 'simd' | 'cpu',
  operation: () => tf.Tensor,
): Promise<{ values: Float32Array; shape: number[] }> {
  const engine = await startEngine();
  await tf.setBackend(backend);
  const found = tf.tidy(() => {
    const result = operation();
    return { values: result.dataSync() as Float32Array, shape: result.shape };
  });
  engine.endStep();
  await tf.setBackend('simd');
  return found;
}

export function plainSuite(): void {
  tf.env().set('PROD', true);

  describe("tfjs's plain operations agree with its own backend", () => {
    for (const [name, operation] of Object.entries(operations)) {
      test(name, async () => {
        const expected = await on('cpu', operation);
        const found = await on('simd', operation);
        assert.deepEqual(found.shape, expected.shape);
        assertClose(found.values, expected.values, 1e-5, name);
      });
    }
  });

  describe('what the backend does not do is refused, never done wrongly', () => {
    const refused: Readonly<Record<string, () => tf.Tensor>> = {
      'a cast between types': () => tf.cast(make([3], 1), 'int32'),
      'a sum over one of three axes': () => tf.sum(make([2, 3, 4], 1), 1),
      'concatenated rows': () => tf.concat([make([2, 3], 1), make([1, 3], 2)], 0),
      'a broadcast in the middle': () => tf.add(make([2, 3, 4], 1), make([2, 1, 4], 2)),
      'gathered columns': () => tf.gather(make([3, 4], 1), integers([0, 1]), 1),
      'a product of batches': () => tf.matMul(make([2, 3, 4], 1), make([2, 4, 5], 2)),
    };
    for (const [name, operation] of Object.entries(refused)) {
      test(name, async () => {
        await assert.rejects(on('simd', operation), /not supported/);
      });
    }
  });

  test('tensors that are disposed give their memory back', async () => {
    const engine = await startEngine();
    const use = (): void => {
      tf.tidy(() => tf.matMul(make([64, 64], 1), make([64, 64], 2)).dataSync());
      engine.endStep();
    };
    use();
    const [bytes, tensors] = [engine.memoryBytes(), tf.memory().numTensors];
    for (let i = 0; i < 300; i++) use();
    assert.deepEqual([engine.memoryBytes(), tf.memory().numTensors], [bytes, tensors]);
  });
}
