/** Training steps one after another; where the engine can, a step is queued while the one before it is computed. */
import type { Task } from '../domain/task-names.ts';
import type { Engine } from '../engine/engine.ts';
import type { DropoutSeeds, Network } from '../model/network.ts';
import type { Optimizer } from './optimizer.ts';
import { queueStep, readStep, trainStep, type TrainedStep, type TrainingBatch } from './step.ts';

export interface DoneStep extends TrainedStep {
  readonly task: Task;
  readonly tokens: number;
}

export interface Steps {
  /** Begin a step; what ended meanwhile: the step before it, or this one, or none. */
  begin(task: Task, batch: TrainingBatch, seeds: DropoutSeeds): Promise<DoneStep | null>;
  /** Wait for the step that is not read yet, if there is one. Afterwards the weights are those after all steps. */
  finish(): DoneStep | null;
}

/** What two steps may have together to overlap: so the engine never holds more than for one large batch. */
const mostTokensAtOnce = 1500;

/** The results do not depend on whether steps overlap. Nobody else may read or change the weights between `begin` and `finish`. */
export function stepsInTurn(
  network: Network,
  optimizer: Optimizer,
  { overlap, endStep }: Pick<Engine, 'overlap' | 'endStep'>,
): Steps {
  let pending: { readonly tokens: number; readonly read: () => DoneStep } | null = null;

  function settle(): DoneStep | null {
    const done = pending?.read() ?? null;
    pending = null;
    return done;
  }

  return {
    async begin(task, batch, seeds) {
      const tokens = batch.rows.rows;
      if (overlap === null) {
        const trained = await trainStep(network, optimizer, task, batch, seeds);
        endStep();
        return { ...trained, task, tokens };
      }
      const early = (pending?.tokens ?? 0) + tokens > mostTokensAtOnce ? settle() : null;
      const report = queueStep(network, optimizer, task, batch, seeds);
      const values = overlap.reading(report);
      report.dispose();
      const before = settle();
      overlap.turn();
      pending = { tokens, read: () => ({ ...readStep(values()), task, tokens }) };
      return early ?? before;
    },
    finish() {
      const last = settle();
      endStep();
      return last;
    },
  };
}
