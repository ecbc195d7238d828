/** What a study's trials say together: the learning curve with its law, or the ranked table of a sweep, with intervals. */
import { fitCurve, moreNotesSentence } from '../../worker/domain/learning-curve.ts';
import { type Interval, percentileInterval } from '../../worker/domain/percentile-interval.ts';
import { type Figure, figureOfTrials, figureWords } from '../../worker/domain/figures.ts';
import { expectedF1 } from '../../worker/domain/power-law.ts';
import { learnsFromSource } from '../../worker/domain/tasks.ts';
import type { StudySpec } from '../../worker/domain/study.ts';
import { drawStudy, type StudyDraws } from '../../worker/domain/study-draws.ts';
import type { CurvePointView, CurveReport, StudyCell, StudyReport, SweepReport } from '../api/study-report.ts';
import type { TrialView } from '../api/study-calls.ts';
import type { TrialCounts } from '../store/studies.ts';
import { studyRecipe } from './recipes.ts';

/** A trial with the counts of its test documents. */
export interface ScoredTrial {
  readonly trial: TrialView;
  readonly counts: TrialCounts;
}

/** Points along the fitted law, for a chart. */
const linePoints = 24;
/** Fewer test documents than this give intervals that are not to be relied on. */
const fewDocuments = 10;

/** What of a study's specification its report rests on. */
type Reported = Pick<StudySpec, 'kind' | 'ownRecipes'>;

/** The report of the trials that are done; null before the first, and for searches. */
export function reportOf(spec: Reported, trials: readonly ScoredTrial[]): StudyReport | null {
  if (trials.length === 0 || spec.kind === 'search') return null;
  const groups = groupTrials(trials);
  const figure = figureOfTrials(trials.map(({ trial }) => trial));
  const drawn = drawStudy(
    groups.map(({ members }) => ({
      trials: members.map(({ trial, counts }) => ({ seed: trial.seed, documents: counts.counts })),
    })),
    { figure },
  );
  return spec.kind === 'curve' ? curveReport(groups, drawn, figure) : sweepReport(spec, groups, drawn, figure);
}

/** Trials that differ in their seed alone. */
interface Group {
  readonly recipe: string;
  readonly fraction: number;
  readonly size: number;
  readonly members: readonly ScoredTrial[];
}

function groupTrials(trials: readonly ScoredTrial[]): Group[] {
  const groups = Map.groupBy(trials, ({ trial }) => `${trial.recipe} ${trial.targetFraction}`);
  return [...groups.values()].flatMap((members) => {
    const [first] = members;
    if (first === undefined) return [];
    const { recipe, targetFraction: fraction, targetDocuments: size } = first.trial;
    return [{ recipe, fraction, size, members }];
  });
}

function curveReport(groups: readonly Group[], drawn: StudyDraws, figure: Figure): CurveReport {
  const recipes = [...new Set(groups.map(({ recipe }) => recipe))];
  const reference = recipes[0] ?? '';
  const cellAt = (recipe: string, fraction: number): number =>
    groups.findIndex((group) => group.recipe === recipe && group.fraction === fraction);
  const curves = recipes.map((recipe) => {
    const own = groups.filter((group) => group.recipe === recipe).sort((a, b) => a.fraction - b.fraction);
    const points = own.map((group) => {
      const cell = groups.indexOf(group);
      const opposite = recipe === reference ? -1 : cellAt(reference, group.fraction);
      return {
        fraction: group.fraction,
        size: group.size,
        ...cellOf(group, cell, drawn),
        difference: opposite === -1 ? null : differenceOf(drawn, cell, opposite),
        missing: missingLabels(group.members),
      };
    });
    const sizes = own.map(({ size }) => size);
    const { law, more, rise } = fitCurve(sizes, own.map((group) => groups.indexOf(group)), drawn); // prettier-ignore
    const line = law === null ? [] : alongLine(sizes).map((size) => ({ size, f1: expectedF1(law, size) }));
    return { recipe, points, law, line, more, rise, statement: moreNotesSentence(recipe, more, figure) };
  });
  return {
    kind: 'curve',
    figure,
    ...basis(drawn),
    reference,
    curves,
    statements: [
      ...curves.map(({ statement }) => statement),
      ...(tellsChance(drawn) ? curves.slice(1) : []).flatMap(({ recipe, points }) =>
        againstReference(recipe, reference, points),
      ),
      ...missingSentences(curves[0]?.points ?? [], figure),
    ],
  };
}

function sweepReport(spec: Reported, groups: readonly Group[], drawn: StudyDraws, figure: Figure): SweepReport {
  const means = [...drawn.observed];
  const order = groups.map((_, cell) => cell).sort((a, b) => (means[b] ?? 0) - (means[a] ?? 0));
  const best = order[0] ?? 0;
  const targetOnly = order.find((cell) => !learnsFromSource(studyRecipe(spec, groups[cell]?.recipe ?? '', [])));
  const rows = order.map((cell, place) => {
    const group = groups[cell] as Group;
    const behind = cell === best ? null : differenceOf(drawn, cell, best);
    const above = targetOnly === undefined || cell === targetOnly ? null : differenceOf(drawn, cell, targetOnly);
    return { rank: place + 1, recipe: group.recipe, ...cellOf(group, cell, drawn), behind, above };
  });
  const mean = average(means);
  const deviation =
    means.length < 2 ? null : Math.sqrt(means.reduce((sum, f1) => sum + (f1 - mean) ** 2, 0) / (means.length - 1));
  const byDev = rows.reduce((chosen, row) => (row.dev > chosen.dev ? row : chosen));
  const [first, last] = [rows[0] ?? byDev, rows.at(-1) ?? byDev];
  const tied = rows.filter(({ behind }) => behind !== null && behind.high >= 0).length;
  return {
    kind: 'sweep',
    figure,
    ...basis(drawn),
    rows,
    best: first.recipe,
    worst: last.recipe,
    targetOnly: targetOnly === undefined ? null : (groups[targetOnly]?.recipe ?? null),
    chosenByDev: byDev.recipe,
    mean,
    deviation,
    statements: [
      `${rows.length} ${rows.length === 1 ? 'recipe' : 'recipes'}: best ${first.recipe} ${percent(first.f1.value)}, worst ${last.recipe} ${percent(last.f1.value)}, ` +
        `mean ${percent(mean)}${deviation === null ? '' : ` ± ${percent(deviation)}`} (${figureWords[figure].full}, on the test documents).`,
      ...(tellsChance(drawn) ? transferSentences(rows, groups[targetOnly ?? -1]?.recipe) : []),
      ...(tied === 0 || !tellsChance(drawn)
        ? []
        : [`${tied} of the others cannot be told from the best: the difference is within chance.`]),
      `Chosen by the development documents, as a user must, it would be ${byDev.recipe}, with ${percent(byDev.f1.value)} on test.`,
    ],
  };
}

