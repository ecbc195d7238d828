/** TagLoss and its gradient, composed. */
import {
  add,
  div,
  exp,
  log,
  matMul,
  max,
  mul,
  neg,
  scalar,
  sub,
  sum,
  tensor2d,
  type Scalar,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import type { TagLossAttributes } from '../ops/loss.ts';
import { dropoutMask } from './dropout.ts';
import { keepForStep, keepInput } from './step.ts';

type Inputs = Readonly<Record<string, Tensor>>;

interface SavedLoss {
  /** What dropout left of the hidden states, [N,H]. */
  readonly hidden: Tensor2D;
  readonly kernel: Tensor2D;
  readonly mask: Tensor2D | null;
  /** dL/dlogits, [N,K]. */
  readonly dLogits: Tensor2D;
}

/** See ops/loss.ts. */
export function tagLoss(inputs: Inputs, attributes: TagLossAttributes): Scalar {
  const { rows, hiddenSize, tagCount, tags, dropout } = attributes;
  const mask = dropoutMask(rows, hiddenSize, dropout);
  const given = inputs['hidden'] as Tensor2D;
  const hidden = mask ? keepForStep<Tensor2D>(mul(given, mask)) : keepInput<Tensor2D>(given);
  const kernel = keepInput<Tensor2D>(inputs['kernel'] as Tensor);
  const logits = add(matMul(hidden, kernel), inputs['bias'] as Tensor);
  const shifted = sub(logits, max(logits, 1, true));
  const exponentials = exp(shifted);
  const sums = sum(exponentials, 1, true);
  const gold = goldRows(tags, tagCount);
  const count = scalar(rows);
  const dLogits = keepForStep<Tensor2D>(div(sub(div(exponentials, sums), gold), count));
  attributes.saved = { hidden, kernel, mask, dLogits } satisfies SavedLoss;
  return neg(div(sum(mul(sub(shifted, log(sums)), gold)), count));
}

/** Gradients of hidden, kernel and bias; dy is a scalar. */
export function tagLossGradient(inputs: Inputs, attributes: TagLossAttributes): Tensor[] {
  const { hidden, kernel, mask, dLogits } = attributes.saved as SavedLoss;
  const scaled = mul<Tensor2D>(dLogits, inputs['dy0'] as Tensor);
  const dHidden: Tensor2D = matMul(scaled, kernel, false, true);
  return [mask ? mul(dHidden, mask) : dHidden, matMul(hidden, scaled, true, false), sum(scaled, 0)];
}

/** 1 at each row's tag, [N,K]. tfjs's own oneHot refuses a single tag. */
function goldRows(tags: Int32Array, K: number): Tensor2D {
  const values = new Float32Array(tags.length * K);
  for (const [row, tag] of tags.entries()) values[row * K + tag] = 1;
  return tensor2d(values, [tags.length, K]);
}
