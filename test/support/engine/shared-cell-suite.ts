/** Tests of the shared cell's operation, run on every build of the kernels. */
import { describe, test } from 'node:test';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { sharedCellSequence } from '../../../worker/engine/ops/shared-cell.ts';
import { rows, weight } from '../reference-blocks.ts';
import { sharedCellStates } from '../reference-stacks.ts';
import { bySentence, packedRows } from './layouts.ts';
import { checkOperation, type Operation, type OperationInput } from './operation-check.ts';

const directions = ['forward', 'backward'] as const;

function operation(lengths: readonly number[], I: number, H: number): Operation {
  const layout = packedRows(lengths);
  const inputs: Record<string, OperationInput> = { x: { shape: [layout.rows, I] } };
  for (const direction of directions) {
    for (const [owner, width] of [
      ['shared', 4 * H],
      ['gate', H],
    ] as const) {
      inputs[`${owner}/${direction}/kernel`] = { shape: [I, width] };
      inputs[`${owner}/${direction}/recurrent`] = { shape: [H, width] };
      inputs[`${owner}/${direction}/bias`] = { shape: [width] };
    }
  }
  return {
    inputs,
    run: (tensors) => {
      const of = (path: string) => ({
        kernel: tensors[`${path}/kernel`] as Tensor,
        recurrent: tensors[`${path}/recurrent`] as Tensor,
        bias: tensors[`${path}/bias`] as Tensor,
      });
      const layer = directions.map((direction) => ({
        shared: of(`shared/${direction}`),
        gate: of(`gate/${direction}`),
      }));
      return sharedCellSequence(tensors['x'] as Tensor2D, layer, layout);
    },
    reference: (weights) =>
      bySentence(layout, rows(weight(weights, 'x')), (own) => sharedCellStates(weights, 'shared', 'gate', own)),
  };
}

const cases: readonly (readonly [lengths: readonly number[], I: number, H: number])[] = [
  [[1], 1, 1],
  [[1, 1, 1], 3, 3],
  [[5], 2, 5],
  [[6, 4, 4, 2, 1], 5, 7],
  [[3, 3, 3, 3, 3, 3, 3], 6, 8],
  [[8, 5, 2, 1], 17, 50],
  // Large enough to be cut up for several threads.
  [[12, 11, 11, 9, 8, 6, 3, 3, 2, 1], 40, 27],
  [[12, 11, 11, 9, 8, 6, 3, 3, 2, 1], 40, 24],
];

export function sharedCellSuite(): void {
  describe('a shared cell over packed sentences agrees with one sentence at a time', () => {
    for (const [lengths, I, H] of cases)
      test(`lengths ${lengths.join(',')}, input ${I}, hidden ${H}`, (t) => checkOperation(t, operation(lengths, I, H)));
  });
}
