/** Training: choose the documents, record the run, store its epochs, checkpoints, model and scores. */
import { createHash } from 'node:crypto';
import { AppError, toErrorRecord } from '../../worker/domain/errors.ts';
import { nestedSubset } from '../../worker/domain/random.ts';
import type { Recipe } from '../../worker/domain/recipe.ts';
import type { JobEvents, JobResults } from '../../worker/protocol.ts';
import type { CallOutput, CheckedInput } from '../api/contract.ts';
import type { RunView } from '../api/views.ts';
import type { DocumentEntry } from '../store/documents.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { RunEntry } from '../store/runs.ts';
import type { CoreContext } from './context.ts';
import { noDocuments } from './corpora.ts';
import { resolveRecipe } from './recipes.ts';
import { streamDocuments } from './streaming.ts';
import { describeVectorFile } from './vector-file.ts';

/** Time between two signs of life in the store. */
const heartbeatMs = 5000;

export interface Selected {
  readonly target: readonly DocumentEntry[];
  readonly source: readonly DocumentEntry[];
}

/**
 * Train a recipe on the open project.
 * @throws AppError `recipe-unknown`, `recipe-invalid`, `data-missing` before anything is stored; afterwards the run is kept as
 * cancelled or failed, with its last checkpoint.
 */
export async function train(
  context: CoreContext,
  input: CheckedInput<'training.train'>,
): Promise<CallOutput<'training.train'>> {
  const store = context.project();
  const recipe = resolveRecipe(input.recipe, input.settings);
  const selected = selectDocuments(store, recipe, input.targetFraction, input.seed);
  const vectors = input.embeddings === undefined ? null : await describeVectorFile(input.embeddings);
  const run = store.runs.start({
    recipe,
    seed: input.seed,
    targetFraction: input.targetFraction,
    settings: input.settings,
    embeddingsId: vectors === null ? null : store.embeddings.remember(vectors),
    targetDocuments: selected.target.filter((entry) => entry.split === 'train').length,
    sourceDocuments: selected.source.length,
    pid: process.pid,
    appVersion: context.appVersion,
  });
  const record = runRecorder(context, store, run);
  try {
    const result = await context.jobs.run<'train'>('training.train', (job) => {
      context.emit('run.started', {
        run,
        job,
        targetDocuments: selected.target.filter((entry) => entry.split === 'train').length,
        sourceDocuments: selected.source.length,
      });
      return {
        job: {
          kind: 'train',
          recipe,
          seed: input.seed,
          ...(input.embeddings === undefined ? {} : { embeddingsFile: input.embeddings }),
        },
        documents: streamTraining(store, selected),
        onEvent: record,
      };
    });
    store.transaction(() => storeResult(store, run, result));
    const { epochs, bestEpoch, seconds, tokensPerSecond, modelHash, dev, test } = result;
    return { run, recipe: recipe.name, epochs, bestEpoch, seconds, tokensPerSecond, modelHash, dev, test };
  } catch (thrown) {
    endRun(store, run, thrown);
    throw thrown;
  }
}

/** Source documents first; those without a split are there to train on. */
export function* streamTraining(store: ProjectStore, selected: Selected): ReturnType<typeof streamDocuments> {
  yield* streamDocuments(store.documents, selected.source, () => 'train');
  yield* streamDocuments(store.documents, selected.target);
}

/** The documents a run is trained and scored on, in an order that does not depend on the order of import. */
export function selectDocuments(store: ProjectStore, recipe: Recipe, targetFraction: number, seed: number): Selected {
  const target = store.documents.list('target');
  if (target.length === 0) throw noDocuments('target');
  const inSplit = (split: DocumentEntry['split']): DocumentEntry[] => target.filter((entry) => entry.split === split);
  const train = nestedSubset(inSplit('train'), targetFraction, seed);
  const dev = inSplit('dev');
  if (train.length === 0 || dev.length === 0) throw splitMissing(train.length === 0 ? 'train' : 'dev');
  for (const [documents, purpose] of [
    [train, 'to train on'],
    [dev, 'to choose the best epoch by (dev)'],
  ] as const) {
    if (documents.some((entry) => entry.spans > 0)) continue;
    throw new AppError('data-missing', `The target documents ${purpose} hold no annotation.`, {
      details: {
        nextStep: 'Import annotated target documents for that split, or run `notegraft split` with another seed.',
      },
    });
  }
  const chosen = new Set(train);
  return {
    target: [...inSplit('train').filter((entry) => chosen.has(entry)), ...dev, ...inSplit('test')],
    source: recipe.tasks.includes('source') ? selectSource(store, recipe) : [],
  };
}

