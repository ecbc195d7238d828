/** The evaluation job: scores a saved model on streamed documents or on annotated files. */
import type { AnnotatedDocument } from '../domain/document.ts';
import { AppError } from '../domain/errors.ts';
import type { JobOf } from '../protocol-jobs.ts';
import type { JobEvents, JobResults, TaskDocument } from '../protocol.ts';
import { engineFacts, openEngine } from './engine.ts';
import { featuresOfModel, withFeaturesFrom } from './features.ts';
import { importedDocuments } from './import.ts';
import { documentEvidence, reportFacts, scoreReport } from '../evaluate/report.ts';
import { scoreDocuments, withAccuracy } from '../evaluate/scores.ts';
import { toolScore } from '../evaluate/tool-conventions.ts';
import { tagGold } from '../evaluate/tagged-gold.ts';
import { decodeModel } from '../model/checkpoint.ts';

/** @throws AppError `model-damaged`, `data-missing`, and what reading the files throws. */
export async function* evaluateJob(
  job: JobOf<'evaluate'>,
  stream: AsyncIterable<TaskDocument>,
): AsyncGenerator<JobEvents['evaluate'], JobResults['evaluate']> {
  const given: readonly AnnotatedDocument[] = job.files
    ? await importedDocuments(job.files)
    : await Array.fromAsync(stream);
  if (given.length === 0) {
    throw new AppError('data-missing', 'There are no documents to score.', {
      details: { nextStep: 'Choose a split that has documents, or give annotated files.' },
    });
  }
  yield { kind: 'progress', done: 0, total: given.length };
  const engine = await openEngine(job.engine);
  const model = decodeModel(job.model);
  const features = await featuresOfModel(model.recipe, job.features);
  const documents = await withFeaturesFrom(features, given, () => 'target');
  const wanted = job.labels === undefined ? null : new Set(job.labels);
  const tagged = (await tagGold(model, documents, () => engine.endStep())).map((entry) => ({
    ...entry,
    predicted: entry.predicted.filter(({ label }) => wanted === null || wanted.has(label)),
  }));
  const evidence = tagged.map(({ document, gold, predicted }) => documentEvidence(document, gold, predicted));
  yield { kind: 'progress', done: documents.length, total: documents.length };
  const facts = reportFacts(model);
  const report = scoreReport(evidence, { ...facts, labels: job.labels ?? facts.labels }, job.bootstrap);
  const compared = tagged.map(({ document, gold, predicted }) => ({ tokens: document.tokens, gold, predicted }));
  const tool = job.convention === undefined ? null : toolScore(job.convention, compared);
  const score = withAccuracy(scoreDocuments(tagged), model.vocabulary.tags.target);
  return { score, report, evidence, tool, engine: engineFacts(engine) };
}
