/** notegraft errors: what a run gets wrong, by kind and label, each with its place. */
import { Option, type Command } from 'commander';
import type { CallOutput } from '../../api/contract.ts';
import { errorKinds } from '../../api/report-calls.ts';
import { splitOption, wholeNumber } from '../options.ts';
import { gatesText } from '../gates-text.ts';
import { inspectOnce } from '../inspect-once.ts';
import { numbers, table } from '../table.ts';
import { type CommonOptions, newCommand, withProject } from '../terminal.ts';

interface ErrorsOptions extends CommonOptions {
  readonly run: number;
  readonly split: 'dev' | 'test';
  readonly kind?: (typeof errorKinds)[number];
  readonly label?: string;
  readonly limit: number;
}

export function errorsCommand(): Command {
  return newCommand('errors', 'what a run gets wrong on dev or test: confusion, errors with their places, gates')
    .argument('<project>')
    .requiredOption('--run <id>', 'which run', wholeNumber(1))
    .addOption(splitOption('dev or test').choices(['dev', 'test']).default('dev'))
    .addOption(new Option('--kind <kind>', 'only errors of this kind').choices(errorKinds))
    .option('--label <label>', 'only errors with this gold or predicted label')
    .option('--limit <number>', 'errors listed at most', wholeNumber(1), 50)
    .action(async (project: string, options: ErrorsOptions) => {
      await withProject(project, 'write', options, async ({ core, print }) => {
        const { run, split, kind, label, limit } = options;
        await inspectOnce(core, run, split);
        const { cells } = await core.call('runs.confusion', { run, split });
        const { components } = await core.call('runs.gates', { run, split });
        const found = await core.call('runs.errors', {
          ...{ run, split, limit },
          ...(kind === undefined ? {} : { kind }),
          ...(label === undefined ? {} : { label }),
        });
        print({ ...found, confusion: cells, gates: components }, () =>
          [confusionText(cells), errorsText(found), gatesText(components)].filter((part) => part !== '').join('\n\n'),
        );
      });
    });
}

function confusionText(cells: CallOutput<'runs.confusion'>['cells']): string {
  const rows = cells
    .toSorted((a, b) => b.count - a.count)
    .map(({ gold, predicted, count }) => [gold ?? '(spurious)', predicted ?? '(missed)', count]);
  return table([{ title: 'gold' }, { title: 'predicted' }, ...numbers('spans')], rows);
}

function errorsText({ total, errors }: CallOutput<'runs.errors'>): string {
  if (total === 0) return 'No errors.';
  const rows = errors.map(({ kind, name, gold, predicted, span }) => [
    kind,
    name,
    gold?.start ?? predicted?.start ?? 0,
    gold?.label ?? '',
    predicted?.label ?? '',
    span,
  ]);
  const columns = [
    { title: 'error' },
    { title: 'document' },
    ...numbers('start'),
    { title: 'gold' },
    { title: 'predicted' },
  ];
  return `${table([...columns, { title: 'text' }], rows)}\n${errors.length} of ${total} errors.`;
}
