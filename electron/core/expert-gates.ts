/** Which source each document of a split looks like to a run's experts. */
import type { CallOutput, CheckedInput } from '../api/contract.ts';
import type { CoreContext } from './context.ts';
import { noDocuments } from './corpora.ts';
import { featuresOfRun, modelOfRun } from './models.ts';
import { streamDocuments } from './streaming.ts';

/** @throws AppError `run-not-found`, `run-without-model`; `data-missing` (no documents, no experts); the worker's own. */
export async function expertGates(
  context: CoreContext,
  { run, split, features }: CheckedInput<'runs.experts'>,
): Promise<CallOutput<'runs.experts'>> {
  const store = context.project();
  const model = modelOfRun(store, run);
  const entries = store.documents.list('target').filter((entry) => entry.split === split);
  if (entries.length === 0) throw noDocuments('target', split);
  const { sources, documents, labels } = await context.jobs.run<'expert-gates'>('runs.experts', (job) => ({
    job: { kind: 'expert-gates', model, ...featuresOfRun(store, run, features) },
    documents: streamDocuments(store.documents, entries),
    onEvent: ({ done, total }) => context.emit('job.progress', { job, done, total }),
  }));
  return {
    sources,
    labels,
    documents: entries.map(({ id, name }, i) => ({
      document: id,
      name,
      ...(documents[i] ?? { tokens: 0, shares: [] }),
    })),
  };
}
