/** A study as tables: what it answers first, then its trials and what it was asked. Scores are 0..1, as everywhere. */
import { type Figure, figureOfTrials, figureWords } from '../../worker/domain/figures.ts';
import type { Table } from '../../worker/domain/tables.ts';
import type { CallOutput } from '../api/contract.ts';
import type { CurveReport, SweepReport } from '../api/study-report.ts';
import type { SearchResult } from '../api/search-calls.ts';

type Study = CallOutput<'studies.get'>;
type Cell = Table['rows'][number][number];

/** `search` is what the study found where it is a search, else null. */
export function studyTables(study: Study, search: SearchResult | null): Table[] {
  return [
    ...(study.report === null ? [] : reportTables(study.report)),
    ...(search === null ? [] : [historyTable(search)]),
    trialTable(study),
    factTable(study, search),
  ];
}

function reportTables(report: CurveReport | SweepReport): Table[] {
  return report.kind === 'curve' ? [pointTable(report), lawTable(report), lineTable(report)] : [rankingTable(report)];
}

const scored = (figure: Figure): Readonly<Record<string, number>> => {
  const { name } = figureWords[figure];
  return { [name]: 9, low: 9, high: 9, 'macro F1': 9, [`dev ${name}`]: 9 };
};

function rankingTable({ figure, rows, best, targetOnly }: SweepReport): Table {
  const columns = {
    rank: 6,
    recipe: 16,
    seeds: 20,
    ...scored(figure),
    [`against ${best}`]: 16,
    'against low': 12,
    'against high': 12,
    ...(targetOnly === null ? {} : { [`above ${targetOnly}`]: 16, 'above low': 12, 'above high': 12 }),
  };
  return table(
    'Ranking',
    columns,
    rows.map(({ rank, recipe, seeds, f1, macro, dev, behind, above }) => [
      ...[rank, recipe, seedList(seeds), f1.value, f1.low, f1.high, macro, dev],
      ...bounds(behind),
      ...(targetOnly === null ? [] : bounds(above)),
    ]),
  );
}

function pointTable({ figure, curves, reference }: CurveReport): Table {
  const columns = { recipe: 16, notes: 8, share: 8, seeds: 20, ...scored(figure), [`above ${reference}`]: 16, 'above low': 12, 'above high': 12, 'labels without training': 40 }; // prettier-ignore
  return table(
    'Points',
    columns,
    curves.flatMap(({ recipe, points }) =>
      points.map(({ size, fraction, seeds, f1, macro, dev, difference, missing }) => [
        ...[recipe, size, fraction, seedList(seeds), f1.value, f1.low, f1.high, macro, dev],
        ...bounds(difference),
        missing.map(({ label, seeds: of }) => `${label} (seed ${of.join(', ')})`).join('; '),
      ]),
    ),
  );
}

/** error(n) = scale · n^−exponent + floor, and what it says about more notes. */
function lawTable({ curves }: CurveReport): Table {
  const columns = { recipe: 16, scale: 10, exponent: 10, floor: 10, rise: 10, 'rise low': 10, 'rise high': 10, 'from notes': 10, 'more notes': 10, 'more low': 10, 'more high': 10, verdict: 16, statement: 100 }; // prettier-ignore
  return table(
    'Law',
    columns,
    curves.map(({ recipe, law, rise, more, statement }) => [
      ...[recipe, law?.scale ?? null, law?.exponent ?? null, law?.floor ?? null],
      ...bounds(rise),
      ...[more.from, more.notes, more.low, more.high, more.verdict, statement],
    ]),
  );
}

/** Along the fitted law, to be drawn. */
function lineTable({ figure, curves }: CurveReport): Table {
  return table(
    'Line',
    { recipe: 16, notes: 10, [figureWords[figure].name]: 9 },
    curves.flatMap(({ recipe, line }) => line.map(({ size, f1 }) => [recipe, size, f1])),
  );
}

