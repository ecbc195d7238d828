/** GRU, CRF and AdaGrad give the same bits on any number of threads. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engine as tensorEngine, tensor, tidy, zeros, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { adagradUpdate } from '../../../worker/engine/ops/adagrad.ts';
import { crfMarginLoss, crfPermitted, crfViterbi } from '../../../worker/engine/ops/crf.ts';
import { gruSequence } from '../../../worker/engine/ops/gru.ts';
import { simdBackend } from '../../../worker/engine/simd/backend.ts';
import { startEngine } from '../../../worker/engine/start.ts';
import { permittedTags } from '../../../worker/model/permitted.ts';
import { packedRows } from '../../support/engine/layouts.ts';
import { randomValues } from '../../support/numbers.ts';

const layout = packedRows([24, 22, 19, 19, 15, 13, 9, 8, 8, 5, 3, 2, 1, 1]);
const [I, H, K] = [30, 37, 41];

let seed = 0;
const random = (...shape: number[]): Tensor =>
  tensor(
    randomValues(
      shape.reduce((product, length) => product * length, 1),
      ++seed,
      0.5,
    ),
    shape,
  );

/** A bidirectional GRU, its emissions' CRF, all gradients, one AdaGrad step, and the best path: every number that comes out. */
async function everything(threads: number): Promise<number[]> {
  const started = await startEngine('plain', 1);
  await simdBackend().queue.useThreads(threads);
  seed = 0;
  const numbers = tidy(() => {
    const direction = () => ({ kernel: random(I, 3 * H), recurrent: random(H, 3 * H), bias: random(3 * H) });
    const layer = [direction(), direction()];
    const x = random(layout.rows, I) as Tensor2D;
    const crf = {
      transitions: random(K + 2, K) as Tensor2D,
      permitted: crfPermitted(permittedTags({ labels: [], size: K }), K),
    };
    const outside = { kernel: random(2 * H, 3 * K), recurrent: random(K, 3 * K), bias: random(3 * K) };
    const emissions = (): Tensor2D => {
      const [h] = gruSequence(x, [layer], layout);
      return gruSequence(h as Tensor2D, [[outside]], layout)[0] as Tensor2D;
    };
    const weights = [...layer, outside].flatMap((own) => [own.kernel, own.recurrent, own.bias]);
    const tags = new Int32Array(layout.rows);
    const { value, grads } = tensorEngine().gradients(
      () => crfMarginLoss(emissions(), crf, tags, layout, 1),
      [x, crf.transitions, ...weights],
    );
    const best = crfViterbi(emissions(), crf, layout);
    const dense = weights.map((weight, i) => {
      return { value: weight, gradient: grads[i + 2] as Tensor, squares: zeros(weight.shape), twin: null };
    });
    const settings = { learningRate: 0.01, epsilon: 1e-10, clipNorm: 0.1, shareWeight: 0 };
    const { norm } = adagradUpdate(dense, [], settings);
    const results = [value, ...grads, norm, ...weights].flatMap((result) => [...result.dataSync()]);
    return [...results, ...best.tags, ...best.probabilities];
  });
  started.endStep();
  return numbers;
}

test('one, two, three and five threads give the same bits', async () => {
  const first = await everything(1);
  assert.ok(first.every(Number.isFinite) && new Set(first).size > 1000);
  for (const threads of [2, 3, 5]) assert.deepEqual(await everything(threads), first, `${threads} threads`);
  simdBackend().queue.close();
});
