/** Studies as text: a line a trial, the points of a curve with their intervals, the ranked table of a sweep. */
import { figureOfTrials, figureWords } from '../../worker/domain/figures.ts';
import type { CallOutput } from '../api/contract.ts';
import type { StudyView, TrialView } from '../api/study-calls.ts';
import type { CurveReport, SweepReport } from '../api/study-report.ts';
import { counted, duration, numbers, percent, table, wrapped } from './table.ts';

interface Bounds {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** One trial as it is said when it ends. */
export function trialLine(trial: TrialView): string {
  const { number, outcome } = { number: trial.trial, outcome: outcomeOf(trial) };
  const share = trial.targetFraction < 1 ? `, ${counted(trial.targetDocuments, 'note')}` : '';
  return `Trial ${number}: ${trial.recipe}${share}, seed ${trial.seed}: ${outcome}`;
}

function outcomeOf(trial: TrialView): string {
  const { name } = figureWords[trial.figure];
  const dev = trial.dev === null ? '' : `dev ${name} ${percent(trial.dev.micro)}`;
  const epochs = counted(trial.epochs, 'epoch');
  if (trial.status === 'failed') return `failed. ${trial.error?.message ?? ''}`;
  if (trial.status === 'stopped') return `stopped after epoch ${trial.stoppedAfter ?? 0}, ${dev}.`;
  const test = trial.test === null ? '' : `, test ${name} ${percent(trial.test.micro)}`;
  const time = trial.startedAt === null || trial.endedAt === null ? '' : `, ${duration(secondsOf(trial))}`;
  return `${dev}${test}, ${epochs}${time}.`;
}

function secondsOf({ startedAt, endedAt }: TrialView): number {
  return (Date.parse(endedAt ?? '') - Date.parse(startedAt ?? '')) / 1000;
}

/** A study with its report. */
export function studyText(study: CallOutput<'studies.get'>): string {
  const { report } = study;
  const failures = study.list.filter(({ status }) => status === 'failed');
  return [
    headline(study),
    '',
    report === null ? trialTable(study.list) : report.kind === 'curve' ? curveText(report) : sweepText(report),
    ...failures.map((trial) => `\n${trialLine(trial)}`),
    ...(isUnfinished(study) ? ['', `Go on with \`notegraft studies PROJECT --resume ${study.study}\`.`] : []),
  ].join('\n');
}

/** Every study in a line. */
export function studiesText(studies: readonly StudyView[]): string {
  if (studies.length === 0)
    return 'No studies yet. Start one with `notegraft curve` (learning curves) or `notegraft sweep` (recipes beside each other).';
  return table(
    [
      ...numbers('study'),
      { title: 'kind' },
      { title: 'status' },
      ...numbers('trials', 'done', 'failed'),
      { title: 'of' },
    ],
    studies.map(({ study, kind, status, trials, spec }) => [
      study,
      kind,
      status,
      trials.total,
      trials.done + trials.stopped,
      trials.failed,
      spec.kind === 'search' ? spec.recipe : spec.recipes.join(' '),
    ]),
  );
}

function headline(study: StudyView): string {
  const { trials, kind } = study;
  const parts = [
    `${trials.done} of ${counted(trials.total, 'trial')} done`,
    ...(trials.stopped > 0 ? [`${trials.stopped} stopped early`] : []),
    ...(trials.failed > 0 ? [`${trials.failed} failed`] : []),
  ];
  return `Study ${study.study}, ${kind}, ${study.status}: ${parts.join(', ')}.`;
}

function isUnfinished({ status, trials }: StudyView): boolean {
  return status !== 'running' && trials.waiting > 0;
}

function curveText(report: CurveReport): string {
  const rows = report.curves.flatMap(({ recipe, points }) =>
    points.map(({ size, fraction, f1, macro, seeds, difference }) => [
      recipe,
      size,
      percent(fraction),
      seeds.length,
      percent(f1.value),
      bounds(f1),
      percent(macro),
      shiftWords(difference),
    ]),
  );
  const columns = [
    { title: 'recipe' },
    ...numbers(
      'notes',
      '%',
      'seeds',
      figureWords[report.figure].name,
      '95 % interval',
      'macro',
      `above ${report.reference}`,
    ),
  ];
  return withStatements(table(columns, rows), report);
}

function sweepText(report: SweepReport): string {
  const rows = report.rows.map(({ rank, recipe, f1, macro, dev, seeds, behind, above }) => [
    rank,
    recipe,
    seeds.length,
    percent(f1.value),
    bounds(f1),
    percent(macro),
    percent(dev),
    shiftWords(behind),
    ...(report.targetOnly === null ? [] : [shiftWords(above)]),
  ]);
  const { name } = figureWords[report.figure];
  const columns = [
    ...numbers('rank'),
    { title: 'recipe' },
    ...numbers(
      'seeds',
      name,
      '95 % interval',
      'macro',
      `dev ${name}`,
      'against the best',
      ...(report.targetOnly === null ? [] : [`above ${report.targetOnly}`]),
    ),
  ];
  return withStatements(table(columns, rows), report);
}

function shiftWords(difference: { value: number; low: number; high: number } | null): string {
  if (difference === null) return '';
  return `${signed(difference.value)} (${signed(difference.low)} to ${signed(difference.high)})`;
}

function withStatements(
  rows: string,
  { figure, statements, caution, documents, draws }: CurveReport | SweepReport,
): string {
  const basis =
    `${figure === 'f1' ? 'F1 in %: strict, micro average' : 'Accuracy in %'} over ${counted(documents, 'test document')}, mean over the seeds; macro = F1, mean over ${figureWords[figure].labels}. ` +
    `Intervals: ${draws.toLocaleString('en-US')} draws of test documents and seeds; differences on the same draws.`;
  return [rows, '', ...[...statements, ...(caution === null ? [] : [caution])].map(wrapped), '', wrapped(basis)].join(
    '\n',
  );
}

function trialTable(trials: readonly TrialView[]): string {
  const { name } = figureWords[figureOfTrials(trials)];
  return table(
    [
      ...numbers('trial'),
      { title: 'recipe' },
      { title: 'status' },
      ...numbers('notes', 'seed', 'epochs', `dev ${name}`, `test ${name}`),
      { title: 'settings' },
    ],
    trials.map((trial) => [
      trial.trial,
      trial.recipe,
      trial.status,
      trial.targetDocuments,
      trial.seed,
      trial.epochs,
      trial.dev === null ? '' : percent(trial.dev.micro),
      trial.test === null ? '' : percent(trial.test.micro),
      trial.settings.join(' '),
    ]),
  );
}

function bounds({ low, high }: Bounds): string {
  return `${percent(low)} to ${percent(high)}`;
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${percent(value)}`;
}
