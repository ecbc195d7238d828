/** Experts, gate and critic against double precision on every backend that is there: values, and gradients of features and weights. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import {
  engine as tfjs,
  matMul,
  reshape,
  tensor2d,
  tidy,
  type Rank,
  type Scalar,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { criticInitials, criticLoss, type CriticKind } from '../../worker/model/discriminator.ts';
import { expertInitials, expertShares, gateLoss, mixExperts } from '../../worker/model/experts.ts';
import type { Initial, Parameters } from '../../worker/model/parameters.ts';
import { addParameter, disposeParameters } from '../../worker/model/parameters.ts';
import { backends } from '../support/engine/backends.ts';
import { assertClose, directionalDerivative, dot, norm, randomDirection, randomValues } from '../support/numbers.ts';
import { criticTokenLoss, expertMix, sharesOf } from '../support/reference-experts.ts';
import { matrixOf, rows, type Matrix, type Vector } from '../support/reference-blocks.ts';

const [N, I, M] = [7, 5, 3];
const sources = ['es', 'fr', 'it'];
const tasks = Int32Array.from([0, 3, 1, 2, 3, 0, 0]);
/** What turns a matrix into one number that depends on all of it. */
const probe = randomValues(N * M, 99);

interface Case {
  readonly what: string;
  readonly initials: [path: string, initial: Initial][];
  readonly run: (parameters: Parameters, features: Tensor2D) => Scalar;
  /** The same of rows of features. */
  readonly reference: (weights: ReadonlyMap<string, Matrix>, features: readonly Vector[]) => number;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function criticCase(kind: CriticKind): Case {
  return {
    what: `the critic, ${kind}`,
    initials: criticInitials(I, 4, 4),
    run: (parameters, features) => criticLoss(parameters, kind, features, tasks),
    reference: (weights, features) => mean(features.map((x, t) => criticTokenLoss(weights, kind, x, tasks[t] ?? NaN))),
  };
}

function mixCase(of: readonly string[]): Case {
  return {
    what: `a mixture of ${of.length}`,
    initials: expertInitials(of, I, M),
    run: (parameters, features) =>
      reshape<Rank.R0>(
        matMul(reshape<Rank.R2>(mixExperts(parameters, of, features), [1, -1]), tensor2d(probe, [N * M, 1])),
        [],
      ),
    reference: (weights, features) =>
      dot(
        features.flatMap((x) => [...expertMix(weights, of, x)]),
        probe,
      ),
  };
}

const cases: readonly Case[] = [
  mixCase(sources),
  mixCase(['es']),
  {
    what: 'the gate’s loss',
    initials: expertInitials(sources, I, M).filter(([path]) => path.includes('expertGate')),
    run: (parameters, features) => gateLoss(parameters, sources, 1, features) as Scalar,
    reference: (weights, features) => mean(features.map((x) => -Math.log(sharesOf(weights, sources, x)[1] ?? NaN))),
  },
  criticCase('nll'),
  criticCase('wgan'),
];

/** Value and all gradients against finite differences of the reference. */
async function check({ initials, run, reference }: Case): Promise<void> {
  const parameters: Parameters = new Map();
  for (const [i, [path, { shape }]] of initials.entries())
    addParameter(
      parameters,
      path,
      randomValues(
        shape.reduce((a, b) => a * b),
        i + 1,
        0.9,
      ),
      shape,
    );
  const given = randomValues(N * I, 50);
  const features = tensor2d(given, [N, I]);
  const inputs: [string, Tensor][] = [...parameters, ['features', features]];
  const { value, grads } = tfjs().gradients(
    () => run(parameters, features),
    inputs.map(([, input]) => input),
  );
  const weights = new Map(
    await Promise.all(inputs.map(async ([path, input]) => [path, matrixOf(await input.data(), input.shape)] as const)),
  );
  const f = (): number => reference(weights, rows(weights.get('features') as Matrix));
  assertClose(await value.data(), [f()], 1e-5, 'value');
  for (const [i, [path]] of inputs.entries()) {
    const gradient = await (grads[i] as Tensor).data();
    const { values } = weights.get(path) as Matrix;
    assert.ok(norm(gradient) > 1e-4, `${path} has no gradient`);
    const direction = randomDirection(values.length, i);
    const difference = Math.abs(directionalDerivative(f, values, direction) - dot(gradient, direction));
    assert.ok(difference < 1e-4 * norm(gradient), `${path}: off by ${difference}`);
  }
  for (const gone of [value, features, ...grads]) gone.dispose();
  disposeParameters(parameters);
}

for (const name of ['simd', 'cpu', 'tensorflow'] as const) {
  describe(`on the ${name} backend`, () => {
    let engine: Awaited<ReturnType<(typeof backends)[typeof name]>> = 'not started';
    before(async () => {
      engine = await backends[name]();
    });
    const onBackend = (what: string, run: () => Promise<void>): void => {
      test(what, async (t) => {
        if (typeof engine === 'string') t.skip(engine);
        else await run();
      });
    };

    for (const one of cases) {
      onBackend(`${one.what} is what double precision says, and so are its gradients`, () => check(one));
    }

    onBackend('shares of very large scores are still shares', async () => {
      const parameters: Parameters = new Map();
      addParameter(parameters, 'shared/wordEncoder/expertGate/kernel', Float32Array.from([900, -900, 0]), [1, 3]);
      addParameter(parameters, 'shared/wordEncoder/expertGate/bias', new Float32Array(3), [3]);
      const shares = tidy(() => expertShares(parameters, sources, tensor2d([1, -1], [2, 1])) as Tensor2D);
      assertClose(await shares.data(), [1, 0, 0, 0, 1, 0], 1e-6, 'shares');
      shares.dispose();
      disposeParameters(parameters);
    });
  });
}