function selectSource(store: ProjectStore, recipe: Recipe): DocumentEntry[] {
  const source = store.documents.list('source').filter((entry) => entry.split === null || entry.split === 'train');
  if (source.some((entry) => entry.spans > 0)) return source;
  throw new AppError(
    'data-missing',
    `The recipe ${recipe.name} needs annotated source documents, and there are none.`,
    {
      details: {
        nextStep: 'Import a source corpus with `notegraft import … --role source`, or train the recipe baseline.',
      },
    },
  );
}

function splitMissing(split: 'train' | 'dev'): AppError {
  const purpose = split === 'train' ? 'to train on' : 'to tell when to stop';
  return new AppError('data-missing', `The target has no ${split} documents, which are needed ${purpose}.`, {
    details: {
      nextStep: `Import some with --role target --split ${split}, or share out the documents with \`notegraft split\`.`,
    },
  });
}

/** Stores what a training reports. */
function runRecorder(context: CoreContext, store: ProjectStore, run: number): (event: JobEvents['train']) => void {
  let lastBeat = Date.now();
  return (event) => {
    switch (event.kind) {
      case 'prepared': {
        const { kind: _kind, ...prepared } = event;
        store.runs.setPrepared(run, prepared);
        context.emit('run.prepared', { run, ...prepared });
        break;
      }
      case 'step': {
        const { kind: _kind, ...step } = event;
        if (Date.now() - lastBeat >= heartbeatMs) {
          lastBeat = Date.now();
          store.runs.beat(run);
        }
        context.emit('run.step', { run, ...step });
        break;
      }
      case 'epoch':
        store.runs.addEpoch(run, event.epoch);
        context.emit('run.epoch', { run, epoch: event.epoch.epoch });
        break;
      case 'checkpoint':
        saveModel(store, run, event.epoch, event.model);
        break;
    }
  };
}

function storeResult(store: ProjectStore, run: number, result: JobResults['train']): void {
  saveModel(store, run, result.bestEpoch, result.model);
  store.runs.saveScore(run, 'dev', result.dev);
  if (result.test !== null) store.runs.saveScore(run, 'test', result.test);
  const { bestEpoch, seconds, tokensPerSecond, modelHash } = result;
  store.runs.finish(run, { status: 'done', bestEpoch, seconds, tokensPerSecond, modelHash });
}

function saveModel(store: ProjectStore, run: number, epoch: number, bytes: Uint8Array): void {
  store.runs.saveModel(run, { epoch, sha256: createHash('sha256').update(bytes).digest('hex'), bytes });
}

function endRun(store: ProjectStore, run: number, thrown: unknown): void {
  const error = toErrorRecord(thrown);
  store.runs.finish(run, error.code === 'cancelled' ? { status: 'cancelled' } : { status: 'failed', error });
}

/** A run with its scores, as faces show it. @throws AppError `run-not-found`. */
export function describeRun(store: ProjectStore, run: number): RunView {
  return runView(store, findRun(store, run));
}

/** Every run, oldest first. */
export function listRuns(store: ProjectStore): RunView[] {
  return store.runs.list().map((entry) => runView(store, entry));
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
  const { id, recipe, pid: _pid, prepared: _prepared, ...rest } = entry;
  return {
    ...rest,
    run: id,
    recipe: recipe.name,
    recipeInFull: recipe,
    ...store.runs.scores(id),
  };
}
