/** Tests of joining rows, dropout, the gate and the tag loss, run on every build of the kernels. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  engine,
  ones,
  tensor,
  tidy,
  type Rank,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { gateMix } from '../../../worker/engine/ops/gate.ts';
import { tagLoss } from '../../../worker/engine/ops/loss.ts';
import { joinRows, noDropout, type Dropout } from '../../../worker/engine/ops/rows.ts';
import { startEngine } from './started-engine.ts';
import { logProbabilities, sharedOutput } from '../reference.ts';
import { addVectors, concatenate, rows, times, weight } from '../reference-blocks.ts';
import { checkOperation, type Operation } from './operation-check.ts';

function join(left: number, right: number, index: readonly number[]): Operation {
  const n = index.length;
  return {
    inputs: { left: { shape: [4, left] }, right: { shape: [n, right] } },
    run: (tensors) =>
      joinRows(
        { table: tensors['left'] as Tensor2D, index: Int32Array.from(index), dropout: noDropout },
        { table: tensors['right'] as Tensor2D, index: null, dropout: noDropout },
        n,
      ),
    reference: (weights) => {
      const table = rows(weight(weights, 'left'));
      return rows(weight(weights, 'right')).map((row, i) => concatenate(table[index[i] ?? 0] ?? [], row));
    },
  };
}

function gate(n: number, O: number, I: number): Operation {
  return {
    inputs: {
      first: { shape: [n, O] },
      second: { shape: [n, O] },
      input: { shape: [n, I] },
      'gate/kernel': { shape: [2 * O + I, O] },
      'gate/bias': { shape: [O] },
    },
    run: (tensors) =>
      gateMix(
        tensors['first'] as Tensor2D,
        tensors['second'] as Tensor2D,
        tensors['input'] as Tensor2D,
        tensors['gate/kernel'] as Tensor2D,
        tensors['gate/bias'] as Tensor1D,
      ),
    reference: (weights) => {
      const [second, input] = [rows(weight(weights, 'second')), rows(weight(weights, 'input'))];
      return rows(weight(weights, 'first')).map((soft, i) =>
        sharedOutput(weights, 'gate', soft, second[i] ?? [], input[i] ?? []),
      );
    },
  };
}

interface LossOptions {
  readonly scale?: number;
  /** What of each hidden number is left, row by row. */
  readonly mask?: { readonly dropout: Dropout; readonly values: Float32Array };
}

function loss(H: number, K: number, tags: readonly number[], { scale = 1, mask }: LossOptions = {}): Operation {
  return {
    inputs: {
      hidden: { shape: [tags.length, H], scale },
      kernel: { shape: [H, K], scale },
      bias: { shape: [K] },
    },
    run: (tensors) =>
      tagLoss(
        tensors['hidden'] as Tensor2D,
        tensors['kernel'] as Tensor2D,
        tensors['bias'] as Tensor1D,
        Int32Array.from(tags),
        mask?.dropout ?? noDropout,
      ),
    reference: (weights) => {
      const [kernel, bias] = [weight(weights, 'kernel'), rows(weight(weights, 'bias'))[0] ?? []];
      const losses = rows(weight(weights, 'hidden')).map((h, i) => {
        const left = h.map((value, unit) => value * (mask ? (mask.values[i * H + unit] ?? NaN) : 1));
        return -(logProbabilities(addVectors(times(left, kernel), bias))[tags[i] ?? 0] ?? NaN);
      });
      return [[losses.reduce((sum, value) => sum + value, 0) / tags.length]];
    },
  };
}

/** What dropout leaves of ones. */
async function droppedOnes(n: number, columns: number, dropout: Dropout): Promise<Float32Array> {
  const started = await startEngine();
  const left = tidy(() => {
    const table = ones<Rank.R2>([n, columns]);
    const joined = joinRows({ table, index: null, dropout }, { table, index: null, dropout: noDropout }, n);
    return joined;
  });
  const values = (await left.data()) as Float32Array;
  left.dispose();
  started.endStep();
  return values.filter((_, i) => i % (2 * columns) < columns);
}

const share = (values: Float32Array): number =>
  values.reduce((sum, value) => sum + (value === 0 ? 1 : 0), 0) / values.length;

