/** Training: choose the documents, record the run, have it trained, put it aside, go on with it. */
import { AppError } from '../../worker/domain/errors.ts';
import { requireFeatures, withFeatures } from '../../worker/domain/token-features.ts';
import type { CallOutput, CheckedInput } from '../api/contract.ts';
import type { RunView } from '../api/views.ts';
import type { DocumentEntry } from '../store/documents.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { RunEntry } from '../store/runs.ts';
import { beginRun } from './begin-run.ts';
import type { CoreContext } from './context.ts';
import { type VectorSource, vectorsForTraining } from './embeddings.ts';
import { resolveRecipe } from './recipes.ts';
import { devFromOf, figureOfRun } from './run-facts.ts';
import { selectDocuments, type Selected, streamTraining } from './training-documents.ts';
import { runTraining } from './training-run.ts';

/**
 * Train a recipe on the open project.
 * @throws AppError `recipe-unknown`, `recipe-invalid`, `data-missing` before anything is stored; afterwards the run is kept as
 * paused, cancelled or failed, with its best model and the state it can go on from.
 */
export async function train(
  context: CoreContext,
  input: CheckedInput<'training.train'>,
): Promise<CallOutput<'training.train'>> {
  const store = context.project();
  const { seed, targetFraction, settings, sources, features, engine, force } = input;
  const recipe = withFeatures(resolveRecipe(input.recipe, settings), features);
  requireFeatures(recipe, features);
  // What is missing is said before vectors are read.
  selectDocuments(store, recipe, targetFraction, seed, sources);
  const vectors = input.embeddings === undefined ? null : await vectorsForTraining(store, input.embeddings);
  const begin = { recipe, settings, seed, targetFraction, vectors, study: null, sources, features };
  return runTraining(context, store, { ...beginRun(context, store, begin).work, engine, force });
}

/**
 * Go on with a run that was paused, cancelled or interrupted, or that failed: from its last stored state, or from the beginning
 * where it did not come that far. The result is the one that an undisturbed training gives.
 * @throws AppError `run-not-found`; `run-not-resumable` when it is done or running, or its documents or vectors are not there any more.
 */
export async function resumeTraining(
  context: CoreContext,
  { run, features: moved, engine, force }: CheckedInput<'training.resume'>,
): Promise<CallOutput<'training.train'>> {
  const store = context.project();
  const entry = findRun(store, run);
  const { recipe, seed, targetDocuments, sourceDocuments } = entry;
  const features = moved ?? entry.features ?? undefined;
  requireFeatures(recipe, features);
  const selected = selectedAgain(store, entry);
  const vectors = entry.embeddings === null ? undefined : await sameVectors(store, entry.embeddings, run);
  store.runs.restart(run, { pid: process.pid, features: features ?? null });
  const documents = (): ReturnType<typeof streamTraining> => streamTraining(store, selected);
  const counts = { targetDocuments, sourceDocuments };
  return runTraining(context, store, { run, recipe, seed, vectors, features, ...counts, documents, engine, force });
}

/**
 * Put a run aside that this core is training: its worker saves its state and ends, and the call that trains fails with `paused`.
 * @throws AppError `run-not-running`.
 */
export function pauseTraining(
  context: CoreContext,
  { run }: CheckedInput<'training.pause'>,
): CallOutput<'training.pause'> {
  const job = context.trainings.get(run);
  if (job !== undefined && context.jobs.pause(job)) return { run };
  throw notRunning(run);
}

/**
 * Stop a run that this core is training: its finished epochs stay, and the call that trains fails with `cancelled`.
 * @throws AppError `run-not-running`.
 */
export function cancelTraining(
  context: CoreContext,
  { run }: CheckedInput<'training.cancel'>,
): CallOutput<'training.cancel'> {
  const job = context.trainings.get(run);
  if (job !== undefined && context.jobs.cancel(job)) return { run };
  throw notRunning(run);
}

function notRunning(run: number): AppError {
  return new AppError('run-not-running', `Run ${run} is not being trained.`, {
    details: { nextStep: 'See which runs there are with `notegraft runs`.' },
  });
}

/** The documents a run began with. */
function selectedAgain(store: ProjectStore, { id, recipe, status, documents, study }: RunEntry): Selected {
  if (study !== null)
    throw notResumable(id, `it is a trial of study ${study}`, `Go on with \`notegraft studies … --resume ${study}\`.`);
  if (status === 'done' || status === 'running')
    throw notResumable(id, status === 'done' ? 'it is done' : 'it is being trained', 'Choose a run that was stopped.');
  const entries = [...store.documents.sources(), 'target'].flatMap((task) => store.documents.list(task));
  const known = new Map(entries.map((entry) => [entry.id, entry]));
  const pick = (ids: readonly number[]): DocumentEntry[] => ids.flatMap((document) => known.get(document) ?? []);
  if (documents === null) throw notResumable(id, 'an older version of Notegraft began it', 'Train again.');
  const selected = { recipe, source: pick(documents.source), target: pick(documents.target) };
  if (selected.source.length + selected.target.length === documents.source.length + documents.target.length)
    return selected;
  throw notResumable(id, 'some of its documents are no longer in the project', 'Train again.');
}

/** A run's word vectors. @throws AppError `run-not-resumable` where they are others or gone. */
export async function sameVectors(store: ProjectStore, sha256: string, run: number): Promise<VectorSource> {
  const path = store.embeddings.list().find((entry) => entry.sha256 === sha256)?.path ?? '';
  const found = await vectorsForTraining(store, path);
  if (found.sha256 === sha256) return found.source;
  throw notResumable(run, 'its word vectors have changed', `Put the file as it was back at ${path}.`);
}

function notResumable(run: number, why: string, nextStep: string): AppError {
  return new AppError('run-not-resumable', `Run ${run} cannot go on: ${why}.`, { details: { nextStep } });
}

/** A run with its scores, as faces show it. @throws AppError `run-not-found`. */
export function describeRun(store: ProjectStore, run: number): RunView {
  return runView(store, findRun(store, run));
}

/** Every run, oldest first; those of studies only where `trials` asks for them. */
export function listRuns(store: ProjectStore, trials: boolean): RunView[] {
  return [...store.runs.list(), ...(trials ? store.runs.listTrials() : [])]
    .sort((a, b) => a.id - b.id)
    .map((entry) => runView(store, entry));
}

/** @throws AppError `run-not-found` naming the runs that exist. */
export function findRun(store: ProjectStore, run: number): RunEntry {
  const found = store.runs.find(run);
  if (found !== undefined) return found;
  const ids = store.runs.list().map((entry) => entry.id);
  throw new AppError('run-not-found', `There is no run ${run} in this project.`, {
    details: {
      nextStep: ids.length === 0 ? 'Train one with `notegraft train`.' : `Choose one of: ${ids.join(', ')}.`,
    },
  });
}

function runView(store: ProjectStore, entry: RunEntry): RunView {
  const { id, recipe, pid: _pid, prepared, documents: _documents, hasState, ...rest } = entry;
  return {
    ...rest,
    run: id,
    recipe: recipe.name,
    recipeInFull: recipe,
    resumable:
      rest.study === null && rest.status !== 'done' && rest.status !== 'running' && (hasState || rest.epochs === 0),
    devFrom: devFromOf(prepared),
    figure: figureOfRun(store, entry),
    ...store.runs.scores(id),
  };
}
