/** Tagging: a folder of notes with a stored run or a model file; with a run, what was found is kept as a session. */
import { AppError, toErrorRecord } from '../../worker/domain/errors.ts';
import type { EngineReport } from '../../worker/domain/backends.ts';
import type { JobOf } from '../../worker/protocol-jobs.ts';
import type { JobResults } from '../../worker/protocol.ts';
import type { CallOutput, CheckedInput } from '../api/contract.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { TaggedNote } from '../store/taggings.ts';
import { onBackend } from './backends.ts';
import type { CoreContext } from './context.ts';
import { type ModelBytes, modelOfRun, readModelFile } from './models.ts';
import { chunkWriter } from './streaming.ts';
import { findRun } from './training.ts';

type TagInput = CheckedInput<'tagging.tag'>;

/**
 * Tag notes and write the results below `outFolder`.
 * @throws AppError `usage` (both or neither of run and model file), `run-not-found`, `run-without-model`, `file-not-found`,
 * `model-damaged`; the worker's own. A note that cannot be tagged is counted, not thrown.
 */
export async function tag(context: CoreContext, input: TagInput): Promise<CallOutput<'tagging.tag'>> {
  const { run, modelFile } = input;
  if (run !== undefined && modelFile === undefined) return tagWithRun(context, input, run);
  if (run === undefined && modelFile !== undefined) {
    const result = await runTagging(
      context,
      input.engine,
      { ...job(input, readModelFile(modelFile)), runLabel: '' },
      () => undefined,
    );
    return { session: null, ...result };
  }
  throw new AppError('usage', 'Tagging takes either a run of a project or a model file.');
}

async function tagWithRun(context: CoreContext, input: TagInput, run: number): Promise<CallOutput<'tagging.tag'>> {
  const store = context.project();
  const model = modelOfRun(store, run);
  const { recipe, modelHash } = findRun(store, run);
  const session = store.taggings.start({
    run,
    modelHash: modelHash ?? '',
    beamWidth: input.beamWidth ?? null,
    features: input.features ?? null,
  });
  const notes = chunkWriter<TaggedNote>((items) => store.taggings.addNotes(session, items));
  try {
    const runLabel = `run ${run} (${recipe.name})`;
    const result = await runTagging(context, input.engine, { ...job(input, model), runLabel }, (note) =>
      notes.add(note),
    );
    notes.flush();
    store.taggings.finish(session, 'done');
    return { session, ...result };
  } catch (thrown) {
    endSession(store, session, thrown, () => notes.flush());
    throw thrown;
  }
}

function job(input: TagInput, model: ModelBytes): Omit<JobOf<'tag'>, 'runLabel'> {
  const { paths, outFolder, write, command, beamWidth, features } = input;
  return {
    ...{ kind: 'tag', model, paths, outFolder, write, command },
    ...(beamWidth === undefined ? {} : { beamWidth }),
    ...(features === undefined ? {} : { features }),
  };
}

function runTagging(
  context: CoreContext,
  wish: TagInput['engine'],
  job: JobOf<'tag'>,
  onNote: (note: TaggedNote) => void,
): Promise<JobResults['tag'] & { engine: EngineReport }> {
  return onBackend(context, wish, async (engine, reason) => {
    const result = await context.jobs.run<'tag'>('tagging.tag', (id) => ({
      job: { ...job, engine },
      onEvent(event) {
        if (event.kind === 'progress') {
          const { done, failed, total, tokensPerSecond } = event;
          context.emit('job.progress', { job: id, done, failed, total, tokensPerSecond });
        } else if (event.kind === 'note') {
          const { name, hash, tokens, spans } = event;
          onNote({ name, hash, tokens, spans });
        } else onNote({ name: event.name, hash: null, tokens: 0, spans: [], error: event.error });
      },
    }));
    return { ...result, engine: { ...result.engine, reason } };
  });
}

function endSession(store: ProjectStore, session: number, thrown: unknown, flush: () => void): void {
  const { code } = toErrorRecord(thrown);
  // On a full disk the notes at hand could not be kept either.
  if (code !== 'disk-full') flush();
  store.taggings.finish(session, code === 'cancelled' ? 'cancelled' : 'failed');
}
