/** Running jobs to their end in tests, and the small training that they share. */
import assert from 'node:assert/strict';
import { AppError } from '../../worker/domain/errors.ts';
import { withSettings, type Recipe } from '../../worker/domain/recipe.ts';
import { recipeNamed } from '../../worker/domain/zoo.ts';
import { trainJob } from '../../worker/jobs/train.ts';
import type { JobOf } from '../../worker/protocol-jobs.ts';
import type { JobEvents, JobResults, TaskDocument } from '../../worker/protocol.ts';
import { sourceLines, streamed, targetLines, taskDocument } from './corpus.ts';

/** Everything a job reported, and what it ended with. */
export async function finished<E, R>(job: AsyncGenerator<E, R>): Promise<{ events: E[]; result: R }> {
  const events: E[] = [];
  for (let step = await job.next(); ; step = await job.next()) {
    if (step.done) return { events, result: step.value };
    events.push(step.value);
  }
}

/** The error a job ends with. */
export async function failureOf(job: AsyncGenerator<unknown, unknown>): Promise<AppError> {
  const thrown: unknown = await finished(job).then(
    () => null,
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof AppError, `not a plain error: ${String(thrown)}`);
  return thrown;
}

/** A recipe that trains in a moment. */
export function quickRecipe(name: string, settings: readonly string[] = []): Recipe {
  return withSettings(recipeNamed(name), [
    'characterEncoder.embeddingSize=6',
    'characterEncoder.hiddenSize=6',
    'wordEmbedding.size=10',
    'wordEncoder.hiddenSize=12',
    'decoder.hiddenSize=12',
    'decoder.tagEmbeddingSize=6',
    'training.batchSize=4',
    'training.batchesPerEpoch=5',
    'training.epochs=3',
    'training.learningRate=0.02',
    ...settings,
  ]);
}

/** Source and target, trained and scored on sentences of the same kind. */
export const trainingDocuments: readonly TaskDocument[] = [
  taskDocument('source', 'train', 's', sourceLines),
  taskDocument('target', 'train', 't1', targetLines.slice(0, 5)),
  taskDocument('target', 'train', 't2', targetLines.slice(5)),
  taskDocument('target', 'dev', 'd', targetLines.slice(2, 8)),
  taskDocument('target', 'test', 'e', targetLines.slice(4)),
];

/** Train to the end. */
export function trained(
  recipe: Recipe,
  options: Partial<Pick<JobOf<'train'>, 'seed' | 'embeddingsFile'>> = {},
  documents: readonly TaskDocument[] = trainingDocuments,
): Promise<{ events: JobEvents['train'][]; result: JobResults['train'] }> {
  const job: JobOf<'train'> = { kind: 'train', recipe, seed: 1, ...options };
  return finished(trainJob(job, streamed(documents), new AbortController().signal));
}

/** A model that knows the ten sentences by heart. */
export async function learnedModel(): Promise<Uint8Array<ArrayBuffer>> {
  const noDropout = ['wordEmbedding', 'characterEncoder', 'wordEncoder', 'decoder'].map(
    (place) => `dropout.${place}=0`,
  );
  const recipe = quickRecipe('dtn-hs', ['training.epochs=20', 'training.batchesPerEpoch=10', ...noDropout]);
  const { result } = await trained(recipe);
  return Uint8Array.from(result.model);
}
