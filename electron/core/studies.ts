/** Studies: begin one, go on with it, stop it, tell of it. */
import { figureOf } from '../../worker/domain/figures.ts';
import { AppError } from '../../worker/domain/errors.ts';
import type { StudySpec } from '../../worker/domain/study.ts';
import type { CallOutput, CheckedInput } from '../api/contract.ts';
import type { StudyView, TrialView } from '../api/study-calls.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { StudyEntry, TrialEntry } from '../store/studies.ts';
import type { CoreContext } from './context.ts';
import { type VectorsForTraining, vectorsForTraining } from './embeddings.ts';
import { searchPlan } from './search-plan.ts';
import { definiteSpec, planTrials, studyFingerprint } from './studies-plan.ts';
import { reportOf, type ScoredTrial } from './studies-report.ts';
import { runStudy, type StudyPlan } from './studies-runner.ts';
import { figureOfTrial } from './run-facts.ts';

type How = Pick<CheckedInput<'studies.resume'>, 'parallel' | 'engine'>;

/**
 * Run a study, from where the same one stopped before. What is done already is told and not trained again.
 * @throws AppError as `planTrials` before anything is stored; `study-not-resumable` while it is running; as `runStudy`.
 */
export async function startStudy(
  context: CoreContext,
  input: CheckedInput<'studies.start'>,
): Promise<CallOutput<'studies.start'>> {
  const store = context.project();
  const spec = definiteSpec(input.spec);
  const trials = planTrials(store, spec);
  const vectors = await vectorsOf(store, spec);
  const data = studyFingerprint(store, spec, vectors);
  const same = store.studies
    .list()
    .findLast((study) => study.data === data && JSON.stringify(study.spec) === JSON.stringify(spec));
  if (same !== undefined && !input.again) {
    if (same.status === 'done') return describeStudy(store, same.id);
    return goOn(context, store, same, vectors, { ...input, retry: false });
  }
  const study = store.studies.start({ spec, data, pid: process.pid, appVersion: context.appVersion }, trials);
  return run(context, store, findStudy(store, study), vectors, input);
}

/**
 * Go on with a study.
 * @throws AppError `study-not-found`; `study-not-resumable` while it is running, or where its documents or vectors are others now; as
 * `runStudy`.
 */
export async function resumeStudy(
  context: CoreContext,
  input: CheckedInput<'studies.resume'>,
): Promise<CallOutput<'studies.resume'>> {
  const store = context.project();
  const study = findStudy(store, input.study);
  const vectors = await vectorsOf(store, study.spec);
  if (study.data !== studyFingerprint(store, study.spec, vectors)) {
    throw notResumable(
      study.id,
      'the documents of the project, their splits, the word vectors or what this version trains under a recipe’s name are not as they were',
      'Start it anew; its trials so far can still be seen.',
    );
  }
  return goOn(context, store, study, vectors, input);
}

/** Stop a study that this core runs. @throws AppError `study-not-running`. */
export function cancelStudy(
  context: CoreContext,
  { study }: CheckedInput<'studies.cancel'>,
): CallOutput<'studies.cancel'> {
  requireUnderWay(context, study).cancel();
  return { study };
}

/** Forget a study with its trials and their runs. @throws AppError `study-not-found`, `study-not-resumable` while it is running. */
export function removeStudy(
  context: CoreContext,
  { study }: CheckedInput<'studies.remove'>,
): CallOutput<'studies.remove'> {
  const store = context.project();
  requireIdle(findStudy(store, study));
  store.studies.remove(study);
  context.emit('study.changed', { study });
  return { study };
}

/** Every study, oldest first. */
export function listStudies(store: ProjectStore): CallOutput<'studies.list'> {
  return { studies: store.studies.list().map((study) => studyView(study, store.studies.trials(study.id))) };
}

/** A study with its trials. @throws AppError `study-not-found`. */
export function describeStudy(store: ProjectStore, id: number): CallOutput<'studies.get'> {
  const study = findStudy(store, id);
  const trials = store.studies.trials(id);
  const list = trials.map((trial) => trialView(store, trial));
  const counts = store.studies.counts(id);
  const scored = trials.flatMap((trial, i): ScoredTrial[] => {
    const [view, found] = [list[i], counts.get(trial.id)];
    return trial.status === 'done' && view !== undefined && found !== undefined ? [{ trial: view, counts: found }] : [];
  });
  return { ...studyView(study, trials), list, report: reportOf(study.spec, scored) };
}

