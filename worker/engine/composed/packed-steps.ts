/** The steps of a recurrence over packed sentences, in either direction. */
import { pad, slice, type Tensor2D } from '@tensorflow/tfjs-core';
import type { PackedRows } from '../ops/layout.ts';
import type { Step } from './recurrence.ts';

/** Each step's rows, and how they are connected to those of the step before it in this direction. */
export function stepsOf(rows: PackedRows, isBackward: boolean): Step[] {
  return isBackward ? backwardSteps(rows) : forwardSteps(rows);
}

/** First tokens first: the sentences still running are the first rows of the step before. */
function forwardSteps({ steps }: PackedRows): Step[] {
  const offsets = offsetsOf(steps);
  return Array.from(steps, (count, t) => {
    const before = steps[t - 1] ?? 0;
    return {
      offset: offsets[t] ?? 0,
      count,
      begin: (state) => firstRows(state, count),
      giveBack: (gradient) => withZeroRows(gradient, before - count),
    };
  });
}

/** Last tokens first: sentences that end here start from zeros, below those that have begun. */
function backwardSteps({ steps }: PackedRows): Step[] {
  const offsets = offsetsOf(steps);
  return Array.from(steps, (count, t) => {
    const before = steps[t + 1] ?? 0;
    return {
      offset: offsets[t] ?? 0,
      count,
      begin: (state: Tensor2D) => withZeroRows(state, count - before),
      giveBack: (gradient: Tensor2D) => firstRows(gradient, before),
    };
  }).reverse();
}

function offsetsOf(steps: Int32Array): number[] {
  let offset = 0;
  return Array.from(steps, (count) => (offset += count) - count);
}

function firstRows(table: Tensor2D, count: number): Tensor2D {
  return count === table.shape[0] ? table : slice(table, [0, 0], [count, -1]);
}

function withZeroRows(table: Tensor2D, count: number): Tensor2D {
  return count === 0
    ? table
    : pad(table, [
        [0, count],
        [0, 0],
      ]);
}
