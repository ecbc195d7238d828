/** One training step of one task: loss, gradients of what the task trains, update. */
import {
  concat,
  engine,
  reshape,
  scalar,
  tidy,
  type Rank,
  type Scalar,
  type Tensor,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import type { Task } from '../domain/task-names.ts';
import { lossWeight } from '../domain/tasks.ts';
import { isRunFor } from '../model/blocks.ts';
import { isSeenByCritic } from '../model/discriminator.ts';
import { batchLoss } from '../model/loss.ts';
import { gatherWordRows, wordTable, type DropoutSeeds, type Network, type NetworkBatch } from '../model/network.ts';
import { ownerOf } from '../model/parameters.ts';
import type { Optimizer } from './optimizer.ts';

export interface TrainedStep {
  /** Mean cross-entropy a token, with dropout. */
  readonly loss: number;
  /** Global gradient norm before clipping. */
  readonly norm: number;
  /** L_share before the step (not weighted by λ); 0 without soft weights. */
  readonly shareLoss: number;
}

/** A batch, and the words that occur in it, each once. */
export type TrainingBatch = NetworkBatch & { readonly distinctWords: Int32Array };

/** Paths a batch of `task` trains through its loss: task/** and of shared/** what it runs, the word table's rows apart. */
export function trainedPaths({ parameters, recipe }: Network, task: Task): string[] {
  return [...parameters.keys()].filter(
    (path) => path !== wordTable && [task, 'shared'].includes(ownerOf(path)) && isRunFor(recipe, path, task),
  );
}

/** Loss, and gradients times the task's weight (SC-LSTM Eq. 4), without an update: what tests compare with finite differences. The caller disposes the tensors. */
export function lossAndGradients(
  network: Network,
  task: Task,
  batch: TrainingBatch,
  seeds: DropoutSeeds,
): { loss: Scalar; gradients: Map<string, Tensor>; wordGradient: Tensor } {
  // Moments of weights that a batch without tags does not reach must not move them.
  const paths = trainedPaths(network, task).filter((path) => batch.tags.length > 0 || isSeenByCritic(path));
  const wordRows = gatherWordRows(network, batch.distinctWords);
  const weights = paths.map((path) => network.parameters.get(path) as Tensor);
  const weight = scalar(lossWeight(network.recipe.training, task));
  const { value, grads } = engine().gradients(
    () => batchLoss(network, task, batch, wordRows, seeds),
    [...weights, wordRows],
    weight,
  );
  wordRows.dispose();
  weight.dispose();
  const gradients = new Map(paths.map((path, i) => [path, grads[i] as Tensor]));
  return { loss: value, gradients, wordGradient: grads[paths.length] as Tensor };
}

/** Train on one batch; what the step found is read once, asynchronously, as GPUs want it. The engine's step must be ended by the caller. */
export async function trainStep(
  network: Network,
  optimizer: Optimizer,
  task: Task,
  batch: TrainingBatch,
  seeds: DropoutSeeds,
): Promise<TrainedStep> {
  const report = queueStep(network, optimizer, task, batch, seeds);
  const values = await report.data<'float32'>();
  report.dispose();
  return readStep(values);
}

/** The work of a step; what it finds is for {@link readStep}. The caller disposes the tensor. */
export function queueStep(
  network: Network,
  optimizer: Optimizer,
  task: Task,
  batch: TrainingBatch,
  seeds: DropoutSeeds,
): Tensor1D {
  const { loss, gradients, wordGradient } = lossAndGradients(network, task, batch, seeds);
  const { norm, shareLoss } = optimizer.apply(gradients, {
    path: wordTable,
    rows: batch.distinctWords,
    gradient: wordGradient,
  });
  const found = [loss, norm, shareLoss];
  const report = tidy(() => concat(found.map((scalar) => reshape<Rank.R1>(scalar, [1]))));
  for (const tensor of [...found, wordGradient, ...gradients.values()]) tensor.dispose();
  return report;
}

/** What a step found, from the numbers of {@link queueStep}'s tensor. */
export function readStep(values: Float32Array): TrainedStep {
  return { loss: values[0] ?? NaN, norm: values[1] ?? NaN, shareLoss: values[2] ?? NaN };
}
