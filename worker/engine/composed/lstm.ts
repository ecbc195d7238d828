/** LstmSequence and its gradient, composed: packed rows need neither padding nor masks. */
import { add, concat, matMul, split, sum, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import type { LstmSequenceAttributes } from '../ops/lstm.ts';
import { stepsOf } from './packed-steps.ts';
import { recurrenceGradient, runRecurrence, type SavedRecurrence } from './recurrence.ts';
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
  const saved: SavedDirection[] = [];
  const hidden = Array.from({ length: layers * directions }, (_, i) => {
    const kernel = keepInput<Tensor2D>(inputs[`kernel${i}`] as Tensor);
    const recurrent = keepInput<Tensor2D>(inputs[`recurrent${i}`] as Tensor);
    const projected = add<Tensor2D>(matMul(x, kernel), inputs[`bias${i}`] as Tensor);
    const run = runRecurrence(stepsOf(rows, i % directions === 1), projected, recurrent);
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
