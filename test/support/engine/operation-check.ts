/** Checks a fused operation against its composition in double precision: values, and gradients by central differences. */
import type { TestContext } from 'node:test';
import { engine, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { startEngine } from './started-engine.ts';
import {
  assertClose,
  directionalDerivative,
  dot,
  largest,
  norm,
  numericGradient,
  randomDirection,
  randomValues,
} from '../numbers.ts';
import { matrixOf, type Matrix, type Vector, type Weights } from '../reference-blocks.ts';

export interface OperationInput {
  readonly shape: readonly number[];
  /** Numbers are uniform in ±scale; 1 where left out. */
  readonly scale?: number;
}

export interface Operation {
  readonly inputs: Readonly<Record<string, OperationInput>>;
  readonly run: (tensors: Readonly<Record<string, Tensor>>) => Tensor;
  /** The same from the inputs' matrices, row by row. */
  readonly reference: (inputs: Weights) => readonly Vector[];
}

const valueTolerance = 1e-5;
const gradientTolerance = 1e-4;
/** Above this many numbers a gradient is checked along directions instead of number by number. */
const wholeGradientLimit = 40;

interface Computed {
  readonly value: Float32Array;
  readonly gradients: Float32Array[];
}

async function compute(operation: Operation, values: readonly Float32Array[], dy: Float32Array): Promise<Computed> {
  const started = await startEngine();
  const [value, ...gradients] = tidy(() => {
    const names = Object.keys(operation.inputs);
    const tensors = names.map((name, i) => tensor(values[i] ?? [], [...(operation.inputs[name]?.shape ?? [])]));
    const named = Object.fromEntries(names.map((name, i) => [name, tensors[i] as Tensor]));
    const probe = operation.run(named);
    const { value, grads } = engine().gradients(() => operation.run(named), tensors, tensor(dy, probe.shape));
    return [value, ...grads];
  });
  const computed = {
    value: await numbersOf(value),
    gradients: await Promise.all(gradients.map(numbersOf)),
  };
  started.endStep();
  return computed;
}

/** Reads and disposes; some backends answer later only. */
async function numbersOf(result: Tensor): Promise<Float32Array> {
  const numbers = await result.data();
  result.dispose();
  return numbers as Float32Array;
}

/** Fails where values differ by more than 1e-5 or gradients by more than 1e-4 of the largest. */
export async function checkOperation(t: TestContext, operation: Operation, seed = 1): Promise<void> {
  const inputs = Object.entries(operation.inputs);
  const values = inputs.map(([, { shape, scale = 1 }], i) => {
    return randomValues(
      shape.reduce((product, length) => product * length, 1),
      seed * 100 + i,
      scale,
    );
  });
  const matrices = new Map<string, Matrix>(
    inputs.map(([name, { shape }], i) => [name, matrixOf(values[i] ?? [], shape)]),
  );
  const output = (): number[] => operation.reference(matrices).flat();
  const expected = output();
  const dy = randomValues(expected.length, seed * 100 + 99);
  const { value, gradients } = await compute(operation, values, dy);
  const worstValue = assertClose(value, expected, valueTolerance, 'value');
  const scalar = (): number => dot(output(), dy);
  const deviations = inputs.map(([name], i) => {
    const matrix = matrices.get(name) as Matrix;
    return gradientDeviation(scalar, matrix.values, gradients[i] as Float32Array, `gradient of ${name}`);
  });
  t.diagnostic(`value ${worstValue.toExponential(1)}, gradient ${Math.max(...deviations).toExponential(1)}`);
}

/** Largest difference from the numeric gradient, relative to the gradient's largest number (or its length, along directions). */
function gradientDeviation(f: () => number, values: Float64Array, actual: Float32Array, what: string): number {
  if (values.length <= wholeGradientLimit) {
    const expected = numericGradient(f, values);
    const scale = largest(expected) + 0.01;
    return assertClose(actual, expected, gradientTolerance * scale, what) / scale;
  }
  const length = norm(actual) + 0.01;
  const own = Float64Array.from(actual, (value) => value / length);
  const directions = [own, ...[1, 2, 3].map((seed) => randomDirection(values.length, seed))];
  const along = directions.map((direction) => directionalDerivative(f, values, direction));
  const claimed = directions.map((direction) => dot(actual, direction));
  return assertClose(claimed, along, gradientTolerance * length, what) / length;
}
