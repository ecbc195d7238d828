/** A program for the test of thread counts: GRU, shared cell, maximum over steps, CRF and AdaGrad once on NOTEGRAFT_THREADS threads; prints a hash of every number. */
import { createHash } from 'node:crypto';
import {
  add,
  concat,
  engine as tensorEngine,
  tensor,
  tidy,
  zeros,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { adagradUpdate } from '../../../worker/engine/ops/adagrad.ts';
import { crfMarginLoss, crfPermitted, crfViterbi } from '../../../worker/engine/ops/crf.ts';
import { gruSequence } from '../../../worker/engine/ops/gru.ts';
import { maxOverSteps } from '../../../worker/engine/ops/max-pool.ts';
import { dropRows, noDropout } from '../../../worker/engine/ops/rows.ts';
import { sharedCellSequence } from '../../../worker/engine/ops/shared-cell.ts';
import { startEngine } from '../../../worker/engine/start.ts';
import { permittedTags } from '../../../worker/model/permitted.ts';
import { randomValues } from '../numbers.ts';
import { packedRows } from './layouts.ts';

const layout = packedRows([24, 22, 19, 19, 15, 13, 9, 8, 8, 5, 3, 2, 1, 1]);
const [I, H, K] = [30, 37, 41];
const sentenceOfRow = Int32Array.from([...layout.steps].flatMap((count) => Array.from({ length: count }, (_, s) => s)));

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

/** A bidirectional GRU beside a shared cell and each sentence's maximum, their emissions' CRF, all gradients, one AdaGrad step, and the best path: every number that comes out. */
async function everything(): Promise<number[]> {
  const best: ReturnType<typeof crfViterbi>[] = [];
  const results = tidy(() => {
    const direction = () => ({ kernel: random(I, 3 * H), recurrent: random(H, 3 * H), bias: random(3 * H) });
    const layer = [direction(), direction()];
    const x = random(layout.rows, I) as Tensor2D;
    const crf = {
      transitions: random(K + 2, K) as Tensor2D,
      permitted: crfPermitted(permittedTags({ labels: [], size: K }), K),
    };
    const cell = () => ({
      shared: { kernel: random(I, 4 * H), recurrent: random(H, 4 * H), bias: random(4 * H) },
      gate: { kernel: random(I, H), recurrent: random(H, H), bias: random(H) },
    });
    const cells = [cell(), cell()];
    const outside = { kernel: random(6 * H, 3 * K), recurrent: random(K, 3 * K), bias: random(3 * K) };
    const emissions = (): Tensor2D => {
      const [h] = gruSequence(x, [layer], layout);
      const states = sharedCellSequence(x, cells, layout);
      const most = dropRows(maxOverSteps(states, layout), sentenceOfRow, noDropout);
      const y: Tensor2D = concat([h as Tensor2D, add<Tensor2D>(states, most)], 1);
      return gruSequence(y, [[outside]], layout)[0] as Tensor2D;
    };
    const directions = [...layer, outside, ...cells.flatMap(({ shared, gate }) => [shared, gate])];
    const weights = directions.flatMap((own) => [own.kernel, own.recurrent, own.bias]);
    const tags = new Int32Array(layout.rows);
    const { value, grads } = tensorEngine().gradients(
      () => crfMarginLoss(emissions(), crf, tags, layout, 1),
      [x, crf.transitions, ...weights],
    );
    best.push(crfViterbi(emissions(), crf, layout));
    const dense = weights.map((weight, i) => {
      return { value: weight, gradient: grads[i + 2] as Tensor, squares: zeros(weight.shape), twin: null };
    });
    const settings = { learningRate: 0.01, epsilon: 1e-10, clipNorm: 0.1, shareWeight: 0 };
    const { norm } = adagradUpdate(dense, [], settings);
    return [value, ...grads, norm, ...weights].flatMap((result) => [...result.dataSync()]);
  });
  const paths = await Promise.all(best);
  return [...results, ...paths.flatMap(({ tags, probabilities }) => [...tags, ...probabilities])];
}

const engine = await startEngine();
const numbers = await everything();
if (new Set(numbers).size < 1000 || !numbers.every(Number.isFinite)) throw new Error('these are no results');
process.stdout.write(`${engine.threads} ${createHash('sha256').update(Float64Array.from(numbers)).digest('hex')}`);
