/** Gates as text. */
import type { CallOutput } from '../api/contract.ts';
import { numbers, percent, table } from './table.ts';

/** Mean gates by component and gold label; empty without gates. */
export function gatesText(components: CallOutput<'runs.gates'>['components']): string {
  if (components.length === 0) return '';
  const rows = components.flatMap(({ component, labels }) =>
    labels.map(({ label, tokens, soft, hard, independent }) => [
      component,
      label,
      tokens,
      percent(soft),
      percent(hard),
      independent === null ? '' : percent(independent),
    ]),
  );
  const columns = [{ title: 'gates' }, { title: 'label' }, ...numbers('tokens', 'soft %', 'hard %', 'independent %')];
  return table(columns, rows);
}

/** Which source the documents of a split look like to the experts of a run, and the tokens of each label. */
export function expertsText({ sources, documents, labels }: CallOutput<'runs.experts'>): string {
  const row = (name: string, tokens: number, shares: readonly number[]): (string | number)[] => {
    const most = sources[shares.indexOf(Math.max(...shares))] ?? '';
    return [name, tokens, ...shares.map(percent), most];
  };
  const columns = (first: string) => [
    { title: first },
    ...numbers('tokens', ...sources.map((source) => `${source} %`)),
    { title: 'most like' },
  ];
  return [
    table(
      columns('note'),
      documents.map(({ name, tokens, shares }) => row(name, tokens, shares)),
    ),
    table(
      columns('label'),
      labels.map(({ label, tokens, shares }) => row(label, tokens, shares)),
    ),
  ].join('\n\n');
}

/** The same by what the source knows of the label. */
export function groupsText(components: CallOutput<'runs.gates'>['groups']): string {
  const rows = components.flatMap(({ component, groups }) =>
    groups.map(({ group, tokens, soft, hard, independent }) => [
      component,
      group === 'shared'
        ? 'labels the source has too'
        : group === 'target only'
          ? 'labels of the target only'
          : 'outside',
      tokens,
      percent(soft),
      percent(hard),
      independent === null ? '' : percent(independent),
    ]),
  );
  const columns = [
    { title: 'gates' },
    { title: 'tokens of' },
    ...numbers('tokens', 'soft %', 'hard %', 'independent %'),
  ];
  return table(columns, rows);
}