/** Does the source help? Told of the recipes that learn from it, against the best that does not. */
function transferSentences(rows: SweepReport['rows'], targetOnly: string | undefined): string[] {
  const compared = rows.filter(({ above }) => above !== null);
  if (targetOnly === undefined || compared.length === 0) return [];
  const better = compared.filter(({ above }) => (above?.low ?? 0) > 0).map(({ recipe }) => recipe);
  const worse = compared.filter(({ above }) => (above?.high ?? 0) < 0).map(({ recipe }) => recipe);
  const names = (recipes: readonly string[]): string => (recipes.length === 0 ? 'none' : recipes.join(', '));
  return [`Above ${targetOnly} by more than chance: ${names(better)}; below it: ${names(worse)}.`];
}

/** Are there test documents enough to say what is more than chance? From one, every draw is the same. */
function tellsChance({ documents }: StudyDraws): boolean {
  return documents >= fewDocuments;
}

function basis({ documents, draws }: StudyDraws): Pick<CurveReport, 'documents' | 'draws' | 'caution'> {
  const caution =
    documents < fewDocuments
      ? `Only ${documents} test ${documents === 1 ? 'document' : 'documents'}: the intervals are not to be relied on, nor what they say of chance.`
      : null;
  return { documents, draws: draws.length, caution };
}

function cellOf({ members }: Group, cell: number, drawn: StudyDraws): StudyCell {
  return {
    f1: intervalOf(drawn, (values) => values[cell] ?? 0),
    macro: average(members.map(({ trial }) => trial.test?.macro ?? 0)),
    dev: average(members.map(({ trial }) => trial.dev?.micro ?? 0)),
    seeds: members.map(({ trial }) => ({ seed: trial.seed, trial: trial.trial, f1: trial.test?.micro ?? 0 })),
  };
}

/** The figure of a cell less that of another, on the same draws. */
function differenceOf(drawn: StudyDraws, cell: number, other: number): Interval {
  return intervalOf(drawn, (values) => (values[cell] ?? 0) - (values[other] ?? 0));
}

function intervalOf({ observed, draws, documents }: StudyDraws, read: (values: Float64Array) => number): Interval {
  return percentileInterval(read(observed), Float64Array.from(draws, read), documents);
}

/** Sizes between the smallest and twice the largest, evenly on a log scale. */
function alongLine(sizes: readonly number[]): number[] {
  const [least, most] = [Math.min(...sizes), 2 * Math.max(...sizes)];
  return Array.from({ length: linePoints }, (_, i) => least * (most / least) ** (i / (linePoints - 1)));
}

function missingLabels(members: readonly ScoredTrial[]): CurvePointView['missing'] {
  const seeds = new Map<string, number[]>();
  for (const { trial } of members)
    for (const label of trial.missingLabels) seeds.set(label, [...(seeds.get(label) ?? []), trial.seed]);
  return [...seeds].map(([label, of]) => ({ label, seeds: of }));
}

/** Where the recipe is better than the reference, or worse, or cannot be told from it. */
function againstReference(recipe: string, reference: string, points: readonly CurvePointView[]): string[] {
  const compared = points.flatMap(({ size, difference }) => (difference === null ? [] : [{ size, difference }]));
  if (compared.length === 0) return [];
  const sizesWhere = (holds: (difference: Interval) => boolean): string =>
    compared.flatMap(({ size, difference }) => (holds(difference) ? [String(size)] : [])).join(', ');
  const better = sizesWhere(({ low }) => low > 0);
  const worse = sizesWhere(({ high }) => high < 0);
  const open = sizesWhere(({ low, high }) => low <= 0 && high >= 0);
  const parts = [
    ...(better === '' ? [] : [`above it with ${better} notes`]),
    ...(worse === '' ? [] : [`below it with ${worse} notes`]),
    ...(open === '' ? [] : [`within chance of it with ${open} notes`]),
  ];
  return [`${recipe} beside ${reference}: ${parts.join(', ')}.`];
}

/** Labels that a recipe could not learn, said for each fraction that lacks some. */
function missingSentences(points: readonly CurvePointView[], figure: Figure): string[] {
  return points.flatMap(({ size, missing, seeds }) => {
    if (missing.length === 0) return [];
    const named = missing.map(({ label, seeds: of }) =>
      of.length === seeds.length ? label : `${label} (in ${of.length} of ${seeds.length} seeds)`,
    );
    return [
      `The ${size} training notes hold no ${figureWords[figure].thing} of: ${named.join(', ')}. No recipe can find these there.`,
    ];
  });
}

function average(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(f1: number): string {
  return (f1 * 100).toFixed(1);
}
