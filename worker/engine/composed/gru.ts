/** GruSequence and its gradient, composed. */
import {
  add,
  concat,
  matMul,
  mul,
  scalar,
  sigmoid,
  slice,
  split,
  square,
  sub,
  sum,
  tanh,
  zerosLike,
  type Scalar,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import type { GruSequenceAttributes } from '../ops/gru.ts';
import { stepsOf } from './packed-steps.ts';
import { inRowOrder, rowsAt, type Step } from './recurrence.ts';
import { keepForStep, keepInput } from './step.ts';

type Inputs = Readonly<Record<string, Tensor>>;

/** What one step computed, all [n,H]; `before` is null when the rows start from zeros. */
interface GruValues {
  readonly reset: Tensor2D;
  readonly update: Tensor2D;
  readonly candidate: Tensor2D;
  readonly before: Tensor2D | null;
  readonly hidden: Tensor2D;
}

interface SavedDirection {
  readonly steps: readonly Step[];
  readonly kernel: Tensor2D;
  readonly recurrent: Tensor2D;
  readonly values: readonly GruValues[];
}

interface SavedSequence {
  readonly x: Tensor2D;
  readonly directions: readonly SavedDirection[];
}

/** See ops/gru.ts. */
export function gruSequence(inputs: Inputs, attributes: GruSequenceAttributes): Tensor2D[] {
  const { layers, directions, rows, hiddenSize } = attributes;
  const x = inputs['x'] as Tensor2D;
  const saved: SavedDirection[] = [];
  const hidden = Array.from({ length: layers * directions }, (_, i) => {
    const kernel = keepInput<Tensor2D>(inputs[`kernel${i}`] as Tensor);
    const recurrent = keepInput<Tensor2D>(inputs[`recurrent${i}`] as Tensor);
    const steps = stepsOf(rows, i % directions === 1);
    const projected = add<Tensor2D>(matMul(x, kernel), inputs[`bias${i}`] as Tensor);
    const values = run(steps, projected, recurrent, hiddenSize);
    for (const { reset, update, candidate, before } of values)
      for (const value of [reset, update, candidate, ...(before ? [before] : [])]) keepForStep(value);
    saved.push({ steps, kernel, recurrent, values });
    return inRowOrder(
      steps,
      values.map((own) => own.hidden),
    );
  });
  attributes.saved = { x: keepInput<Tensor2D>(x), directions: saved } satisfies SavedSequence;
  return Array.from({ length: layers }, (_, layer) =>
    concat(hidden.slice(layer * directions, (layer + 1) * directions), 1),
  );
}

/** Gradients of x, then kernel, recurrent and bias of each direction of each layer. */
export function gruSequenceGradient(inputs: Inputs, attributes: GruSequenceAttributes): Tensor[] {
  const { x, directions } = attributes.saved as SavedSequence;
  const dHidden = Array.from({ length: attributes.layers }, (_, layer) =>
    split<Tensor2D>(inputs[`dy${layer}`] as Tensor, attributes.directions, 1),
  ).flat();
  let dx: Tensor2D | null = null;
  const weights = directions.flatMap((direction, i) => {
    const { projected, recurrent } = through(direction, dHidden[i] as Tensor2D, attributes.hiddenSize);
    const own: Tensor2D = matMul(projected, direction.kernel, false, true);
    dx = dx ? add<Tensor2D>(dx, own) : own;
    return [matMul(x, projected, true, false), recurrent, sum(projected, 0)];
  });
  return [dx as unknown as Tensor, ...weights];
}

/** Columns of reset and update together, and of the candidate. */
function parts(table: Tensor2D, H: number): [gates: Tensor2D, candidate: Tensor2D] {
  return [slice(table, [0, 0], [-1, 2 * H]), slice(table, [0, 2 * H], [-1, H])];
}

function run(steps: readonly Step[], projected: Tensor2D, recurrent: Tensor2D, H: number): GruValues[] {
  const [toGates, toCandidate] = parts(recurrent, H);
  const one = scalar(1);
  const values: GruValues[] = [];
  for (const { offset, count, begin } of steps) {
    const last = values.at(-1);
    const before = last ? begin(last.hidden) : null;
    const [gates, candidate] = parts(rowsAt(projected, offset, count), H);
    const [reset, update] = split<Tensor2D>(sigmoid(before ? add(gates, matMul(before, toGates)) : gates), 2, 1) as [
      Tensor2D,
      Tensor2D,
    ];
    const fresh: Tensor2D = tanh(before ? add(candidate, matMul(mul(reset, before), toCandidate)) : candidate);
    const added = mul<Tensor2D>(sub(one, update), fresh);
    const hidden: Tensor2D = before ? add(mul(update, before), added) : added;
    values.push({ reset, update, candidate: fresh, before, hidden });
  }
  return values;
}

/** From dL/dhidden [N,H]: dL/dprojected [N,3H] and dL/drecurrent [H,3H]. */
function through(
  { steps, recurrent, values }: SavedDirection,
  dHidden: Tensor2D,
  H: number,
): { projected: Tensor2D; recurrent: Tensor2D } {
  const [toGates, toCandidate] = parts(recurrent, H);
  const one = scalar(1);
  const projected: Tensor2D[] = [];
  let [dGates, dCandidate] = [zerosLike(toGates), zerosLike(toCandidate)];
  let later: Tensor2D | null = null;
  for (let t = steps.length - 1; t >= 0; t--) {
    const { offset, count, giveBack } = steps[t] as Step;
    const { reset, update, candidate, before } = values[t] as GruValues;
    const own = rowsAt(dHidden, offset, count);
    const dh: Tensor2D = later ? add(own, later) : own;
    const fresh = mul<Tensor2D>(mul(dh, sub(one, update)), sub(one, square(candidate)));
    const left: Tensor2D = matMul(fresh, toCandidate, false, true);
    const turned: Tensor2D = before ? sub(before, candidate) : mul(candidate, scalar(-1));
    const dUpdate = mul<Tensor2D>(mul(dh, turned), slope(update, one));
    const dReset: Tensor2D = before ? mul(mul(left, before), slope(reset, one)) : zerosLike(reset);
    const gates: Tensor2D = concat([dReset, dUpdate], 1);
    projected[t] = concat([gates, fresh], 1);
    if (!before) continue;
    dGates = add(dGates, matMul(before, gates, true, false));
    dCandidate = add(dCandidate, matMul(mul(reset, before), fresh, true, false));
    const passed = add<Tensor2D>(mul(dh, update), mul(left, reset));
    later = giveBack(add(passed, matMul(gates, toGates, false, true)));
  }
  return { projected: inRowOrder(steps, projected), recurrent: concat([dGates, dCandidate], 1) };
}

/** The sigmoid's derivative from its value. */
function slope(value: Tensor2D, one: Scalar): Tensor2D {
  return mul(value, sub(one, value));
}
