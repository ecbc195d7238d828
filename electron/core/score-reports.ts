/** Scores with their intervals: kept with a run, and the difference of two runs that were scored on the same documents. */
import { AppError } from '../../worker/domain/errors.ts';
import type { DocumentEvidence, ScoreReport } from '../../worker/domain/score-report.ts';
import type { CallOutput, CheckedInput } from '../api/contract.ts';
import type { ScoreReportView } from '../api/score-views.ts';
import type { ScoredSplit } from '../store/inspections.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { ScoredDocument, StoredReport } from '../store/score-reports.ts';
import { commandText } from './command-text.ts';
import type { CoreContext } from './context.ts';
import { findRun } from './training.ts';

/** The evidence of documents beside their ids. */
export function scoredDocuments(
  entries: readonly { readonly id: number }[],
  evidence: readonly DocumentEvidence[],
): ScoredDocument[] {
  return evidence.flatMap((added, i) => {
    const document = entries[i]?.id;
    return document === undefined ? [] : [{ document, ...added }];
  });
}

/** A report as faces show it. */
export function reportView(store: ProjectStore, report: ScoreReport, run: number, split: ScoredSplit): ScoreReportView {
  const command = commandText('evaluate', store.path, '--run', run, '--split', split, ...drawingWords(report));
  return { ...report, command };
}

/** The options that draw the same intervals. */
export function drawingWords({ draws, seed }: Pick<ScoreReport, 'draws' | 'seed'>): (string | number)[] {
  return ['--draws', draws, '--bootstrap-seed', seed];
}

/** The stored report of a run. @throws AppError `run-not-found`; `data-missing` where it was not scored with intervals yet. */
export function runReport(store: ProjectStore, run: number, split: ScoredSplit): CallOutput<'runs.report'> {
  return reportView(store, storedReport(store, run, split).report, run, split);
}

/**
 * The paired difference second − first.
 * @throws AppError `run-not-found`, `data-missing`; `runs-not-comparable` with the reason where the documents differ.
 */
export async function runDifference(
  context: CoreContext,
  { first, second, split, bootstrap }: CheckedInput<'runs.difference'>,
): Promise<CallOutput<'runs.difference'>> {
  const store = context.project();
  const [before, after] = [storedReport(store, first, split), storedReport(store, second, split)];
  const paired = pairDocuments({ run: first, ...before }, { run: second, ...after }, split);
  const { difference } = await context.jobs.run<'compare'>('runs.difference', () => ({
    job: { kind: 'compare', ...paired, ...(bootstrap === undefined ? {} : { bootstrap }) },
    onEvent: () => undefined,
  }));
  const command = commandText('compare', store.path, '--runs', `${first},${second}`, '--split', split);
  return { ...difference, first, second, split, command };
}

/** The evidence of both runs in the same order of documents. */
function pairDocuments(
  a: StoredReport & { run: number },
  b: StoredReport & { run: number },
  split: ScoredSplit,
): { first: DocumentEvidence[]; second: DocumentEvidence[] } {
  const others = new Map(b.evidence.map((entry) => [entry.document, entry]));
  const own = new Set(a.evidence.map(({ document }) => document));
  const lacking = a.evidence.filter(({ document }) => !others.has(document)).length;
  const added = b.evidence.filter(({ document }) => !own.has(document)).length;
  if (lacking > 0 || added > 0) {
    const reason = `run ${a.run} on ${a.evidence.length} documents, run ${b.run} on ${b.evidence.length}, of which ${b.evidence.length - added} are the same`;
    throw notComparable(a.run, b.run, split, reason);
  }
  const pairs = a.evidence.map((entry) => [entry, others.get(entry.document) ?? entry] as const);
  const changed = pairs.filter(([x, y]) => x.fingerprint !== y.fingerprint).length;
  if (changed > 0)
    throw notComparable(a.run, b.run, split, `the annotations of ${changed} documents were changed between`);
  return { first: pairs.map(([entry]) => evidenceOf(entry)), second: pairs.map(([, entry]) => evidenceOf(entry)) };
}

/** What a document adds to a score, without its id. */
export function evidenceOf({ fingerprint, labels, kinds }: ScoredDocument): DocumentEvidence {
  return { fingerprint, labels, kinds };
}

function notComparable(a: number, b: number, split: ScoredSplit, reason: string): AppError {
  return new AppError(
    'runs-not-comparable',
    `Runs ${a} and ${b} were scored on different ${split} documents: ${reason}.`,
    {
      details: {
        nextStep: `Score both on the documents that are ${split} now: \`notegraft evaluate … --run ${a} --split ${split}\`, then the same with --run ${b}.`,
      },
    },
  );
}

function storedReport(store: ProjectStore, run: number, split: ScoredSplit): StoredReport {
  findRun(store, run);
  const stored = store.scoreReports.find(run, split);
  if (stored !== undefined) return stored;
  throw new AppError('data-missing', `Run ${run} has no ${split} score with intervals yet.`, {
    details: {
      nextStep: `Score it with \`notegraft evaluate … --run ${run} --split ${split}\`; it takes some seconds.`,
    },
  });
}
