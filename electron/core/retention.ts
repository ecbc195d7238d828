/** Retention: what a transfer model still knows of the source, beside a model that learned from the source alone. */
import { AppError } from '../../worker/domain/errors.ts';
import type { Recipe } from '../../worker/domain/recipe.ts';
import { plainSource, roleText, taskText, type Task } from '../../worker/domain/task-names.ts';
import { baseline } from '../../worker/domain/zoo.ts';
import type { JobResults, TaskDocument } from '../../worker/protocol.ts';
import type { CallOutput, CheckedInput } from '../api/contract.ts';
import type { DocumentEntry } from '../store/documents.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { RunEntry } from '../store/runs.ts';
import type { StoredReport } from '../store/score-reports.ts';
import { commandText } from './command-text.ts';
import type { CoreContext } from './context.ts';
import { featuresOfSource, modelOfRun } from './models.ts';
import { mappedLabels } from './run-inspection.ts';
import { meantSource } from './sources.ts';
import { evidenceOf, scoredDocuments } from './score-reports.ts';
import { relabelled, streamDocuments } from './streaming.ts';
import { findRun, sameVectors } from './training.ts';

/**
 * Score a run's tagger on the source's test documents through the label map, beside a baseline of the same settings that is trained on the
 * source's own train and dev documents. Both reports are kept with the run.
 * @throws AppError `run-not-found`, `run-without-model`; `data-missing` without a label map, without train, dev and test documents of the
 * source, or where the run was trained on the test documents; the worker's own.
 */
export async function retention(
  context: CoreContext,
  { run, source: wanted }: CheckedInput<'runs.retention'>,
): Promise<CallOutput<'runs.retention'>> {
  const store = context.project();
  const entry = findRun(store, run);
  const model = modelOfRun(store, run);
  const source = meantSource(store, wanted);
  const mapped = mappedLabels(store, source);
  const labels = [...new Set(Object.values(mapped))];
  const { training, test } = sourceParts(store, entry, source);
  const features = featuresOfSource(store, run, source);
  const sourceOnly = await trainOnSource(context, store, entry, training, mapped, features);
  const evaluate = (bytes: Uint8Array): Promise<JobResults['evaluate']> =>
    context.jobs.run<'evaluate'>('runs.retention', (job) => ({
      job: { kind: 'evaluate', model: Uint8Array.from(bytes), labels, ...features },
      documents: relabelled(streamDocuments(store.documents, test), (label) => mapped[label] ?? null),
      onEvent: ({ done, total }) => context.emit('job.progress', { job, done, total }),
    }));
  const [own, other] = [await evaluate(model), await evaluate(sourceOnly)];
  const kept = ({ report, evidence }: JobResults['evaluate']): StoredReport => ({
    report: { ...report, labelMap: mapped, labelMapSource: source },
    evidence: scoredDocuments(test, evidence),
  });
  const pair = { transfer: kept(own), sourceOnly: kept(other) };
  store.transaction(() => {
    store.scoreReports.save(run, 'source', pair.transfer);
    store.scoreReports.save(run, 'source-only', pair.sourceOnly);
  });
  context.emit('run.inspected', { run });
  return besideEachOther(context, store.path, 'runs.retention', run, pair);
}

/**
 * What {@link retention} found last of the model that the run has now; null where there is nothing.
 * @throws AppError `run-not-found`; the worker's own.
 */
export async function keptRetention(
  context: CoreContext,
  { run }: CheckedInput<'runs.keptRetention'>,
): Promise<CallOutput<'runs.retention'> | null> {
  const store = context.project();
  const { modelHash } = findRun(store, run);
  const transfer = store.scoreReports.find(run, 'source');
  const sourceOnly = store.scoreReports.find(run, 'source-only');
  if (transfer === undefined || sourceOnly === undefined || transfer.report.modelHash !== modelHash) return null;
  return besideEachOther(context, store.path, 'runs.keptRetention', run, { transfer, sourceOnly });
}

