/** Runs a study's trials, several at a time, each a training in a process of its own; what is done is never done again. */
import os from 'node:os';
import type { EngineWish } from '../../worker/domain/backends.ts';
import { AppError, type ErrorCode, type ErrorRecord, toErrorRecord } from '../../worker/domain/errors.ts';
import type { EventListener } from '../api/events.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { EpochEntry } from '../store/runs.ts';
import type { PlannedTrial, StudyEntry, TrialEntry } from '../store/studies.ts';
import { describeBackends } from './backends.ts';
import { beginRun } from './begin-run.ts';
import type { CoreContext } from './context.ts';
import { studyRecipe } from './recipes.ts';
import { sourcesChosenFor } from './sources.ts';
import { runTraining } from './training-run.ts';
import type { VectorsForTraining } from './embeddings.ts';

/** How a kind of study thinks of its trials while it runs. Curves and sweeps know all of theirs from the start and need none of this. */
export interface StudyPlan {
  /** How many trials there will be, where that is known. */
  readonly total?: number;
  /**
   * The next trial beyond those stored, or null where there is none, or none before one that runs has ended. Asked when a process is
   * free and no stored trial waits; `trials` are all so far, the running ones included.
   */
  propose?(trials: readonly TrialEntry[]): PlannedTrial | null | Promise<PlannedTrial | null>;
  /** Asked after each epoch of a trial (`epochs` are all of it so far); true ends the trial as `stopped`. */
  isHopeless?(trial: TrialEntry, epochs: readonly EpochEntry[]): boolean;
}

export interface StudyWork {
  readonly study: StudyEntry;
  readonly plan: StudyPlan;
  /** Trials at a time; the machine's cores when left out. */
  readonly parallel?: number | undefined;
  /** `threads` are those of each trial: the cores shared out among the trials when left out. */
  readonly engine: EngineWish;
  readonly vectors: VectorsForTraining | null;
}

/** What ends a whole study rather than one trial: the next one would end the same. */
const fatal: readonly ErrorCode[] = ['cancelled', 'paused', 'disk-full', 'project-damaged', 'project-locked'];
/** So many trials that fail in a row for the same reason, before any has ended well, end the study: the others would fail as they did. */
const alikeFailures = 2;

/**
 * Run what a study still lacks. Trials that fail are kept with their error and the others go on.
 * @throws AppError `cancelled` when the user stops it, the trials' error when every one failed or the first ones all for the same reason,
 * and what ends a whole study; it can then go on later.
 */
export async function runStudy(context: CoreContext, store: ProjectStore, work: StudyWork): Promise<void> {
  const { study } = work;
  const ended = Promise.withResolvers<void>();
  const cancelling = new AbortController();
  context.studies.set(study.id, { cancel: () => cancelling.abort(), ended: ended.promise });
  context.emit('study.started', { study: study.id });
  try {
    await runTrials(context, store, work, cancelling);
    store.studies.finish(study.id, { status: 'done' });
  } catch (thrown) {
    const error = toErrorRecord(thrown);
    if (error.code !== 'cancelled') store.studies.finish(study.id, { status: 'failed', error });
    else store.studies.finish(study.id, { status: context.jobs.isClosing ? 'interrupted' : 'cancelled' });
    throw thrown;
  } finally {
    context.studies.delete(study.id);
    ended.resolve();
    context.emit('study.changed', { study: study.id });
  }
}

