/** Evaluation: a stored run against a split of the target, or against files. */
import { AppError } from '../../worker/domain/errors.ts';
import type { CallOutput, CheckedInput } from '../api/contract.ts';
import { onBackend } from './backends.ts';
import { commandText } from './command-text.ts';
import type { CoreContext } from './context.ts';
import { noDocuments } from './corpora.ts';
import { featuresOfRun, modelOfRun } from './models.ts';
import { drawingWords, scoredDocuments } from './score-reports.ts';
import { streamDocuments } from './streaming.ts';

/**
 * Score a run; a score on a stored split is kept with the run.
 * @throws AppError `usage` (both or neither of split and files), `run-not-found`, `run-without-model`, `data-missing`; the worker's own.
 */
export async function evaluate(
  context: CoreContext,
  input: CheckedInput<'evaluation.evaluate'>,
): Promise<CallOutput<'evaluation.evaluate'>> {
  const store = context.project();
  const { run, split, files, bootstrap, convention } = input;
  if ((split === undefined) === (files === undefined)) {
    throw new AppError('usage', 'Evaluation takes either a split or files.');
  }
  const model = modelOfRun(store, run);
  const where = featuresOfRun(store, run, input.features);
  const entries = store.documents.list('target').filter((entry) => split !== undefined && entry.split === split);
  if (split !== undefined && entries.length === 0) throw noDocuments('target', split);
  const { score, report, evidence, tool, engine } = await onBackend(context, input.engine, async (order, reason) => {
    const result = await context.jobs.run<'evaluate'>('evaluation.evaluate', (job) => ({
      job: {
        ...{ kind: 'evaluate', model, engine: order },
        ...(files === undefined ? {} : { files }),
        ...where,
        ...(bootstrap === undefined ? {} : { bootstrap }),
        ...(convention === undefined ? {} : { convention }),
      },
      documents: streamDocuments(store.documents, entries),
      onEvent: ({ done, total }) => context.emit('job.progress', { job, done, total }),
    }));
    return { ...result, engine: { ...result.engine, reason } };
  });
  if (split !== undefined) {
    store.transaction(() => {
      store.runs.saveScore(run, split, score);
      store.scoreReports.save(run, split, { report, evidence: scoredDocuments(entries, evidence) });
    });
  }
  const what =
    split === undefined ? [...(files?.paths ?? []), '--format', files?.format ?? 'auto'] : ['--split', split];
  const named = convention === undefined ? [] : ['--convention', convention];
  const folder = where.features === undefined ? [] : ['--features', where.features];
  const command = commandText(
    'evaluate',
    store.path,
    '--run',
    run,
    ...what,
    ...named,
    ...folder,
    ...drawingWords(report),
  );
  return { ...score, run, split: split ?? null, engine, report: { ...report, command }, tool };
}

/** Score one folder of annotations against another. @throws AppError `data-missing`; the worker's own. */
export async function scoreFiles(
  context: CoreContext,
  { command, ...input }: CheckedInput<'evaluation.files'>,
): Promise<CallOutput<'evaluation.files'>> {
  const { bootstrap, convention, scheme, ...files } = input;
  const result = await context.jobs.run<'score-files'>('evaluation.files', (job) => ({
    job: {
      ...{ kind: 'score-files', ...files },
      ...(bootstrap === undefined ? {} : { bootstrap }),
      ...(convention === undefined ? {} : { convention }),
      ...(scheme === undefined ? {} : { scheme }),
    },
    onEvent: ({ done, total }) => context.emit('job.progress', { job, done, total }),
  }));
  return { ...result, report: { ...result.report, command } };
}
