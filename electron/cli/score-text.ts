/** A score as text: micro and macro over both conventions, the labels below, the convention named under them. */
import type { ScoreView } from '../api/views.ts';
import { counted, grouped, numbers, percent, table, wrapped } from './table.ts';

interface Ratios {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** Everything about one score. */
export function scoreText(title: string, score: ScoreView): string {
  const counts = `${counted(score.documents, 'document')}, ${grouped(score.goldSpans)} gold and ${grouped(score.predictedSpans)} predicted spans`;
  return [`${title}: ${counts}`, '', averages(score), '', labels(score), '', footnote(score)].join('\n');
}

/** Micro and macro only, for a list of several scores. */
export function shortScore(title: string, score: ScoreView): string {
  return [
    `${title} (${counted(score.documents, 'document')}, ${grouped(score.goldSpans)} gold spans)`,
    averages(score),
  ].join('\n');
}

/** How the values are to be read. */
export function footnote(score: ScoreView): string {
  return wrapped(`Scores in %: ${score.convention}.`);
}

function averages(score: ScoreView): string {
  const row = (name: string, strict: Ratios, lenient: Ratios): string[] => [
    name,
    ...ratios(strict),
    ...ratios(lenient),
  ];
  return table(scoreColumns(''), [
    row('micro', score.strict.micro, score.lenient.micro),
    row('macro', score.strict.macro, score.lenient.macro),
  ]);
}

function labels(score: ScoreView): string {
  const rows = score.perLabel.map((label) => [
    label.label,
    ...ratios(label.strict),
    ...ratios(label.lenient),
    grouped(label.support),
    grouped(label.predicted),
  ]);
  return table([...scoreColumns('label'), ...numbers('gold', 'predicted')], rows);
}

function scoreColumns(first: string): { title: string }[] {
  return [{ title: first }, ...numbers('strict P', 'R', 'F1', 'lenient P', 'R', 'F1')];
}

function ratios({ precision, recall, f1 }: Ratios): string[] {
  return [percent(precision), percent(recall), percent(f1)];
}
