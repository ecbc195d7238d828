/** notegraft split: share out a role's documents into train, dev and test. */
import type { Command } from 'commander';
import type { Task } from '../../../worker/domain/task-names.ts';
import { fraction, roleOption, wholeNumber } from '../options.ts';
import type { CallOutput } from '../../api/contract.ts';
import { counted, grouped, numbers, table } from '../table.ts';
import { type CommonOptions, newCommand, withProject } from '../terminal.ts';

interface SplitOptions extends CommonOptions {
  readonly role: Task;
  readonly dev: number;
  readonly test: number;
  readonly seed: number;
  readonly again?: true;
  readonly all?: true;
  readonly preview?: true;
}

export function splitCommand(): Command {
  return newCommand('split', 'share out documents that have no split yet; whole documents, chosen by the seed')
    .argument('<project>')
    .addOption(roleOption())
    .option('--dev <share>', 'share for dev, 0 to 1', fraction, 0.1)
    .option('--test <share>', 'share for test, 0 to 1', fraction, 0.1)
    .option('--seed <number>', 'the same seed gives the same split', wholeNumber(0), 1)
    .option('--again', 'share out all documents anew, but for those imported with a split of their own')
    .option('--all', 'with --again: those too')
    .option('--preview', 'what --again would give, by label; nothing is changed')
    .action(async (project: string, options: SplitOptions) => {
      await withProject(project, 'write', options, async ({ core, print }) => {
        const { role, dev, test, seed } = options;
        if (options.again === true || options.preview === true) {
          const [all, preview] = [options.all === true, options.preview === true];
          const again = await core.call('corpora.resplit', { role, dev, test, seed, all, preview });
          print(again, () => againText(again));
          return;
        }
        const result = await core.call('corpora.split', { role, dev, test, seed });
        print(result, () => {
          const kept = result.kept === 0 ? '' : ` ${counted(result.kept, 'document')} had a split already and kept it.`;
          return `${grouped(result.train)} train, ${grouped(result.dev)} dev, ${grouped(result.test)} test.${kept}`;
        });
      });
    });
}

function againText({ train, dev, test, kept, labels }: CallOutput<'corpora.resplit'>): string {
  const rows = labels.map((row) => [row.label, ...[row.train, row.dev, row.test].map(grouped)]);
  const title = `${grouped(train)} train, ${grouped(dev)} dev, ${grouped(test)} test; ${grouped(kept)} kept theirs.`;
  return [title, '', table([{ title: 'label' }, ...numbers('train', 'dev', 'test')], rows)].join('\n');
}
