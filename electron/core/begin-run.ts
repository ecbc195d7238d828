/** The beginning of a run: its documents chosen, its row in the store. */
import type { Recipe } from '../../worker/domain/recipe.ts';
import type { Task } from '../../worker/domain/task-names.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { CoreContext } from './context.ts';
import type { VectorsForTraining } from './embeddings.ts';
import { selectDocuments, streamTraining } from './training-documents.ts';
import type { TrainingWork } from './training-run.ts';

/** What a new run is to be. */
export interface NewRun {
  readonly recipe: Recipe;
  readonly settings: readonly string[];
  readonly seed: number;
  readonly targetFraction: number;
  readonly vectors: VectorsForTraining | null;
  /** The study that it is a trial of. */
  readonly study: number | null;
  /** The folder of token features, where the recipe reads some. */
  readonly features?: string | undefined;
  /** All of the project when left out. */
  readonly sources?: readonly Task[] | undefined;
}

/** A run that is in the store, ready to be trained. */
export interface BegunRun {
  readonly work: Omit<TrainingWork, 'engine' | 'force' | 'trial'>;
  /** Ids of its test documents, in the order of the worker's counts. */
  readonly tested: readonly number[];
}

/**
 * Choose the documents and record the run.
 * @throws AppError `data-missing`, `usage`, `recipe-invalid` before anything is stored.
 */
export function beginRun(context: CoreContext, store: ProjectStore, begin: NewRun): BegunRun {
  const { seed, targetFraction, settings, vectors, study, features } = begin;
  const selected = selectDocuments(store, begin.recipe, targetFraction, seed, begin.sources);
  const { recipe, source, target } = selected;
  const counts = {
    targetDocuments: target.filter(({ split }) => split === 'train').length,
    sourceDocuments: source.filter(({ split }) => split !== 'dev').length,
  };
  const run = store.runs.start({
    recipe,
    seed,
    targetFraction,
    settings,
    embeddingsId: vectors?.embeddingsId ?? null,
    features: features ?? null,
    ...counts,
    documents: { source: source.map(({ id }) => id), target: target.map(({ id }) => id) },
    pid: process.pid,
    appVersion: context.appVersion,
    study,
  });
  const documents = (): ReturnType<typeof streamTraining> => streamTraining(store, selected);
  return {
    work: { run, recipe, seed, vectors: vectors?.source, features, ...counts, documents },
    tested: target.filter(({ split }) => split === 'test').map(({ id }) => id),
  };
}
