/** Tests of the maximum over steps, on every backend. */
import { describe, test } from 'node:test';
import { engine, tensor2d, type Tensor2D } from '@tensorflow/tfjs-core';
import { maxOverSteps } from '../../../worker/engine/ops/max-pool.ts';
import { assertClose } from '../numbers.ts';
import { rows, weight } from '../reference-blocks.ts';
import { packedRows, sentenceRows } from './layouts.ts';
import { checkOperation, type Operation } from './operation-check.ts';
import { startEngine } from './started-engine.ts';

function operation(lengths: readonly number[], columns: number): Operation {
  const layout = packedRows(lengths);
  return {
    inputs: { x: { shape: [layout.rows, columns] } },
    run: ({ x }) => maxOverSteps(x as Tensor2D, layout),
    reference: (weights) => {
      const x = rows(weight(weights, 'x'));
      return sentenceRows(layout).map((numbers) =>
        Array.from({ length: columns }, (_, c) => Math.max(...numbers.map((row) => x[row]?.[c] ?? NaN))),
      );
    },
  };
}

export function maxPoolSuite(): void {
  describe('the maximum over steps', () => {
    for (const [lengths, columns] of [
      [[1], 1],
      [[4, 4, 4], 3],
      [[7, 5, 5, 2, 1, 1], 5],
      [[9, 3, 1], 16],
    ] as const)
      test(`of sequences of ${lengths.join(',')}, ${columns} columns, and its gradient`, (t) =>
        checkOperation(t, operation(lengths, columns)));

    test('of equal steps the first has the whole gradient', async () => {
      const started = await startEngine();
      const x = tensor2d([2, 7, 2, 7, 1, 7], [3, 2]);
      const dy = tensor2d([5, 6], [1, 2]);
      const { value, grads } = engine().gradients(() => maxOverSteps(x, packedRows([3])), [x], dy);
      assertClose(await value.data(), [2, 7], 0, 'maxima');
      assertClose((await grads[0]?.data()) ?? [], [5, 6, 0, 0, 0, 0], 0, 'gradient');
      for (const tensor of [x, dy, value, ...grads]) tensor.dispose();
      started.endStep();
    });
  });
}
