/** The evaluation job: scores a saved model on streamed documents or on annotated files. */
import { AppError } from '../domain/errors.ts';
import type { JobEvents, JobOf, JobResults, TaskDocument } from '../protocol.ts';
import { engineFacts, openEngine } from './engine.ts';
import { importedDocuments } from './import.ts';
import { scoreModel } from './train.ts';

/** @throws AppError `model-damaged`, `data-missing`, and what reading the files throws. */
export async function* evaluateJob(
  job: JobOf<'evaluate'>,
  stream: AsyncIterable<TaskDocument>,
): AsyncGenerator<JobEvents['evaluate'], JobResults['evaluate']> {
  const documents = job.files ? await importedDocuments(job.files) : await Array.fromAsync(stream);
  if (documents.length === 0) {
    throw new AppError('data-missing', 'There are no documents to score.', {
      details: { nextStep: 'Choose a split that has documents, or give annotated files.' },
    });
  }
  yield { kind: 'progress', done: 0, total: documents.length };
  const engine = await openEngine(job.engine);
  const score = await scoreModel(job.model, documents, () => engine.endStep());
  yield { kind: 'progress', done: documents.length, total: documents.length };
  return { score, engine: engineFacts(engine) };
}
