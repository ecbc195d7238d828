/** notegraft compare: F1 by label of several runs, and how surely each differs from the first. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { CallOutput } from '../../api/contract.ts';
import { splitOption, wholeNumber } from '../options.ts';
import { inspectOnce, isInspected } from '../inspect-once.ts';
import { differenceText } from '../score-text.ts';
import { numbers, percent, table } from '../table.ts';
import { type CommonOptions, newCommand, withProject } from '../terminal.ts';

interface CompareOptions extends CommonOptions {
  readonly runs: number[];
  readonly split: 'dev' | 'test';
}

const help = `Each run is compared with the first on the same documents: 95 % intervals of the differences, paired by document.
Runs that were scored on different documents are refused, with the reason.`;

export function compareCommand(): Command {
  return newCommand('compare', 'strict F1 of runs by label, and how surely each differs from the first')
    .argument('<project>')
    .requiredOption('--runs <ids>', 'ids separated by commas', (text) => text.split(',').map(wholeNumber(1)))
    .addOption(splitOption('dev or test').choices(['dev', 'test']).default('test'))
    .addHelpText('after', `\n${help}`)
    .action(async (project: string, options: CompareOptions) => {
      await withProject(project, 'read', options, async ({ core, print }) => {
        const { runs, split } = options;
        // A project that another program holds for writing can still be compared, unless something is missing.
        const inspected = await Promise.all(runs.map((run) => isInspected(core, run, split)));
        if (inspected.includes(false)) {
          await core.call('project.open', { path: resolve(project), access: 'write' });
          for (const run of runs) await inspectOnce(core, run, split);
        }
        const [first, ...others] = runs;
        const differences: CallOutput<'runs.difference'>[] = [];
        for (const second of first === undefined ? [] : others) {
          differences.push(await core.call('runs.difference', { first: first ?? second, second, split }));
        }
        const result = await core.call('runs.compare', { runs, split });
        print({ ...result, differences }, () => [compareText(result), ...differences.map(differenceText)].join('\n\n'));
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