/** Trial by trial with the values tried, and the best dev score so far. */
function historyTable({ figure, dimensions, trials }: SearchResult): Table {
  const names = dimensions.map(({ name }) => name);
  const { name: scoreName } = figureWords[figure];
  const columns = {
    trial: 6,
    status: 10,
    epochs: 8,
    [`dev ${scoreName}`]: 9,
    [`best dev ${scoreName}`]: 12,
    [`test ${scoreName}`]: 9,
  };
  let best: number | null = null;
  const rows = trials.map(({ trial, status, epochs, dev, test, values }): Cell[] => {
    if (status === 'done' && dev !== null) best = Math.max(best ?? 0, dev);
    return [trial, status, epochs, dev, best, test, ...names.map((name) => valueCell(values[name]))];
  });
  return table('Search', { ...columns, ...Object.fromEntries(names.map((name) => [name, 24])) }, rows);
}

function trialTable({ list }: Study): Table {
  const { name } = figureWords[figureOfTrials(list)];
  const columns = { trial: 6, recipe: 16, status: 10, seed: 8, notes: 8, share: 8, run: 6, epochs: 8, 'best epoch': 10, [`dev ${name}`]: 9, 'dev macro F1': 12, [`test ${name}`]: 9, 'test macro F1': 13, started: 25, ended: 25, settings: 60, error: 40 }; // prettier-ignore
  return table(
    'Trials',
    columns,
    list.map((trial) => [
      ...[trial.trial, trial.recipe, trial.status, trial.seed, trial.targetDocuments, trial.targetFraction, trial.run],
      ...[trial.epochs, trial.bestEpoch, trial.dev?.micro ?? null, trial.dev?.macro ?? null],
      ...[trial.test?.micro ?? null, trial.test?.macro ?? null, trial.startedAt, trial.endedAt],
      ...[trial.settings.join(' '), trial.error?.message ?? null],
    ]),
  );
}

function factTable(study: Study, search: SearchResult | null): Table {
  const { report } = study;
  const statements = report?.statements ?? search?.statements ?? [];
  const caution = report?.caution ?? null;
  const rows: Cell[][] = [
    ['study', study.study],
    ['kind', study.kind],
    ['status', study.status],
    ['started', study.startedAt],
    ['ended', study.endedAt],
    ['program', study.appVersion],
    ...Object.entries(study.spec).map(([key, value]) => [
      key,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
    ...(report === null
      ? []
      : [
          ['test documents', report.documents],
          ['draws', report.draws],
        ]),
    [
      'scores',
      figureOfTrials(study.list) === 'f1'
        ? 'strict F1, 0 to 1; F1 without another word is the micro average on the test documents; intervals are 95 %'
        : 'accuracy, 0 to 1, over the tokens of the test documents; macro F1 is the mean over classes; intervals are 95 %',
    ],
    ...statements.map((statement) => ['says', statement]),
    ...(caution === null ? [] : [['caution', caution]]),
  ];
  return table('Study', { key: 18, value: 120 }, rows);
}

/** Columns as their headers and widths; those that hold a score are shown with three decimals. */
function table(name: string, columns: Readonly<Record<string, number>>, rows: Cell[][]): Table {
  const isScore = (header: string): boolean =>
    /F1|accuracy|low|high|^above |^against |^rise/.test(header) && !/^more/.test(header);
  return {
    name,
    columns: Object.entries(columns).map(([header, width]) => ({ header, width, isScore: isScore(header) })),
    rows,
  };
}

function seedList(seeds: readonly { readonly seed: number }[]): string {
  return seeds.map(({ seed }) => seed).join(', ');
}

function bounds(interval: { readonly value: number; readonly low: number; readonly high: number } | null): Cell[] {
  return interval === null ? [null, null, null] : [interval.value, interval.low, interval.high];
}

function valueCell(value: string | number | boolean | undefined): Cell {
  return typeof value === 'boolean' ? String(value) : (value ?? null);
}
