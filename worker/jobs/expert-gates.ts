/** The job that asks the experts' gate which source each streamed document looks like. */
import { AppError } from '../domain/errors.ts';
import { expertsOf } from '../domain/experts.ts';
import { sourcesOf } from '../domain/task-names.ts';
import { expertSums, meanShares, type ShareSums } from '../evaluate/expert-gates.ts';
import { disposeTagger } from '../evaluate/tagger.ts';
import { decodeModel } from '../model/checkpoint.ts';
import { disposeParameters } from '../model/parameters.ts';
import type { JobOf } from '../protocol-jobs.ts';
import type { JobEvents, JobResults, TaskDocument } from '../protocol.ts';
import { featuresOfModel, withFeaturesFrom } from './features.ts';
import { openTagger } from './inspect.ts';

/** Documents that are read together. */
const chunkSize = 50;

/** @throws AppError `model-damaged`; `data-missing` for a model without experts. */
export async function* expertGatesJob(
  job: JobOf<'expert-gates'>,
  stream: AsyncIterable<TaskDocument>,
): AsyncGenerator<JobEvents['expert-gates'], JobResults['expert-gates']> {
  const documents = await Array.fromAsync(stream);
  const model = decodeModel(job.model);
  if (expertsOf(model.recipe) === null) {
    throw new AppError('data-missing', `The recipe ${model.recipe.name} has no experts.`, {
      details: { nextStep: 'Choose a run of a recipe with experts, such as man-moe.' },
    });
  }
  const features = await featuresOfModel(model.recipe, job.features);
  const sources = sourcesOf(model.recipe.tasks);
  const tagger = await openTagger(model);
  const labels = new Map<string, ShareSums>();
  const sums: ShareSums[] = [];
  try {
    for (let at = 0; at < documents.length; at += chunkSize) {
      const chunk = await withFeaturesFrom(features, documents.slice(at, at + chunkSize), ({ task }) => task);
      sums.push(...(await expertSums(tagger, chunk, sources, labels)));
      yield { kind: 'progress', done: sums.length, total: documents.length };
    }
  } finally {
    disposeTagger(tagger);
    disposeParameters(tagger.network.parameters);
  }
  return {
    sources,
    documents: sums.map((sum) => ({ tokens: sum.tokens, shares: meanShares(sum) })),
    labels: [...labels]
      .map(([label, sum]) => ({ label, tokens: sum.tokens, shares: meanShares(sum) }))
      .sort((a, b) => b.tokens - a.tokens || (a.label < b.label ? -1 : 1)),
  };
}
