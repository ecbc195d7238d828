/** The shared cell of SC-LSTM with numbers worked out by hand, and what its tasks have in common. */
import { before, test } from 'node:test';
import { tensor1d, tensor2d, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import { sharedCellSequence } from '../../worker/engine/ops/shared-cell.ts';
import type { Engine } from '../../worker/engine/engine.ts';
import { startEngine } from '../../worker/engine/start.ts';
import { packedRows } from '../support/engine/layouts.ts';
import { assertClose } from '../support/numbers.ts';

let engine: Engine;
before(async () => {
  engine = await startEngine();
});

/** σ(ln 3) = 3/4. */
const ln3 = Math.log(3);

/** Both outputs at every token of one sentence, h ‖ q. */
function outputs(x: readonly number[], gate: { kernel: number; recurrent: number; bias: number }): Float32Array {
  const found = tidy(() => {
    const shared = {
      kernel: tensor2d([[0, 0, 0, 0]]),
      recurrent: tensor2d([[0, 0, 0, 0]]),
      // i = 3/4, f = 1/4, candidate 1/2, the common output gate 3/4.
      bias: tensor1d([ln3, -ln3, Math.atanh(0.5), ln3]),
    };
    const own = {
      kernel: tensor2d([[gate.kernel]]),
      recurrent: tensor2d([[gate.recurrent]]),
      bias: tensor1d([gate.bias]),
    };
    const rows = tensor2d(
      x.map((value) => [value]),
      [x.length, 1],
    );
    const states: Tensor2D = sharedCellSequence(rows, [{ shared, gate: own }], packedRows([x.length]));
    return states.dataSync<'float32'>();
  });
  engine.endStep();
  return found;
}

/** c1 = 3/8, c2 = 3/32 + 3/8: the gates of the memory are fixed above. */
const [tanh1, tanh2] = [Math.tanh(0.375), Math.tanh(0.46875)];

test('Eq. 2: the task lets the common memory out through its own gate, and leaves h as it is', () => {
  const found = outputs([1, 1], { kernel: 0, recurrent: 0, bias: -ln3 });
  assertClose(found, [0.75 * tanh1, 0.25 * tanh1, 0.75 * tanh2, 0.25 * tanh2], 1e-6, 'h ‖ q');
});

test('Eq. 2: the gate reads the input, and its own last output, not the common one', () => {
  const [kernel, recurrent] = [0.8, 2];
  const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
  const q1 = sigmoid(kernel * 1) * tanh1;
  const q2 = sigmoid(kernel * -0.5 + recurrent * q1) * tanh2;
  const found = outputs([1, -0.5], { kernel, recurrent, bias: 0 });
  assertClose(found, [0.75 * tanh1, q1, 0.75 * tanh2, q2], 1e-6, 'h ‖ q');
});