function dropoutTests(): void {
  for (const rate of [0.01, 0.25, 0.5, 0.9]) {
    test(`dropout of ${rate} zeroes that share and scales the rest by 1/(1 − rate)`, async () => {
      const values = await droppedOnes(2000, 25, { rate, seed: 7 });
      const sigma = Math.sqrt((rate * (1 - rate)) / values.length);
      assert.ok(Math.abs(share(values) - rate) < 4 * sigma, `${share(values)} of ${rate}`);
      const kept = new Set(values.filter((value) => value !== 0));
      assert.deepEqual([...kept], [Math.fround(1 / (1 - rate))]);
    });
  }

  test('the same seed drops the same numbers', async () => {
    const dropout = { rate: 0.5, seed: 123 };
    assert.deepEqual(await droppedOnes(50, 7, dropout), await droppedOnes(50, 7, dropout));
  });

  test('seeds that follow each other drop independently, also when shifted', async () => {
    const masks = await Promise.all([0, 1, 2, 40503].map((seed) => droppedOnes(1000, 16, { rate: 0.5, seed })));
    const sigma = Math.sqrt(0.25 / 15000);
    for (const [i, a] of masks.entries()) {
      for (const [j, b] of masks.entries()) {
        for (const shift of [0, 1, 4, 16]) {
          if (i === j && shift === 0) continue;
          const both = a.subarray(shift, shift + 15000).filter((value, k) => (value === 0) === (b[k] === 0));
          assert.ok(Math.abs(both.length / 15000 - 0.5) < 5 * sigma, `masks ${i} and ${j} shifted ${shift}`);
        }
      }
    }
  });

  test('the gradient passes where dropout kept, scaled alike', async () => {
    const started = await startEngine();
    const dropout = { rate: 0.4, seed: 99 };
    const mask = await droppedOnes(30, 5, dropout);
    const gradient = tidy(() => {
      const table = tensor<Rank.R2>(new Float32Array(150).fill(3), [30, 5]);
      const other = ones<Rank.R2>([30, 5]);
      const run = (): Tensor =>
        joinRows({ table, index: null, dropout }, { table: other, index: null, dropout: noDropout }, 30);
      return engine().gradients(run, [table], ones([30, 10])).grads[0] as Tensor;
    });
    assert.deepEqual(await gradient.data(), mask);
    gradient.dispose();
    started.endStep();
  });
}

export function rowsSuite(): void {
  describe('rows side by side', () => {
    for (const [left, right] of [
      [1, 1],
      [3, 5],
      [4, 8],
    ] as const) {
      test(`${left} and ${right} columns, rows picked more than once or never`, (t) =>
        checkOperation(t, join(left, right, [3, 0, 0, 1, 3, 3])));
    }
  });

  test('many rows side by side', (t) =>
    checkOperation(
      t,
      join(
        70,
        61,
        Array.from({ length: 301 }, (_, i) => (i * i) % 4),
      ),
    ));

  describe('dropout', dropoutTests);

  describe('the gate agrees with DTN Eq. 1 and 2', () => {
    for (const [n, O, I] of [
      [1, 1, 1],
      [3, 5, 7],
      [7, 6, 4],
      [13, 16, 3],
      [5, 33, 20],
      [70, 42, 31],
    ] as const) {
      test(`${n} rows of ${O}, input ${I}`, (t) => checkOperation(t, gate(n, O, I)));
    }
  });

  describe('the mean cross-entropy', () => {
    for (const K of [1, 5, 13, 16, 17, 33]) {
      test(`of ${K} tags`, (t) =>
        checkOperation(
          t,
          loss(
            5,
            K,
            Array.from({ length: 9 }, (_, i) => (i * 7) % K),
          ),
        ));
    }
    test('of many tokens', (t) =>
      checkOperation(
        t,
        loss(
          31,
          37,
          Array.from({ length: 151 }, (_, i) => (i * 11) % 37),
        ),
      ));
    test('after dropout', async (t) => {
      const dropout = { rate: 0.4, seed: 5 };
      const values = await droppedOnes(9, 6, dropout);
      await checkOperation(t, loss(6, 5, [0, 1, 2, 3, 4, 0, 1, 2, 3], { mask: { dropout, values } }));
    });
    test('of one token', (t) => checkOperation(t, loss(1, 3, [2])));
    test('of confident, partly wrong scores', (t) => checkOperation(t, loss(6, 5, [0, 1, 2, 3, 4, 0], { scale: 4 })));
  });
}
