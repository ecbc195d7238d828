/** LstmSequence and its gradient, composed: packed rows need neither padding nor masks. */
import { add, concat, matMul, pad, slice, split, sum, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import type { LstmSequenceAttributes } from '../ops/lstm.ts';
import type { PackedRows } from '../ops/layout.ts';
import { recurrenceGradient, runRecurrence, type SavedRecurrence, type Step } from './recurrence.ts';
import { keepInput } from './step.ts';

type Inputs = Readonly<Record<string, Tensor>>;

interface SavedDirection {
  readonly kernel: Tensor2D;
  readonly recurrent: Tensor2D;
  readonly recurrence: SavedRecurrence;
}

interface SavedSequence {
  readonly x: Tensor2D;
  readonly directions: readonly SavedDirection[];
}

/** See ops/lstm.ts. */
export function lstmSequence(inputs: Inputs, attributes: LstmSequenceAttributes): Tensor2D[] {
  const { layers, directions, rows } = attributes;
  const x = inputs['x'] as Tensor2D;
  const steps = [forwardSteps(rows), backwardSteps(rows)];
  const saved: SavedDirection[] = [];
  const hidden = Array.from({ length: layers * directions }, (_, i) => {
    const kernel = keepInput<Tensor2D>(inputs[`kernel${i}`] as Tensor);
    const recurrent = keepInput<Tensor2D>(inputs[`recurrent${i}`] as Tensor);
    const projected = add<Tensor2D>(matMul(x, kernel), inputs[`bias${i}`] as Tensor);
    const run = runRecurrence(steps[i % directions] as Step[], projected, recurrent);
    saved.push({ kernel, recurrent, recurrence: run.saved });
    return run.hidden;
  });
  attributes.saved = { x: keepInput<Tensor2D>(x), directions: saved } satisfies SavedSequence;
  return Array.from({ length: layers }, (_, layer) =>
    concat(hidden.slice(layer * directions, (layer + 1) * directions), 1),
  );
}

/** Gradients of x, then kernel, recurrent and bias of each direction of each layer. */
export function lstmSequenceGradient(inputs: Inputs, attributes: LstmSequenceAttributes): Tensor[] {
  const { x, directions: saved } = attributes.saved as SavedSequence;
  const perLayer = attributes.directions;
  const dHidden = Array.from({ length: attributes.layers }, (_, layer) =>
    split<Tensor2D>(inputs[`dy${layer}`] as Tensor, perLayer, 1),
  ).flat();
  let dx: Tensor2D | null = null;
  const weights = saved.flatMap(({ kernel, recurrent, recurrence }, i) => {
    const gradient = recurrenceGradient(recurrence, recurrent, dHidden[i] as Tensor2D);
    const own: Tensor2D = matMul(gradient.projected, kernel, false, true);
    dx = dx ? add<Tensor2D>(dx, own) : own;
    return [matMul(x, gradient.projected, true, false), gradient.recurrent, sum(gradient.projected, 0)];
  });
  return [dx as unknown as Tensor, ...weights];
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
