/** MaxOverSteps and its gradient, composed. */
import {
  cast,
  concat,
  greater,
  maximum,
  mul,
  slice,
  split,
  sub,
  scalar,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import type { MaxOverStepsAttributes } from '../ops/max-pool.ts';
import { rowsAt } from './recurrence.ts';
import { keepForStep } from './step.ts';

type Inputs = Readonly<Record<string, Tensor>>;

/** See ops/max-pool.ts. Saved are, step by step, 1 where a step's own numbers were larger than all before. */
export function maxOverSteps(inputs: Inputs, attributes: MaxOverStepsAttributes): Tensor2D {
  const x = inputs['x'] as Tensor2D;
  const { steps } = attributes.rows;
  const isLarger: Tensor2D[] = [];
  let offset = steps[0] ?? 0;
  let out = rowsAt(x, 0, offset);
  for (const count of steps.subarray(1)) {
    const own = rowsAt(x, offset, count);
    const before = rowsAt(out, 0, count);
    isLarger.push(keepForStep(cast<Tensor2D>(greater(own, before), 'float32')));
    const rest = out.shape[0] - count;
    const larger: Tensor2D = maximum(own, before);
    out = rest === 0 ? larger : concat([larger, slice(out, [count, 0], [rest, -1])]);
    offset += count;
  }
  attributes.saved = isLarger;
  return out;
}

/** The gradient of x: from the last step backwards, each takes what it had the maximum of. */
export function maxOverStepsGradient(inputs: Inputs, attributes: MaxOverStepsAttributes): Tensor2D {
  const { steps } = attributes.rows;
  const isLarger = attributes.saved as readonly Tensor2D[];
  const one = scalar(1);
  let left = inputs['dy0'] as Tensor2D;
  const gradients: Tensor2D[] = [];
  for (let t = steps.length - 1; t > 0; t--) {
    const count = steps[t] ?? 0;
    const own = isLarger[t - 1] as Tensor2D;
    const rest = left.shape[0] - count;
    const [here, below] = rest === 0 ? [left, null] : (split(left, [count, rest], 0) as [Tensor2D, Tensor2D]);
    gradients.unshift(mul(here, own));
    const kept: Tensor2D = mul(here, sub(one, own));
    left = below ? concat([kept, below]) : kept;
  }
  return concat([left, ...gradients]);
}
