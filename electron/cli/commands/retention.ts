/** notegraft retention: what a transfer model still knows of the source, beside a model that learned from the source alone. */
import type { Command } from 'commander';
import { taskText, type Task } from '../../../worker/domain/task-names.ts';
import type { CallOutput } from '../../api/contract.ts';
import { sourceOption, wholeNumber } from '../options.ts';
import { estimated, shifted } from '../score-text.ts';
import { counted, numbers, table, wrapped } from '../table.ts';
import { type CommonOptions, newCommand, withProject } from '../terminal.ts';

interface RetentionOptions extends CommonOptions {
  readonly run: number;
  readonly source?: Task;
}

const help = `Both tag the source's test documents, whose labels are read through the label map. The second model is trained for this on the
source's train and dev documents, with the run's settings, seed and word vectors; that takes as long as a training.`;

export function retentionCommand(): Command {
  return newCommand('retention', 'what a transfer model still knows of the source, beside a source-only model')
    .argument('<project>')
    .requiredOption('--run <id>', 'which run', wholeNumber(1))
    .addOption(sourceOption())
    .addHelpText('after', `\n${help}`)
    .action(async (project: string, options: RetentionOptions) => {
      await withProject(project, 'write', options, async ({ core, print }) => {
        const result = await core.call('runs.retention', {
          run: options.run,
          ...(options.source === undefined ? {} : { source: options.source }),
        });
        print(result, () => retentionText(result));
      });
    });
}

function retentionText({
  source,
  transfer,
  sourceOnly,
  difference,
  mapped,
  command,
}: CallOutput<'runs.retention'>): string {
  const rows = (['strict', 'lenient'] as const).map((matching) => [
    `micro F1, ${matching}`,
    estimated(transfer[matching].micro.f1),
    estimated(sourceOnly[matching].micro.f1),
    shifted(difference[matching].micro.f1),
  ]);
  const alone = new Map(sourceOnly.perLabel.map((entry) => [entry.label, entry]));
  const labels = transfer.perLabel.map(({ label, strict }) => {
    const other = alone.get(label)?.strict.f1;
    return [label, estimated(strict.f1), other === undefined ? '' : estimated(other), ''];
  });
  const map = Object.entries(mapped).map(([source, target]) => `${source} as ${target}`);
  return [
    `Retention on ${counted(transfer.documents, `${taskText(source)} test document`)}, in % with 95 % intervals`,
    table([{ title: '' }, ...numbers('this run', 'source only', 'difference')], [...rows, ...labels]),
    wrapped(`Labels: ${map.join(', ')}. Those of single labels are strict F1.`),
    ...transfer.cautions.map((caution) => wrapped(`Caution: ${caution}`)),
    `Again: ${command}`,
  ].join('\n\n');
}
