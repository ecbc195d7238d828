/** Tests of the AdaGrad step in double precision, run on every build of the kernels. */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { tensor, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { adagradUpdate, type AdagradDense, type AdagradSettings } from '../../../worker/engine/ops/adagrad.ts';
import { assertClose, randomValues } from '../numbers.ts';
import { clipped, withShareGradient } from './adam-reference.ts';
import { startEngine } from './started-engine.ts';

const settings: AdagradSettings = { learningRate: 0.01, epsilon: 1e-10, clipNorm: 1e9, shareWeight: 0.3 };

interface Weight {
  readonly value: Tensor;
  readonly squares: Tensor;
  readonly reference: { readonly value: Float64Array; readonly squares: Float64Array };
}

function weightOf(values: Float32Array, shape: number[]): Weight {
  return {
    value: tensor(values, shape),
    squares: zeros(shape),
    reference: { value: Float64Array.from(values), squares: new Float64Array(values.length) },
  };
}

/** Duchi et al. 2011, diagonal, over the numbers that `places` lists. */
function adagradStep({ value, squares }: Weight['reference'], gradient: ArrayLike<number>, places?: number[]): void {
  for (const [i, place] of (places ?? Array.from(value, (_, own) => own)).entries()) {
    const g = gradient[i] ?? NaN;
    squares[place] = (squares[place] ?? NaN) + g * g;
    const rate = settings.learningRate / (Math.sqrt(squares[place] ?? NaN) + settings.epsilon);
    value[place] = (value[place] ?? NaN) - rate * g;
  }
}

function compare({ value, squares, reference }: Weight, what: string): number {
  assertClose(squares.dataSync(), reference.squares, 5e-6, `squares, ${what}`);
  return assertClose(value.dataSync(), reference.value, 2e-6, what);
}

/** Sizes that fill vectors, such that do not, and one that is cut into pieces. */
const sizes = [1, 3, 4, 5, 16, 70_003, 37];

async function denseSteps(t: TestContext, clipNorm: number): Promise<void> {
  const engine = await startEngine();
  const weights = sizes.map((size, i) => weightOf(randomValues(size, i + 1), [size]));
  let worst = 0;
  for (let round = 0; round < 12; round++) {
    const active = weights.filter((_, i) => round % (i + 1) === 0);
    const gradients = active.map(({ value }, i) => randomValues(value.size, 1000 + round * 50 + i, i === 3 ? 1e-3 : 1));
    const dense = active.map((weight, i): AdagradDense => {
      return { value: weight.value, squares: weight.squares, gradient: tensor(gradients[i] ?? []), twin: null };
    });
    const { norm, shareLoss } = adagradUpdate(dense, [], { ...settings, clipNorm });
    const wanted = clipped(
      gradients.map((gradient) => Float64Array.from(gradient)),
      clipNorm,
    );
    assertClose([(norm.dataSync()[0] ?? NaN) / wanted.norm], [1], 1e-5, 'norm');
    assert.deepEqual([...shareLoss.dataSync()], [0]);
    for (const [i, weight] of active.entries()) {
      adagradStep(weight.reference, wanted.gradients[i] ?? []);
      worst = Math.max(worst, compare(weight, `weight of ${weight.value.size}, round ${round}`));
    }
    for (const done of [norm, shareLoss, ...dense.map(({ gradient }) => gradient)]) done?.dispose();
    engine.endStep();
  }
  t.diagnostic(`worst weight after 12 rounds ${worst.toExponential(1)}`);
}

async function softPair(size: number): Promise<void> {
  const engine = await startEngine();
  const starts = [randomValues(size, 1), randomValues(size, 2)] as const;
  const gradient = randomValues(size, 3);
  const [left, right] = [weightOf(starts[0], [size]), weightOf(starts[1], [size])];
  const { norm, shareLoss } = adagradUpdate(
    [
      { value: left.value, squares: left.squares, gradient: tensor(gradient), twin: right.value },
      { value: right.value, squares: right.squares, gradient: null, twin: left.value },
    ],
    [],
    settings,
  );
  const both = [
    withShareGradient(gradient, starts[0], starts[1], settings.shareWeight),
    withShareGradient(new Float64Array(size), starts[1], starts[0], settings.shareWeight),
  ];
  const distance = starts[0].reduce((sum, value, i) => sum + (value - (starts[1][i] ?? NaN)) ** 2, 0);
  assertClose([(shareLoss.dataSync()[0] ?? NaN) / distance], [1], 1e-5, 'share loss');
  assertClose([(norm.dataSync()[0] ?? NaN) / clipped(both, 1e9).norm], [1], 1e-5, 'norm');
  for (const [i, weight] of [left, right].entries()) {
    adagradStep(weight.reference, both[i] ?? []);
    compare(weight, `half ${i}`);
  }
  engine.endStep();
}

async function rowUpdates(columns: number): Promise<void> {
  const engine = await startEngine();
  const table = weightOf(randomValues(9 * columns, 5), [9, columns]);
  for (let round = 0; round < 6; round++) {
    const rows = Int32Array.from([[3, 0], [8], [1, 3, 5], [3]][round % 4] ?? []);
    const gradient = randomValues(rows.length * columns, 60 + round);
    const places = Array.from(rows).flatMap((row) => Array.from({ length: columns }, (_, c) => row * columns + c));
    const update = {
      table: table.value,
      squares: table.squares,
      rows,
      gradient: tensor(gradient, [rows.length, columns]),
    };
    const { norm, shareLoss } = adagradUpdate([], [update], { ...settings, clipNorm: 1e-3 });
    adagradStep(table.reference, gradient, places);
    compare(table, `round ${round}`);
    for (const done of [update.gradient, norm, shareLoss]) done.dispose();
    engine.endStep();
  }
}

export function adagradSuite(): void {
  describe('the optimiser step agrees with AdaGrad', () => {
    test('dense weights of every size, some not in every step', (t) => denseSteps(t, 1e9));
    test('dense weights clipped to a global norm', (t) => denseSteps(t, 0.5));
    for (const size of [11, 70_003])
      test(`a soft pair of ${size} is pulled together, also the half without a gradient`, () => softPair(size));
    for (const columns of [1, 3, 4, 7, 100])
      test(`rows of ${columns} numbers; rows not named keep their numbers and sums`, () => rowUpdates(columns));
  });
}
