/** Tests of the optimiser step against Adam in double precision, run on every build of the kernels. */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { tensor, type Tensor } from '@tensorflow/tfjs-core';
import { adamUpdate, type AdamSettings, type DenseUpdate } from '../../../worker/engine/ops/adam.ts';
import { startEngine } from './started-engine.ts';
import { assertClose, randomValues } from '../numbers.ts';
import { adamStep, clipped, referenceWeight, withShareGradient, type ReferenceWeight } from './adam-reference.ts';

const settings: AdamSettings = {
  learningRate: 0.01,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  clipNorm: 1e9,
  shareWeight: 0.3,
};

interface Stored {
  readonly value: Tensor;
  readonly first: Tensor;
  readonly second: Tensor;
}

function stored(values: Float32Array, shape: number[]): Stored {
  return {
    value: tensor(values, shape),
    first: tensor(
      values.map(() => 0),
      shape,
    ),
    second: tensor(
      values.map(() => 0),
      shape,
    ),
  };
}

const everything = (weight: ReferenceWeight): number[] => Array.from(weight.value, (_, i) => i);

/** Sizes that fill vectors, such that do not, and one that is cut into pieces. */
const sizes = [1, 3, 4, 5, 16, 70_003, 37];

/** Several steps over dense weights of all sizes; `step` numbers differ from weight to weight. */
async function denseSteps(t: TestContext, clipNorm: number): Promise<void> {
  const engine = await startEngine();
  const own = { ...settings, clipNorm };
  const weights = sizes.map((size, i) => stored(randomValues(size, i + 1), [size]));
  const references = sizes.map((size, i) => referenceWeight(randomValues(size, i + 1)));
  let worst = 0;
  for (let round = 0; round < 12; round++) {
    // A weight is not updated in every round: its own step count decides the bias correction.
    const active = sizes.map((_, i) => i).filter((i) => round % (i + 1) === 0);
    const gradients = active.map((i) => randomValues(sizes[i] ?? 0, 1000 + round * 50 + i, i === 3 ? 1e-3 : 1));
    const dense = active.map((i, k): DenseUpdate => {
      const [weight, reference] = [weights[i] as Stored, references[i] as ReferenceWeight];
      return { ...weight, gradient: tensor(gradients[k] ?? []), step: reference.step + 1, twin: null };
    });
    const { norm, shareLoss } = adamUpdate(dense, [], own);
    const expected = clipped(
      gradients.map((gradient) => Float64Array.from(gradient)),
      clipNorm,
    );
    assertClose([((await norm.data())[0] ?? NaN) / expected.norm], [1], 1e-5, 'norm');
    assert.deepEqual([...(await shareLoss.data())], [0]);
    for (const [k, i] of active.entries()) {
      const [weight, reference] = [weights[i] as Stored, references[i] as ReferenceWeight];
      adamStep(reference, expected.gradients[k] ?? [], everything(reference), own);
      worst = Math.max(
        worst,
        assertClose(await weight.value.data(), reference.value, 2e-6, `weight ${i}, round ${round}`),
      );
    }
    for (const { gradient } of dense) gradient?.dispose();
    norm.dispose();
    shareLoss.dispose();
    engine.endStep();
  }
  t.diagnostic(`worst weight after 12 rounds ${worst.toExponential(1)}`);
}

function denseTests(): void {
  test('dense weights of every size, each with its own step count', (t) => denseSteps(t, 1e9));
  test('dense weights clipped to a global norm', (t) => denseSteps(t, 0.5));

  for (const size of [11, 70_003]) {
    test(`a soft pair of ${size} is pulled together, also the half without a gradient`, () => softPair(size));
  }
}

async function softPair(size: number): Promise<void> {
  const engine = await startEngine();
  const starts = [randomValues(size, 1), randomValues(size, 2)] as const;
  const gradient = randomValues(size, 3);
  const [left, right] = [stored(starts[0], [size]), stored(starts[1], [size])];
  const { norm, shareLoss } = adamUpdate(
    [
      { ...left, gradient: tensor(gradient), step: 1, twin: right.value },
      { ...right, gradient: null, step: 1, twin: left.value },
    ],
    [],
    settings,
  );
  const nothing = new Float64Array(size);
  const both = [
    withShareGradient(gradient, starts[0], starts[1], settings.shareWeight),
    withShareGradient(nothing, starts[1], starts[0], settings.shareWeight),
  ];
  const distance = starts[0].reduce((sum, value, i) => sum + (value - (starts[1][i] ?? NaN)) ** 2, 0);
  assertClose([((await shareLoss.data())[0] ?? NaN) / distance], [1], 1e-5, 'share loss');
  assertClose([((await norm.data())[0] ?? NaN) / clipped(both, 1e9).norm], [1], 1e-5, 'norm');
  for (const [i, { value }] of [left, right].entries()) {
    const reference = referenceWeight(starts[i] ?? []);
    adamStep(reference, both[i] ?? [], everything(reference), settings);
    assertClose(await value.data(), reference.value, 1e-6, `half ${i}`);
  }
  engine.endStep();
}

function rowTests(): void {
  for (const columns of [1, 3, 4, 7, 100]) {
    test(`rows of ${columns} numbers; rows not named keep their numbers and moments`, async () => {
      const engine = await startEngine();
      const start = randomValues(9 * columns, 5);
      const table = stored(start, [9, columns]);
      const reference = referenceWeight(start);
      for (let round = 0; round < 6; round++) {
        const rows = Int32Array.from([[3, 0], [8], [1, 3, 5], [3]][round % 4] ?? []);
        const gradient = randomValues(rows.length * columns, 60 + round);
        const places = Array.from(rows).flatMap((row) => Array.from({ length: columns }, (_, c) => row * columns + c));
        const update = {
          table: table.value,
          first: table.first,
          second: table.second,
          step: reference.step + 1,
          rows,
          gradient: tensor(gradient, [rows.length, columns]),
        };
        const { norm, shareLoss } = adamUpdate([], [update], { ...settings, clipNorm: 1e-3 });
        adamStep(reference, gradient, places, settings);
        assertClose(await table.value.data(), reference.value, 2e-6, `round ${round}`);
        assertClose(await table.first.data(), reference.first, 2e-6, `first moment, round ${round}`);
        assertClose(await table.second.data(), reference.second, 2e-6, `second moment, round ${round}`);
        for (const done of [update.gradient, norm, shareLoss]) done.dispose();
        engine.endStep();
      }
    });
  }
}

export function adamSuite(): void {
  describe('the optimiser step agrees with Adam', () => {
    denseTests();
    rowTests();
  });
}
