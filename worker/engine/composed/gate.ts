/** GateMix and its gradient, composed. */
import {
  add,
  concat,
  matMul,
  mul,
  sigmoid,
  split,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import type { GateAttributes } from '../ops/gate.ts';
import { keepForStep, keepInput } from './step.ts';

type Inputs = Readonly<Record<string, Tensor>>;

interface SavedGate {
  /** [first ‖ second ‖ input], [N, 2O+I]. */
  readonly joined: Tensor2D;
  readonly kernel: Tensor2D;
  readonly gate: Tensor2D;
  /** first − second. */
  readonly difference: Tensor2D;
}

/** See ops/gate.ts. */
export function gateMix(inputs: Inputs, attributes: GateAttributes): Tensor2D {
  const [first, second, input] = [inputs['first'], inputs['second'], inputs['input']] as Tensor2D[] as [
    Tensor2D,
    Tensor2D,
    Tensor2D,
  ];
  const kernel = keepInput<Tensor2D>(inputs['kernel'] as Tensor);
  const joined = keepForStep<Tensor2D>(concat([first, second, input], 1));
  const gate = keepForStep<Tensor2D>(sigmoid(add(matMul(joined, kernel), inputs['bias'] as Tensor)));
  const difference = keepForStep<Tensor2D>(sub(first, second));
  attributes.saved = { joined, kernel, gate, difference } satisfies SavedGate;
  return add(second, mul(gate, difference));
}

/** Gradients of first, second, input, kernel and bias. */
export function gateMixGradient(inputs: Inputs, attributes: GateAttributes): Tensor[] {
  const { joined, kernel, gate, difference } = attributes.saved as SavedGate;
  const { size, inputSize } = attributes;
  const dy = inputs['dy0'] as Tensor2D;
  const dz = mul<Tensor2D>(mul(dy, difference), sub(gate, square(gate)));
  const [dFirst, dSecond, dInput] = split(matMul(dz, kernel, false, true), [size, size, inputSize], 1) as [
    Tensor2D,
    Tensor2D,
    Tensor2D,
  ];
  const toFirst = mul<Tensor2D>(dy, gate);
  return [add(dFirst, toFirst), add(dSecond, sub(dy, toFirst)), dInput, matMul(joined, dz, true, false), sum(dz, 0)];
}
