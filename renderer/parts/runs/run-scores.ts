/** The columns of scores in a list of runs: micro F1 of spans, or accuracy and macro F1 where tokens have classes. */
import type { RunView, ScoreView } from '../../../electron/api/views.ts';
import type { Column } from '../../ui/Table.svelte';
import { isOfClasses, percent, type Split } from './run-words.ts';

const names: Readonly<Record<Split, readonly [short: string, documents: string]>> = {
  dev: ['Dev', 'development'],
  test: ['Test', 'test'],
};

export function scoreColumns(runs: readonly RunView[]): Column<RunView>[] {
  const areClasses = runs.some(({ dev, test }) => isOfClasses(dev ?? test));
  return (['dev', 'test'] as const).flatMap((split) => {
    const [short, documents] = names[split];
    if (!areClasses) {
      const hint = `Strict micro F1 on the ${documents} documents, in percent`;
      return [scoreColumn(split, split, `${short} F1`, hint, ({ strict }) => strict.micro.f1)];
    }
    const right = `Tokens of the ${documents} documents whose class is right, in percent`;
    const mean = `Mean F1 over the classes on the ${documents} documents, in percent`;
    const accuracy = scoreColumn(split, split, `${short} accuracy`, right, (score) => score.accuracy ?? null);
    // One F1 is enough of a row that is read at a glance.
    return split === 'dev'
      ? [accuracy]
      : [accuracy, scoreColumn(split, 'test-macro', 'Test F1', mean, ({ strict }) => strict.macro.f1)];
  });
}

function scoreColumn(
  split: Split,
  id: string,
  title: string,
  hint: string,
  figure: (score: ScoreView) => number | null,
): Column<RunView> {
  const value = (run: RunView): number | null => {
    const score = run[split];
    return score === null ? null : figure(score);
  };
  const text = (run: RunView): string => {
    const share = value(run);
    return share === null ? '–' : percent(share);
  };
  return { id, title, align: 'end', hint, value, text };
}