async function runTrials(
  context: CoreContext,
  store: ProjectStore,
  work: StudyWork,
  cancelling: AbortController,
): Promise<void> {
  const { study, plan } = work;
  const cores = os.availableParallelism();
  const parallel = work.parallel ?? cores;
  const threads = work.engine.threads ?? Math.max(1, Math.floor(cores / parallel));
  // Once, and not by every trial at the same time: the backends would time each other.
  if (work.engine.backend === 'auto') await describeBackends(context, { refresh: false });
  const running = new Map<number, Promise<unknown>>();
  const progress = progressOf(context, store, work, parallel);
  const failures: Error[] = [];
  const failedInRow: ErrorRecord[] = [];

  const hasEnded = (): boolean => cancelling.signal.aborted || context.jobs.isClosing;
  const next = async (): Promise<TrialEntry | null> => {
    const waiting = store.studies.nextWaiting(study.id);
    if (waiting !== undefined) return waiting;
    const proposed = (await plan.propose?.(store.studies.trials(study.id))) ?? null;
    return proposed === null ? null : store.studies.addTrial(study.id, proposed);
  };
  const stopAll = (thrown: unknown): void => {
    failures.push(thrown instanceof Error ? thrown : new Error(String(thrown)));
    cancelling.abort();
  };
  const heed = ({ id }: TrialEntry): void => {
    const { status, error } = store.studies.trial(id) ?? {};
    if (status !== 'failed' || !error || hasSuccess(store, study.id)) return;
    if (failedInRow.some(({ code }) => code !== error.code)) failedInRow.length = 0;
    failedInRow.push(error);
    if (failedInRow.length >= alikeFailures && failures.length === 0) stopAll(sameFailure(study.id, error));
  };

  for (;;) {
    while (running.size < parallel && !hasEnded()) {
      const trial = await next().catch(stopAll);
      // Thinking of a trial takes a moment, in which all may have been stopped.
      if (!trial || hasEnded()) break;
      const training: Promise<unknown> = runTrial(
        context,
        store,
        { ...work, engine: { ...work.engine, threads } },
        trial,
        cancelling.signal,
      )
        .then(() => heed(trial))
        .catch(stopAll)
        .finally(() => running.delete(trial.id));
      running.set(trial.id, training);
    }
    progress.tell();
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  const [failure] = failures;
  if (failure !== undefined) throw failure;
  if (hasEnded()) throw new AppError('cancelled', 'The study was stopped.');
  requireOneResult(store, study.id);
}

/** One trial, its end stored. @throws AppError what ends the whole study; the trial then waits again. */
async function runTrial(
  context: CoreContext,
  store: ProjectStore,
  work: StudyWork,
  trial: TrialEntry,
  signal: AbortSignal,
): Promise<void> {
  const { study, plan } = work;
  let job: string | null = null;
  let stoppedAfter: number | null = null;
  const cancel = (): void => {
    if (job !== null) context.jobs.cancel(job);
  };
  const hear: EventListener = (name, data) => {
    if (name === 'run.started' && 'job' in data) {
      ({ job } = data);
      if (signal.aborted) cancel();
    }
    if (name !== 'run.epoch' || !('epoch' in data) || stoppedAfter !== null) return;
    const epochs = store.runs.epochs(data.run);
    const last = epochs.at(-1);
    if (last === undefined) return;
    const { epoch, devMicroF1 } = last;
    context.emit('study.epoch', { study: study.id, trial: trial.number, epochs: epoch, devMicroF1 });
    if (plan.isHopeless?.(trial, epochs) !== true) return;
    stoppedAfter = epoch;
    cancel();
  };
  signal.addEventListener('abort', cancel);
  try {
    await trainTrial({ ...context, trainings: new Map(), emit: hear }, store, work, trial);
    store.studies.endTrial(trial.id, { status: 'done' });
  } catch (thrown) {
    const error = toErrorRecord(thrown);
    if (stoppedAfter !== null) store.studies.endTrial(trial.id, { status: 'stopped', stoppedAfter });
    else if (fatal.includes(error.code)) {
      store.studies.resetTrial(trial.id);
      throw thrown;
    } else store.studies.endTrial(trial.id, { status: 'failed', error });
  } finally {
    signal.removeEventListener('abort', cancel);
    context.emit('study.trial', { study: study.id, trial: trial.number });
  }
}

/** Train as `notegraft train` does, on the documents that the seed and the fraction choose. */
async function trainTrial(
  context: CoreContext,
  store: ProjectStore,
  { study, engine, vectors }: StudyWork,
  trial: TrialEntry,
): Promise<void> {
  const { seed, targetFraction, settings } = trial;
  const { keepModels, sources: chosen, features } = study.spec;
  const recipe = studyRecipe(study.spec, trial.recipe, settings);
  const sources = sourcesChosenFor(recipe, chosen);
  const { work, tested } = store.transaction(() => {
    const begun = beginRun(context, store, {
      recipe,
      settings,
      seed,
      targetFraction,
      vectors,
      sources,
      features,
      study: study.id,
    });
    store.studies.beginTrial(trial.id, begun.work.run);
    return begun;
  });
  await runTraining(context, store, {
    ...work,
    engine,
    force: false,
    trial: {
      keepModel: keepModels,
      onCounts: (found) => store.studies.saveCounts(trial.id, { documents: tested, counts: found }),
    },
  });
}

/** Says how far the study is, and when it will be done if the trials to come take as long as those of their recipe. */
function progressOf(
  context: CoreContext,
  store: ProjectStore,
  { study, plan }: StudyWork,
  parallel: number,
): { tell(): void } {
  return {
    tell() {
      const trials = store.studies.trials(study.id);
      const count = (...statuses: TrialEntry['status'][]): number =>
        trials.filter(({ status }) => statuses.includes(status)).length;
      const total = plan.total ?? (plan.propose === undefined ? trials.length : null);
      context.emit('study.progress', {
        study: study.id,
        ended: count('done', 'stopped', 'failed'),
        running: count('running'),
        planned: total,
        remainingSeconds: total === null ? null : secondsLeft(trials, total, parallel),
      });
    },
  };
}

function secondsLeft(trials: readonly TrialEntry[], total: number, parallel: number): number | null {
  const took = ({ startedAt, endedAt }: TrialEntry): number =>
    startedAt === null || endedAt === null ? 0 : (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
  const ended = trials.filter(({ status }) => status === 'done' || status === 'stopped');
  if (ended.length === 0) return null;
  const mean = (of: readonly TrialEntry[]): number => of.reduce((sum, trial) => sum + took(trial), 0) / of.length;
  const expected = (recipe: string): number => {
    const alike = ended.filter((trial) => trial.recipe === recipe);
    return mean(alike.length > 0 ? alike : ended);
  };
  let seconds = (total - trials.length) * mean(ended);
  for (const trial of trials) {
    if (trial.status === 'waiting') seconds += expected(trial.recipe);
    else if (trial.status === 'running' && trial.startedAt !== null)
      seconds += Math.max(0, expected(trial.recipe) - (Date.now() - Date.parse(trial.startedAt)) / 1000);
  }
  return seconds / parallel;
}

function hasSuccess(store: ProjectStore, study: number): boolean {
  return store.studies.trials(study).some(({ status }) => status === 'done' || status === 'stopped');
}

/** The reason in the trials' own words, and how to go on. */
function sameFailure(study: number, { code, message, details }: ErrorRecord): AppError {
  const goOn = `\`notegraft studies … --resume ${study}\` goes on with the trials that are left, with --retry also with those that failed.`;
  return new AppError(
    code,
    `The first ${alikeFailures} trials failed for the same reason, so the study was stopped: ${message}`,
    {
      details: {
        ...details,
        nextStep: [...(details.nextStep === undefined ? [] : [details.nextStep]), goOn].join(' '),
      },
    },
  );
}

function requireOneResult(store: ProjectStore, study: number): void {
  const trials = store.studies.trials(study);
  const [first] = trials;
  if (first === undefined || trials.some(({ status }) => status !== 'failed')) return;
  throw new AppError(first.error?.code ?? 'internal', `Every trial failed. The first: ${first.error?.message ?? ''}`, {
    details: { nextStep: first.error?.details.nextStep ?? 'Look at the trials with `notegraft studies … --show`.' },
  });
}
