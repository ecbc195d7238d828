/** The columns of scores in a list of runs: micro F1 of spans, or accuracy and macro F1 where tokens have classes. */
import type { RunView, ScoreView } from '../../../electron/api/views.ts';
import type { Column } from '../../ui/Table.svelte';
import { isOfClasses, percent, type Split } from './run-words.ts';

interface Figure {
  readonly id: string;
  readonly title: string;
  readonly hint: string;
  readonly split: Split;
  readonly of: (score: ScoreView) => number | null;
}

const ofSpans: readonly Figure[] = (['dev', 'test'] as const).map((split) => ({
  id: split,
  title: split === 'dev' ? 'Dev F1' : 'Test F1',
  hint: `Strict micro F1 on the ${documentsOf(split)} documents, in percent`,
  split,
  of: ({ strict }) => strict.micro.f1,
}));

/** One F1 is enough of a row that is read at a glance. */
const ofClasses: readonly Figure[] = [
  ...(['dev', 'test'] as const).map((split) => ({
    id: split,
    title: split === 'dev' ? 'Dev accuracy' : 'Test accuracy',
    hint: `Tokens of the ${documentsOf(split)} documents whose class is right, in percent`,
    split,
    of: ({ accuracy }: ScoreView) => accuracy ?? null,
  })),
  {
    id: 'test-macro',
    title: 'Test F1',
    hint: 'Mean F1 over the classes on the test documents, in percent',
    split: 'test',
    of: ({ strict }) => strict.macro.f1,
  },
];

export function scoreColumns(runs: readonly RunView[]): Column<RunView>[] {
  const areClasses = runs.some(isOfClasses);
  return (areClasses ? ofClasses : ofSpans).map((figure) => ({
    id: figure.id,
    title: figure.title,
    hint: figure.hint,
    align: 'end',
    value: (run: RunView) => valueOf(run, figure),
    text: (run: RunView) => {
      const share = valueOf(run, figure);
      return share === null ? '–' : percent(share);
    },
  }));
}

function valueOf(run: RunView, { split, of }: Figure): number | null {
  const score = run[split];
  return score === null ? null : of(score);
}

function documentsOf(split: Split): string {
  return split === 'dev' ? 'development' : 'test';
}
