/** Scores as text: averages with their intervals, the labels below, SemEval counts, and how all of it was counted. */
import { isBeyondChance, nothingFound, semevalSchemes } from '../../worker/domain/score-report.ts';
import type {
  EstimateView,
  FileScoresView,
  RatioEstimatesView,
  ScoreDifferenceView,
  ScoreReportView,
  ToolScoreView,
} from '../api/score-views.ts';
import type { ScoreView } from '../api/views.ts';
import { type Column, counted, grouped, numbers, percent, table, wrapped } from './table.ts';

interface Ratios {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** Everything about one score. */
export function reportText(title: string, score: ScoreView, report: ScoreReportView): string {
  const counts = `${counted(score.documents, 'document')}, ${grouped(score.goldSpans)} gold and ${grouped(score.predictedSpans)} predicted spans`;
  return [
    `${title}: ${counts}`,
    averageTable('strict', report.strict, estimated),
    averageTable('lenient', report.lenient, estimated),
    labelTable(score, report),
    semevalTable(report),
    ...report.cautions.map((caution) => wrapped(`Caution: ${caution}`)),
    madeText(report),
  ].join('\n\n');
}

/** The difference of two runs, first what it means. */
export function differenceText(difference: ScoreDifferenceView): string {
  const { first, second, documents, strict, lenient, perLabel, cautions, convention, command } = difference;
  const rows = perLabel.map(({ label, support, caution, strict, lenient }) => [
    `${label}${caution === null ? '' : ' *'}`,
    shifted(strict.f1),
    shifted(lenient.f1),
    grouped(support),
  ]);
  const noted = perLabel.some(({ caution }) => caution !== null) ? ['* fewer than 20 annotated spans'] : [];
  return [
    wrapped(`Run ${second} against run ${first}, ${counted(documents, 'document')}: ${verdict(strict.micro.f1)}`),
    averageTable('strict', strict, shifted),
    averageTable('lenient', lenient, shifted),
    table([{ title: 'difference of F1' }, ...numbers('strict', 'lenient', 'gold')], rows),
    ...noted,
    ...cautions.map((caution) => wrapped(`Caution: ${caution}`)),
    wrapped(`Differences in points with their 95 % interval: ${convention}.`),
    `Again: ${command}`,
  ].join('\n\n');
}

/** Micro and macro only, for a list of several scores. */
export function shortScore(title: string, score: ScoreView): string {
  const row = (name: string, strict: Ratios, lenient: Ratios): string[] => [
    name,
    ...ratios(strict),
    ...ratios(lenient),
  ];
  if (score.accuracy !== undefined)
    return `${title} (${counted(score.documents, 'document')}, ${grouped(score.goldSpans)} tokens): accuracy ${percent(score.accuracy)}, macro F1 over the classes ${percent(score.strict.macro.f1)}`;
  const nothing = nothingFound(score.goldSpans, score.predictedSpans);
  return [
    `${title} (${counted(score.documents, 'document')}, ${grouped(score.goldSpans)} gold spans)`,
    table(
      [{ title: '' }, ...numbers('strict P', 'R', 'F1', 'lenient P', 'R', 'F1')],
      [row('micro', score.strict.micro, score.lenient.micro), row('macro', score.strict.macro, score.lenient.macro)],
    ),
    ...(nothing === null ? [] : [wrapped(`Caution: ${nothing}`)]),
  ].join('\n');
}

/** How the values are to be read. */
export function footnote(score: ScoreView): string {
  return wrapped(`Scores in %: ${score.convention}.`);
}

/** A number in percent with its interval: `81.3 (76.0 to 85.9)`. */
export function estimated({ value, low, high }: EstimateView): string {
  return `${percent(value)} (${percent(low)} to ${percent(high)})`;
}

/** A difference in points with its interval: `+3.1 (+0.4 to +6.0)`. */
export function shifted({ value, low, high }: EstimateView): string {
  return `${points(value)} (${points(low)} to ${points(high)})`;
}

function points(value: number): string {
  const text = percent(value);
  return text === '-0.0' ? '0.0' : value > 0 && text !== '0.0' ? `+${text}` : text;
}

function verdict(difference: EstimateView): string {
  const way = `strict micro F1 differs by ${shifted(difference)} points`;
  return isBeyondChance(difference)
    ? `${way}: larger than chance would give.`
    : `${way}: it cannot be told from chance.`;
}

function averageTable(
  name: string,
  { micro, macroLabels, macroDocuments }: ScoreReportView['strict'],
  text: (estimate: EstimateView) => string,
): string {
  const row = (title: string, { precision, recall, f1 }: RatioEstimatesView): string[] => [
    title,
    text(precision),
    text(recall),
    text(f1),
  ];
  return table(
    [{ title: name }, ...numbers('precision', 'recall', 'F1')],
    [row('micro', micro), row('macro over labels', macroLabels), row('macro over documents', macroDocuments)],
  );
}

function labelTable(score: ScoreView, report: ScoreReportView): string {
  const counts = new Map(score.perLabel.map((label) => [label.label, label]));
  const rows = report.perLabel.map(({ label, support, strict, lenient, caution }) => [
    `${label}${caution === null ? '' : ' *'}`,
    percent(strict.precision.value),
    percent(strict.recall.value),
    estimated(strict.f1),
    estimated(lenient.f1),
    grouped(support),
    grouped(counts.get(label)?.predicted ?? 0),
  ]);
  const columns: Column[] = [
    { title: 'label' },
    ...numbers('strict P', 'R', 'strict F1', 'lenient F1', 'gold', 'predicted'),
  ];
  const noted = report.perLabel.some(({ caution }) => caution !== null);
  return `${table(columns, rows)}${noted ? '\n* fewer than 20 annotated spans: not to be relied on' : ''}`;
}

function semevalTable({ semeval, kinds }: ScoreReportView): string {
  const rows = semevalSchemes.map((scheme) => {
    const { correct, incorrect, partial, missed, spurious, precision, recall, f1 } = semeval[scheme];
    return [
      scheme,
      correct,
      incorrect,
      partial,
      missed,
      spurious,
      percent(precision.value),
      percent(recall.value),
      estimated(f1),
    ];
  });
  const { boundary, label, both } = kinds;
  return [
    table([{ title: 'SemEval-2013' }, ...numbers('COR', 'INC', 'PAR', 'MIS', 'SPU', 'P', 'R', 'F1')], rows),
    `Paired spans that differ: ${boundary} in boundaries only, ${label} in label only, ${both} in both.`,
  ].join('\n');
}

/** The score under another tool's convention. */
export function toolText({ description, sentences, overall, perLabel }: ToolScoreView): string {
  const names = Object.keys(overall[0]?.counts ?? {});
  const row = (
    title: string,
    { precision, recall, f1, counts }: ToolScoreView['overall'][number],
  ): (string | number)[] => [
    title,
    percent(precision),
    percent(recall),
    percent(f1),
    ...names.map((name) => counts[name] ?? 0),
  ];
  const labels = perLabel.flatMap(({ label, rows }) =>
    rows.map((entry) => row(rows.length === 1 ? label : `${label} ${entry.name}`, entry)),
  );
  return [
    table(
      [{ title: '' }, ...numbers('precision', 'recall', 'F1', ...names)],
      [...overall.map((entry) => row(entry.name, entry)), ...labels],
    ),
    wrapped(`${description}; ${counted(sentences, 'sentence')}.`),
  ].join('\n');
}

/** The documents that were not scored, by name; nothing where all were. */
export function unmatchedText({ onlyFirst, onlySecond, otherText }: FileScoresView['unmatched']): string[] {
  const lists = [
    ['Only in the first folder', onlyFirst],
    ['Only in the second folder', onlySecond],
    ['Not the same text on both sides', otherText],
  ] as const;
  return lists.flatMap(([title, names]) =>
    names.length === 0 ? [] : [wrapped(`${title}, not scored: ${names.join(', ')}`)],
  );
}

/** How the numbers were counted, and the command that gives them again. */
export function madeText({
  convention,
  tokeniser,
  modelHash,
  trainingSeed,
  command,
}: Pick<ScoreReportView, 'convention' | 'tokeniser' | 'modelHash' | 'trainingSeed' | 'command'>): string {
  const model = modelHash === null ? [] : [`Model ${modelHash}, trained with seed ${trainingSeed ?? 'unknown'}.`];
  return [wrapped(`Scores in %: ${convention}.`), wrapped(`Tokens: ${tokeniser}.`), ...model, `Again: ${command}`].join(
    '\n',
  );
}

function ratios({ precision, recall, f1 }: Ratios): string[] {
  return [percent(precision), percent(recall), percent(f1)];
}
