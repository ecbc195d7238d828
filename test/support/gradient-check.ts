/** Checks a network's loss and gradients on the running engine against the reference and its finite differences. */
import assert from 'node:assert/strict';
import type { Task } from '../../worker/domain/task-names.ts';
import type { Recipe } from '../../worker/domain/recipe.ts';
import { wordTable, type Network } from '../../worker/model/network.ts';
import { disposeParameters } from '../../worker/model/parameters.ts';
import { lossAndGradients, trainedPaths } from '../../worker/train/step.ts';
import { startEngine } from './engine/started-engine.ts';
import { randomNetwork, referenceOf, tinyBatch, type TinyBatch } from './networks.ts';
import { directionalDerivative, dot, norm, randomDirection } from './numbers.ts';
import { meanLoss } from './reference.ts';
import { weight } from './reference-blocks.ts';

/** Relative to a gradient's length. */
export const gradientTolerance = 1e-4;
/** The largest differences of all checks in this process. */
export const worst = { loss: 0, gradient: 0 };

export interface Found {
  readonly loss: number;
  /** By path; the word table's as a whole table. */
  readonly gradients: Map<string, Float32Array>;
}

/** Loss and all gradients of one batch, as the engine computes them. */
export async function engineGradients(network: Network, task: Task, { batch }: TinyBatch): Promise<Found> {
  const engine = await startEngine();
  const { loss, gradients, wordGradient } = lossAndGradients(network, task, batch, null);
  const read = [...gradients].map(async ([path, gradient]) => [path, (await gradient.data()) as Float32Array] as const);
  const found: Found = {
    loss: (await loss.data())[0] ?? NaN,
    gradients: new Map(await Promise.all(read)),
  };
  const wordRows = await wordGradient.data();
  const { words, wordSize } = network.sizes;
  const table = new Float32Array(words * wordSize);
  for (const [i, word] of batch.distinctWords.entries()) {
    table.set(wordRows.subarray(i * wordSize, (i + 1) * wordSize), word * wordSize);
  }
  found.gradients.set(wordTable, table);
  for (const tensor of [loss, wordGradient, ...gradients.values()]) tensor.dispose();
  engine.endStep();
  return found;
}

/** Fails where loss or gradients differ. Along the gradient itself an error in its length shows, along a random direction any other. */
export async function checkGradients(recipe: Recipe, task: Task): Promise<void> {
  await startEngine();
  const network = randomNetwork(recipe, 3);
  const given = tinyBatch(network, task, 11);
  const { loss, gradients } = await engineGradients(network, task, given);
  const reference = await referenceOf(network);
  const f = (): number => meanLoss(reference, task, given.sentences);
  worst.loss = Math.max(worst.loss, Math.abs(loss - f()));
  assert.ok(Math.abs(loss - f()) < 1e-5, `loss ${loss}, reference ${f()}`);
  assert.deepEqual([...gradients.keys()].sort(), [...trainedPaths(network, task), wordTable].sort());
  for (const [i, [path, gradient]] of [...gradients].entries()) {
    const length = norm(gradient);
    assert.ok(length > 1e-6, `${path} has no gradient`);
    const { values } = weight(reference.weights, path);
    const own = Float64Array.from(gradient, (value) => value / length);
    for (const direction of [own, randomDirection(values.length, i)]) {
      const difference = Math.abs(directionalDerivative(f, values, direction) - dot(gradient, direction));
      worst.gradient = Math.max(worst.gradient, difference / length);
      assert.ok(difference < gradientTolerance * length, `${path}: off by ${difference / length} of its gradient`);
    }
  }
  disposeParameters(network.parameters);
}
