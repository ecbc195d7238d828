/** Inspection of a run: its model tags the target's dev and test documents once, and what came of it is kept. */
import { AppError, toErrorRecord } from '../../worker/domain/errors.ts';
import type { SpanPair } from '../../worker/domain/inspection.ts';
import type { Task } from '../../worker/domain/task-names.ts';
import type { DocumentEvidence } from '../../worker/domain/score-report.ts';
import type { CallOutput, CheckedInput } from '../api/contract.ts';
import type { DocumentEntry } from '../store/documents.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { CoreContext } from './context.ts';
import { noDocuments } from './corpora.ts';
import { labelMapOf } from './label-map.ts';
import { featuresOfRun, featuresOfSource, modelOfRun } from './models.ts';
import { scoredDocuments } from './score-reports.ts';
import { meantSource } from './sources.ts';
import { relabelled, streamDocuments } from './streaming.ts';
import { findRun } from './training.ts';

const scoredSplits = ['dev', 'test'] as const;

/**
 * Inspect a run's model on the documents that are dev and test now.
 * @throws AppError `run-not-found`, `run-without-model`, `data-missing` (no dev or test documents); the worker's own.
 */
export async function inspectRun(context: CoreContext, run: number): Promise<CallOutput<'runs.inspect'>> {
  const store = context.project();
  const model = modelOfRun(store, run);
  const modelHash = findRun(store, run).modelHash ?? '';
  const entries = store.documents.list('target').filter(({ split }) => split === 'dev' || split === 'test');
  if (entries.length === 0) throw noDocuments('target', 'dev');
  const found: { entry: DocumentEntry; pairs: readonly SpanPair[]; evidence: DocumentEvidence }[] = [];
  const { gates, reports } = await context.jobs.run<'inspect'>('runs.inspect', (job) => ({
    job: { kind: 'inspect', model, ...featuresOfRun(store, run) },
    documents: streamDocuments(store.documents, entries),
    onEvent(event) {
      if (event.kind === 'progress') {
        context.emit('job.progress', { job, done: event.done, total: event.total });
        return;
      }
      const entry = entries[event.document];
      if (entry !== undefined) found.push({ entry, pairs: event.pairs, evidence: event.evidence });
    },
  }));
  const splits = scoredSplits.filter((split) => entries.some((entry) => entry.split === split));
  store.transaction(() => {
    for (const split of splits) {
      const inside = found.filter(({ entry }) => entry.split === split);
      store.inspections.save(
        run,
        split,
        {
          modelHash,
          documents: inside.length,
          gates: gates.find((entry) => entry.split === split)?.components ?? [],
        },
        inside.map(({ entry, pairs }) => ({ document: entry.id, pairs })),
      );
      const scored = reports.find((entry) => entry.split === split);
      if (scored === undefined) continue;
      const evidence = inside.map((entry) => entry.evidence);
      // Score and report stay on the same documents, which may be others than at the training.
      store.runs.saveScore(run, split, scored.score);
      store.scoreReports.save(run, split, {
        report: scored.report,
        evidence: scoredDocuments(
          inside.map(({ entry }) => entry),
          evidence,
        ),
      });
    }
  });
  context.emit('run.inspected', { run });
  return { run, splits, documents: entries.length };
}

/**
 * Inspect the run that a training made. The training stands whatever becomes of this: what fails here is logged by its code, and
 * `runs.inspect` can be called again.
 */
export async function inspectAfter<T extends { readonly run: number }>(
  context: CoreContext,
  training: Promise<T>,
): Promise<T> {
  const result = await training;
  try {
    await inspectRun(context, result.run);
  } catch (thrown) {
    context.log({ event: 'inspection-failed', run: result.run, code: toErrorRecord(thrown).code });
  }
  return result;
}

/**
 * Source against target: score a run's tagger on the source documents, their labels seen through the label map. Kept until the label
 * map is another.
 * @throws AppError `data-missing` (no source documents, or no label mapped); as {@link inspectRun}.
 */
export async function scoreSource(
  context: CoreContext,
  { run, source: wanted }: CheckedInput<'runs.source'>,
): Promise<CallOutput<'runs.source'>> {
  const store = context.project();
  const entry = findRun(store, run);
  const source = meantSource(store, wanted);
  const mapped = mappedLabels(store, source);
  const { entries, isHeldOut } = sourceDocuments(store.documents.list(source));
  if (entries.length === 0) throw noDocuments(source);
  const trainedOn = !isHeldOut && entry.recipe.tasks.includes(source);
  const known = store.inspections.sourceScore(run, source);
  if (known !== undefined && JSON.stringify(known.labelMap) === JSON.stringify(mapped)) {
    return { source, score: known.score, trainedOn, mapped };
  }
  const model = modelOfRun(store, run);
  const { score } = await context.jobs.run<'evaluate'>('runs.source', (job) => ({
    job: {
      ...{ kind: 'evaluate', model, labels: [...new Set(Object.values(mapped))] },
      ...featuresOfSource(store, run, source),
    },
    documents: relabelled(streamDocuments(store.documents, entries), (label) => mapped[label] ?? null),
    onEvent: ({ done, total }) => context.emit('job.progress', { job, done, total }),
  }));
  store.inspections.saveSourceScore(run, source, { score, labelMap: mapped });
  return { source, score, trainedOn, mapped };
}

/** Labels of a source that are mapped, with their target labels. @throws AppError `data-missing` where there is none. */
export function mappedLabels(store: ProjectStore, source: Task): Record<string, string> {
  const mapped = Object.entries(labelMapOf(store, source)).filter((pair): pair is [string, string] => pair[1] !== null);
  if (mapped.length > 0) return Object.fromEntries(mapped);
  throw new AppError('data-missing', 'No source label is mapped to a target label, so there is nothing to compare.', {
    details: { nextStep: 'Map the labels that mean the same in the label map.' },
  });
}

/** Held-out source documents where there are any, else all: they were trained on. */
function sourceDocuments(all: readonly DocumentEntry[]): { entries: DocumentEntry[]; isHeldOut: boolean } {
  const heldOut = all.filter(({ split }) => split === 'test' || split === 'dev');
  return heldOut.length > 0 ? { entries: heldOut, isHeldOut: true } : { entries: [...all], isHeldOut: false };
}
