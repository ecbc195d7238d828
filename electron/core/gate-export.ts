/** Gates of a run as files, and which labels of the target the source shares. */
import type { CallOutput, CheckedInput } from '../api/contract.ts';
import type { ProjectStore } from '../store/project-store.ts';
import { commandText } from './command-text.ts';
import type { CoreContext } from './context.ts';
import { noDocuments } from './corpora.ts';
import { labelMapOf } from './label-map.ts';
import { modelOfRun } from './models.ts';
import { streamDocuments } from './streaming.ts';
import { findRun } from './training.ts';

/** Target labels that a source has too: of the same name, or by its label map. */
export function sharedLabels(store: ProjectStore): string[] {
  const maps = store.documents.sources().flatMap((source) => Object.entries(labelMapOf(store, source)));
  const mapped = maps.flatMap(([label, target]) => target ?? [label]);
  const target = new Set(store.documentLists.labelNames('target'));
  return [...new Set(mapped)].filter((label) => target.has(label)).sort();
}

/**
 * Write the gates of a run over the documents of a split.
 * @throws AppError `run-not-found`, `run-without-model`; `data-missing` (no documents, no gates); the worker's own.
 */
export async function exportGates(
  context: CoreContext,
  { run, split, outFolder, text, command }: CheckedInput<'runs.exportGates'>,
): Promise<CallOutput<'runs.exportGates'>> {
  const store = context.project();
  const { recipe, seed, modelHash } = findRun(store, run);
  const model = modelOfRun(store, run);
  const entries = store.documents.list('target').filter((entry) => entry.split === split);
  if (entries.length === 0) throw noDocuments('target', split);
  const words = ['--run', run, '--split', split, '--out', outFolder, ...(text ? [] : ['--no-text'])];
  const source = {
    ...{ run: `run ${run}, seed ${seed}`, recipe: recipe.name, modelHash: modelHash ?? '', split },
    command: command ?? commandText('gates', store.path, ...words),
  };
  const { means, groups, files } = await context.jobs.run<'export-gates'>('runs.exportGates', (job) => ({
    job: { kind: 'export-gates', model, outFolder, source, sharedLabels: sharedLabels(store), text },
    documents: streamDocuments(store.documents, entries),
    onEvent: ({ done, total }) => context.emit('job.progress', { job, done, total }),
  }));
  return { means: means.map(({ component, labels }) => ({ component, labels: [...labels] })), groups, files };
}