/** The two scores and their difference, paired by document. */
async function besideEachOther(
  context: CoreContext,
  projectPath: string,
  call: 'runs.retention' | 'runs.keptRetention',
  run: number,
  { transfer, sourceOnly }: { readonly transfer: StoredReport; readonly sourceOnly: StoredReport },
): Promise<CallOutput<'runs.retention'>> {
  const { difference } = await context.jobs.run<'compare'>(call, () => ({
    job: { kind: 'compare', first: sourceOnly.evidence.map(evidenceOf), second: transfer.evidence.map(evidenceOf) },
    onEvent: () => undefined,
  }));
  const { labelMap = {}, labelMapSource: source = plainSource } = transfer.report;
  const which = source === plainSource ? [] : ['--source', source];
  const command = commandText('retention', projectPath, '--run', run, ...which);
  return {
    ...{ run, source, command, mapped: labelMap },
    transfer: { ...transfer.report, command },
    sourceOnly: { ...sourceOnly.report, command },
    difference: { strict: difference.strict, lenient: difference.lenient, cautions: difference.cautions },
  };
}

interface SourceParts {
  /** Train and dev documents. */
  readonly training: readonly DocumentEntry[];
  readonly test: readonly DocumentEntry[];
}

function sourceParts(store: ProjectStore, { id, documents }: RunEntry, source: Task): SourceParts {
  const all = store.documents.list(source);
  const training = all.filter(({ split }) => split !== 'test');
  const test = all.filter(({ split }) => split === 'test');
  if (test.length === 0 || !all.some(({ split }) => split === 'dev')) {
    throw new AppError(
      'data-missing',
      `The ${taskText(source)} has no development or no test documents, so nothing of it was held out.`,
      {
        details: {
          nextStep: `Share it out with \`notegraft split … --role ${roleText(source)} --dev 0.1 --test 0.2\`, train again, and ask again.`,
        },
      },
    );
  }
  // Of all the sources that the run learned from: ids of documents are the project's.
  const seen = new Set(documents?.source ?? []);
  const trainedOn = test.filter((document) => seen.has(document.id)).length;
  if (trainedOn === 0) return { training, test };
  throw new AppError(
    'data-missing',
    `Run ${id} was trained on ${trainedOn} of the test documents of the ${taskText(source)}.`,
    { details: { nextStep: `Train it again, now that the ${taskText(source)} has documents that are held out.` } },
  );
}

/** A baseline with the run's settings, seed and vectors; the source takes the place of the target. */
async function trainOnSource(
  context: CoreContext,
  store: ProjectStore,
  { id, recipe, seed, embeddings }: RunEntry,
  training: readonly DocumentEntry[],
  mapped: Readonly<Record<string, string>>,
  features: { readonly features?: string },
): Promise<Uint8Array> {
  const vectors = embeddings === null ? undefined : await sameVectors(store, embeddings, id);
  const { tasks, sharing } = baseline();
  // Its labels are mapped before they are streamed, and it has no other task whose labels they could stand for.
  const decoder = { ...recipe.decoder, labels: 'own' as const };
  const alone: Recipe = { ...recipe, name: 'source-only', tasks, sharing, decoder };
  const { model } = await context.jobs.run<'train'>('runs.retention', (job) => ({
    job: { kind: 'train', recipe: alone, seed, ...vectors, ...features },
    documents: asTarget(relabelled(streamDocuments(store.documents, training), (label) => mapped[label] ?? null)),
    onEvent(event) {
      if (event.kind !== 'epoch') return;
      context.emit('job.progress', { job, done: event.epoch.epoch, total: recipe.training.epochs });
    },
  }));
  return model;
}

function* asTarget(chunks: Iterable<readonly TaskDocument[]>): Generator<TaskDocument[]> {
  for (const chunk of chunks) yield chunk.map((document) => ({ ...document, task: 'target' }));
}
