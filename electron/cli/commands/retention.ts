/** notegraft retention: what a transfer model still knows of the source, beside a model that learned from the source alone. */
import type { Command } from 'commander';
import { AppError } from '../../../worker/domain/errors.ts';
import { taskText, type Task } from '../../../worker/domain/task-names.ts';
import type { CoreClient } from '../../api/contract.ts';
import type { RetentionView } from '../../api/report-calls.ts';
import { sourceOption, wholeNumber } from '../options.ts';
import { estimated, shifted } from '../score-text.ts';
import { counted, numbers, table, wrapped } from '../table.ts';
import { type CommonOptions, newCommand, withProject } from '../terminal.ts';

interface RetentionOptions extends CommonOptions {
  readonly run: number;
  readonly kept: boolean;
  readonly source?: Task;
}

const help = `Both tag the source's test documents, whose labels are read through the label map. The second model is trained for this on the
source's train and dev documents, with the run's settings, seed and word vectors; that takes as long as a training.`;

export function retentionCommand(): Command {
  return newCommand('retention', 'what a transfer model still knows of the source, beside a source-only model')
    .argument('<project>')
    .requiredOption('--run <id>', 'which run', wholeNumber(1))
    .addOption(sourceOption())
    .option('--kept', 'what was found last, without a training', false)
    .addHelpText('after', `\n${help}`)
    .action(async (project: string, options: RetentionOptions) => {
      await withProject(project, 'write', options, async ({ core, print }) => {
        const { run, source } = options;
        const asked = { run, ...(source === undefined ? {} : { source }) };
        const result = options.kept ? await kept(core, run) : await core.call('runs.retention', asked);
        print(result, () => retentionText(result));
      });
    });
}

async function kept(core: CoreClient, run: number): Promise<RetentionView> {
  const { retention } = await core.call('runs.keptRetention', { run });
  if (retention !== null) return retention;
  throw new AppError('data-missing', `The retention of run ${run} was not measured since its last training.`, {
    details: { nextStep: 'Ask without --kept; that takes as long as a training.' },
  });
}

function retentionText({ source, transfer, sourceOnly, difference, mapped, command }: RetentionView): string {
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
