/** notegraft compare: F1 by label of several runs, with the difference to the first. */
import type { Command } from 'commander';
import type { CallOutput } from '../../api/contract.ts';
import { splitOption, wholeNumber } from '../options.ts';
import { numbers, percent, table } from '../table.ts';
import { type CommonOptions, newCommand, withProject } from '../terminal.ts';

interface CompareOptions extends CommonOptions {
  readonly runs: number[];
  readonly split: 'dev' | 'test';
}

export function compareCommand(): Command {
  return newCommand('compare', 'strict F1 of runs by label, with the difference to the first')
    .argument('<project>')
    .requiredOption('--runs <ids>', 'ids separated by commas', (text) => text.split(',').map(wholeNumber(1)))
    .addOption(splitOption('dev or test').choices(['dev', 'test']).default('test'))
    .action(async (project: string, options: CompareOptions) => {
      await withProject(project, 'read', options, async ({ core, print }) => {
        const result = await core.call('runs.compare', { runs: options.runs, split: options.split });
        print(result, () => compareText(result));
      });
    });
}

function compareText({ runs, labels }: CallOutput<'runs.compare'>): string {
  const titles = runs.map(({ run, recipe }) => `${run} ${recipe}`);
  const rows = labels.map(({ label, support, runs: values }) => [
    label ?? 'micro',
    support,
    ...values.map((value, index) => {
      if (value === null) return '';
      const delta = `${value.strictDelta < 0 ? '' : '+'}${percent(value.strictDelta)}`;
      return index === 0 ? percent(value.strict) : `${percent(value.strict)} (${delta})`;
    }),
  ]);
  return table([{ title: 'label' }, ...numbers('gold', ...titles)], rows);
}