/** One trial. @throws AppError `study-not-found`. */
export function describeTrial(store: ProjectStore, id: number, trial: number): CallOutput<'studies.trial'> {
  const found = store.studies.trials(findStudy(store, id).id).find(({ number }) => number === trial);
  if (found !== undefined) return trialView(store, found);
  throw new AppError('study-not-found', `Study ${id} has no trial ${trial}.`);
}

/** @throws AppError `study-not-found` naming the studies that exist. */
function findStudy(store: ProjectStore, study: number): StudyEntry {
  const found = store.studies.find(study);
  if (found !== undefined) return found;
  const ids = store.studies.list().map(({ id }) => id);
  throw new AppError('study-not-found', `There is no study ${study} in this project.`, {
    details: {
      nextStep:
        ids.length === 0
          ? 'Start one with `notegraft curve` or `notegraft sweep`.'
          : `Choose one of: ${ids.join(', ')}.`,
    },
  });
}

async function goOn(
  context: CoreContext,
  store: ProjectStore,
  study: StudyEntry,
  vectors: VectorsForTraining | null,
  input: How & { retry: boolean },
): Promise<CallOutput<'studies.resume'>> {
  requireIdle(study);
  store.studies.restart(study.id, { pid: process.pid, retry: input.retry });
  return run(context, store, study, vectors, input);
}

async function run(
  context: CoreContext,
  store: ProjectStore,
  study: StudyEntry,
  vectors: VectorsForTraining | null,
  { parallel, engine }: How,
): Promise<CallOutput<'studies.start'>> {
  await runStudy(context, store, { study, plan: planOf(context, store, study), parallel, engine, vectors });
  return describeStudy(store, study.id);
}

/** How a study thinks of trials beyond those it began with. */
function planOf(context: CoreContext, store: ProjectStore, { id, spec }: StudyEntry): StudyPlan {
  return spec.kind === 'search' ? searchPlan(context, store, id, spec) : {};
}

function vectorsOf(store: ProjectStore, { embeddings }: StudySpec): Promise<VectorsForTraining | null> {
  return embeddings === undefined ? Promise.resolve(null) : vectorsForTraining(store, embeddings);
}

function requireIdle({ id, status }: StudyEntry): void {
  if (status === 'running') throw notResumable(id, 'it is running', 'Wait for its end, or stop it first.');
}

function requireUnderWay(context: CoreContext, study: number): { cancel(): void } {
  const found = context.studies.get(study);
  if (found !== undefined) return found;
  throw new AppError('study-not-running', `Study ${study} is not running.`, {
    details: { nextStep: 'See which studies there are with `notegraft studies`.' },
  });
}

function notResumable(study: number, why: string, nextStep: string): AppError {
  return new AppError('study-not-resumable', `Study ${study} cannot go on: ${why}.`, { details: { nextStep } });
}

function studyView(study: StudyEntry, trials: readonly TrialEntry[]): StudyView {
  const { id, data: _data, pid: _pid, ...rest } = study;
  const count = (wanted: TrialEntry['status']): number => trials.filter(({ status }) => status === wanted).length;
  return {
    ...rest,
    study: id,
    trials: {
      total: trials.length,
      waiting: count('waiting'),
      running: count('running'),
      done: count('done'),
      stopped: count('stopped'),
      failed: count('failed'),
    },
  };
}

function trialView(store: ProjectStore, trial: TrialEntry): TrialView {
  const { id: _id, study: _study, number, run: runOf, ...rest } = trial;
  const epochs = runOf === null ? [] : store.runs.epochs(runOf);
  const best = epochs.findLast((epoch) => epoch.best);
  const test = runOf === null ? null : store.runs.scores(runOf).test;
  return {
    ...rest,
    trial: number,
    run: runOf,
    epochs: epochs.length,
    bestEpoch: best?.epoch ?? null,
    figure: figureOfTrial(store, runOf),
    dev: best === undefined ? null : { micro: best.devMicroF1, macro: best.devMacroF1 },
    test: test === null ? null : { micro: figureOf(test), macro: test.strict.macro.f1 },
  };
}
