/** One training at work: its backends tried in turn, its epochs and states stored as they come, its end recorded. */
import { createHash } from 'node:crypto';
import type { BackendChange, EngineFacts, EngineWish } from '../../worker/domain/backends.ts';
import { toErrorRecord } from '../../worker/domain/errors.ts';
import type { Recipe } from '../../worker/domain/recipe.ts';
import { sourcesOf } from '../../worker/domain/task-names.ts';
import type { JobOf } from '../../worker/protocol-jobs.ts';
import type { JobEvents, JobResults, TaskDocument } from '../../worker/protocol.ts';
import type { CallOutput } from '../api/contract.ts';
import type { ProjectStore } from '../store/project-store.ts';
import { onBackend } from './backends.ts';
import type { CoreContext } from './context.ts';
import type { VectorSource } from './embeddings.ts';

/** Time between two signs of life in the store. */
const heartbeatMs = 5000;

/** A run that is in the store, and what it works with. */
export interface TrainingWork {
  readonly run: number;
  readonly recipe: Recipe;
  readonly seed: number;
  /** The word vectors to start from. */
  readonly vectors?: VectorSource | undefined;
  /** The folder of token features, where the recipe reads some. */
  readonly features?: string | undefined;
  readonly targetDocuments: number;
  readonly sourceDocuments: number;
  /** Read anew for every backend that is tried. */
  readonly documents: () => Iterable<readonly TaskDocument[]>;
  readonly engine: EngineWish;
  readonly force: boolean;
  /** A trial of a study: its epochs leave no state, so that a lost one begins anew, and its model is kept only where asked for. */
  readonly trial?: { readonly keepModel: boolean; readonly onCounts: (counts: TestCounts) => void };
}

/** Hits of each test document. */
export type TestCounts = NonNullable<JobResults['train']['testCounts']>;

/** What computes the run now, and why. */
interface Computing {
  reason: string;
  readonly changes: BackendChange[];
}

/**
 * Train to the end, from the stored state where there is one.
 * @throws AppError the worker's own; the run is then kept as paused, cancelled or failed, with its best model and its last state.
 */
export async function runTraining(
  context: CoreContext,
  store: ProjectStore,
  work: TrainingWork,
): Promise<CallOutput<'training.train'>> {
  const { run, recipe } = work;
  const computing: Computing = { reason: '', changes: [...(store.runs.find(run)?.engine?.changes ?? [])] };
  try {
    const result = await onBackend(
      context,
      work.engine,
      (order, reason) => {
        computing.reason = reason;
        return attempt(context, store, work, computing, { engine: order });
      },
      {
        afterCrash: true,
        onChange(from, to, reason) {
          const afterEpoch = store.runs.find(run)?.epochs ?? 0;
          computing.changes.push({ from, to, afterEpoch, reason });
          context.emit('run.backend', { run, from, to, afterEpoch, reason });
        },
      },
    );
    store.transaction(() => storeResult(store, work, result));
    const { model: _model, testCounts: _testCounts, engine, ...summary } = result;
    return { run, recipe: recipe.name, ...summary, engine: runEngine(engine, computing) };
  } catch (thrown) {
    endRun(context, store, run, thrown);
    throw thrown;
  }
}

async function attempt(
  context: CoreContext,
  store: ProjectStore,
  work: TrainingWork,
  computing: Computing,
  { engine }: Pick<JobOf<'train'>, 'engine'>,
): Promise<JobResults['train']> {
  const { run, recipe, seed, vectors, targetDocuments, sourceDocuments, force } = work;
  const state = store.runs.state(run);
  const model = store.runs.model(run)?.bytes;
  if (state === undefined) store.runs.dropEpochs(run);
  try {
    return await context.jobs.run<'train'>(work.trial ? 'studies.start' : 'training.train', (job) => {
      context.trainings.set(run, job);
      context.emit('run.started', {
        ...{ run, job, targetDocuments, sourceDocuments },
        sources: sourcesOf(recipe.tasks),
      });
      return {
        job: {
          kind: 'train',
          recipe,
          seed,
          engine,
          force,
          ...vectors,
          ...(work.features === undefined ? {} : { features: work.features }),
          ...(work.trial === undefined ? {} : { checkpoints: false }),
          ...(state === undefined ? {} : { resume: { state, ...(model === undefined ? {} : { model }) } }),
        },
        documents: work.documents(),
        onEvent: recorder(context, store, run, computing),
      };
    });
  } finally {
    context.trainings.delete(run);
  }
}

/** Stores what a training reports. */
function recorder(
  context: CoreContext,
  store: ProjectStore,
  run: number,
  computing: Computing,
): (event: JobEvents['train']) => void {
  let lastBeat = Date.now();
  return (event) => {
    switch (event.kind) {
      case 'prepared': {
        const { kind: _kind, engine: facts, ...prepared } = event;
        const engine = runEngine(facts, computing);
        store.runs.setPrepared(run, prepared);
        store.runs.setEngine(run, engine);
        context.emit('run.prepared', { run, ...prepared, engine });
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
      case 'epoch': {
        const { epoch, model, state } = event;
        // Together, so that a state never knows of an epoch or a best model that is not there.
        store.transaction(() => {
          store.runs.addEpoch(run, epoch);
          if (model !== null) saveModel(store, run, epoch.epoch, model);
          if (state !== null) store.runs.saveState(run, state);
        });
        context.emit('run.epoch', { run, epoch: epoch.epoch });
        break;
      }
      case 'paused':
        store.runs.saveState(run, event.state);
        break;
    }
  };
}

function runEngine(facts: EngineFacts, { reason, changes }: Computing): EngineFacts & Computing {
  return { ...facts, reason, changes };
}

function storeResult(store: ProjectStore, { run, trial }: TrainingWork, result: JobResults['train']): void {
  if (trial?.keepModel !== false) saveModel(store, run, result.bestEpoch, result.model);
  if (result.testCounts !== null) trial?.onCounts(result.testCounts);
  store.runs.saveScore(run, 'dev', result.dev);
  if (result.test !== null) store.runs.saveScore(run, 'test', result.test);
  const { bestEpoch, seconds, tokensPerSecond, modelHash } = result;
  store.runs.finish(run, { status: 'done', bestEpoch, seconds, tokensPerSecond, modelHash });
  store.runs.dropState(run);
}

function saveModel(store: ProjectStore, run: number, epoch: number, bytes: Uint8Array): void {
  store.runs.saveModel(run, { epoch, sha256: createHash('sha256').update(bytes).digest('hex'), bytes });
}

function endRun({ jobs }: CoreContext, store: ProjectStore, run: number, thrown: unknown): void {
  const error = toErrorRecord(thrown);
  if (error.code === 'paused') store.runs.finish(run, { status: 'paused' });
  else if (error.code === 'cancelled') store.runs.finish(run, { status: jobs.isClosing ? 'interrupted' : 'cancelled' });
  else store.runs.finish(run, { status: 'failed', error });
}
