/** What a training would cost on this machine: measured by a short probe in a worker, once for each shape of training. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Recipe } from '../../worker/domain/recipe.ts';
import { withFeatures } from '../../worker/domain/token-features.ts';
import type { CallOutput, CheckedInput } from '../api/contract.ts';
import type { CoreContext } from './context.ts';
import { findVectors, type FoundVectors } from './embeddings.ts';
import { resolveRecipe } from './recipes.ts';
import { selectDocuments, streamTraining } from './training-documents.ts';

const measuredSchema = z.object({
  parameters: z.int(),
  memoryBytes: z.int(),
  targetBatchSeconds: z.number(),
  sourceBatchSeconds: z.number().nullable(),
  devSeconds: z.number(),
  tokensPerSecond: z.number(),
  backend: z.string(),
  threads: z.int(),
});
type Measured = z.infer<typeof measuredSchema>;

/**
 * Time and memory of a training. A worker builds the network at the size the project's documents make, trains some batches of each
 * task and tags a part of dev; an epoch is its batches times these seconds. What was measured is kept for the shape (recipe without
 * the keys that only count epochs and batches, documents, machine's threads are the worker's) and used again, so that turning such
 * a key answers at once.
 * @throws AppError as a training with this input would before it starts; the worker's own.
 */
export async function estimateTraining(
  context: CoreContext,
  input: CheckedInput<'training.estimate'>,
): Promise<CallOutput<'training.estimate'>> {
  const vectors = input.embeddings === undefined ? null : await findVectors(context.project(), input.embeddings);
  return estimateWith(context, input, vectors);
}

/** {@link estimateTraining} with word vectors that are found already, so that many estimates read their file once. */
export async function estimateWith(
  context: CoreContext,
  input: Omit<CheckedInput<'training.estimate'>, 'embeddings'>,
  vectors: FoundVectors | null,
): Promise<CallOutput<'training.estimate'>> {
  const store = context.project();
  const { targetFraction, seed, sources } = input;
  const wanted = withFeatures(resolveRecipe(input.recipe, input.settings), input.features);
  const selected = selectDocuments(store, wanted, targetFraction, seed, sources);
  const { recipe } = selected;
  const shape = shapeOf(
    recipe,
    [...selected.target, ...selected.source].map(({ hash, split }) => `${hash} ${split}`),
    vectors?.sha256 ?? null,
  );
  const known = store.setUp.estimate(shape);
  if (known !== undefined) return costOf(recipe, measuredSchema.parse(known.value), known.savedAt);
  const measured = await context.jobs.run<'estimate'>('training.estimate', (job) => ({
    job: { kind: 'estimate', recipe, ...vectors?.source },
    documents: streamTraining(store, selected),
    onEvent: ({ done, total }) => context.emit('job.progress', { job, done, total }),
  }));
  const at = store.access === 'write' ? store.setUp.saveEstimate(shape, measured) : new Date().toISOString();
  return costOf(recipe, measured, at);
}

/** What changes the time of a batch, as one short word. */
function shapeOf(recipe: Recipe, documents: readonly string[], vectors: string | null): string {
  const { name: _name, training, ...rest } = recipe;
  const { batchSize, maxSentenceTokens } = training;
  const shape = JSON.stringify([
    rest,
    batchSize,
    maxSentenceTokens,
    process.env['NOTEGRAFT_THREADS'] ?? '',
    documents,
    vectors,
  ]);
  return createHash('sha256').update(shape).digest('hex');
}

function costOf(recipe: Recipe, measured: Measured, measuredAt: string): CallOutput<'training.estimate'> {
  const { batchesPerEpoch, sourceRatio, epochs } = recipe.training;
  const { targetBatchSeconds, sourceBatchSeconds, devSeconds, ...rest } = measured;
  const sourceBatches = Math.max(1, Math.round(batchesPerEpoch * sourceRatio));
  const secondsPerEpoch =
    batchesPerEpoch * targetBatchSeconds +
    (sourceBatchSeconds === null ? 0 : sourceBatches * sourceBatchSeconds) +
    devSeconds;
  return { ...rest, secondsPerEpoch, secondsAtMost: secondsPerEpoch * epochs, epochsAtMost: epochs, measuredAt };
}
