/** The job that tags notes into a project: text and spans of each note go back to core, which keeps them as they come. */
import { tokenCount } from '../domain/document.ts';
import { AppError } from '../domain/errors.ts';
import { startEngine } from '../engine/start.ts';
import { discoverNotes } from '../formats/discover.ts';
import type { FileGroup } from '../formats/format.ts';
import { decodeModel } from '../model/checkpoint.ts';
import type { JobOf } from '../protocol-jobs.ts';
import type { JobEvents, JobResults } from '../protocol.ts';
import { featuresOfModel } from './features.ts';
import { noteTagger } from './tag.ts';
import { taggedChunks } from './tagged-chunks.ts';

/**
 * Tag every note below the job's paths, or the files that an earlier job left. A note is reported once, tagged or failed.
 * @throws AppError `model-damaged`, `file-not-found`, `folder-empty`, `cancelled`, …
 */
export async function* tagNotesJob(
  job: JobOf<'tag-notes'>,
  signal: AbortSignal,
): AsyncGenerator<JobEvents['tag-notes'], JobResults['tag-notes']> {
  const model = decodeModel(job.model);
  const features = await featuresOfModel(model.recipe, job.features);
  const groups = groupsOf(job.from);
  yield { kind: 'found', files: groups.map(({ name, files }) => ({ name, path: files[0] ?? '' })) };
  const engine = await startEngine();
  const started = performance.now();
  const tag = noteTagger(model, job.beamWidth ?? model.recipe.decoding.beamWidth, () => engine.endStep());
  const totals = { done: 0, failed: 0, tokens: 0 };
  const speed = (): number => totals.tokens / ((performance.now() - started) / 1000);
  try {
    for await (const { chunk, predicted } of taggedChunks(groups, tag.run, features)) {
      for (const read of chunk) {
        if ('error' in read) {
          totals.failed++;
          yield { kind: 'note-failed', ...read };
          continue;
        }
        totals.done++;
        totals.tokens += tokenCount(read.document.tokens);
        yield { kind: 'note', ...read, spans: predicted.shift() ?? [] };
      }
      const { done, failed } = totals;
      yield { kind: 'progress', done, failed, total: groups.length, tokensPerSecond: speed() };
      if (signal.aborted) throw new AppError('cancelled', 'The tagging was cancelled.');
    }
    return { tokensPerSecond: speed() };
  } finally {
    tag.dispose();
  }
}

function groupsOf(from: JobOf<'tag-notes'>['from']): FileGroup[] {
  if (from.kind === 'paths') return discoverNotes(from.paths);
  return from.files.map(({ name, path }) => ({ name, files: [path] }));
}
