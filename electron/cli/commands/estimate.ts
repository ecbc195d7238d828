/** notegraft estimate: time and memory of a training, measured on this machine. */
import type { Command } from 'commander';
import type { Task } from '../../../worker/domain/task-names.ts';
import { fraction, repeated, sourcesOption } from '../options.ts';
import { recipeChoice } from '../recipe-file.ts';
import { duration, grouped } from '../table.ts';
import { type CommonOptions, newCommand, withProject } from '../terminal.ts';

interface EstimateOptions extends CommonOptions {
  readonly recipe: string;
  readonly targetFraction: number;
  readonly sources?: Task[];
  readonly set?: string[];
}

export function estimateCommand(): Command {
  return newCommand('estimate', 'time and memory of a training, measured in a few seconds on this machine')
    .argument('<project>')
    .requiredOption('--recipe <name>', 'as for train')
    .option('--target-fraction <share>', 'as for train', fraction, 1)
    .addOption(sourcesOption())
    .option('--set <path=value>', 'as for train; may be repeated', repeated)
    .action(async (project: string, options: EstimateOptions) => {
      await withProject(project, 'write', options, async ({ core, print }) => {
        const { targetFraction, set = [] } = options;
        const recipe = recipeChoice(options.recipe);
        const found = await core.call('training.estimate', {
          ...{ recipe, settings: set, targetFraction },
          ...(options.sources === undefined ? {} : { sources: options.sources }),
        });
        print(found, () =>
          [
            `${duration(found.secondsPerEpoch)} an epoch, ${duration(found.secondsAtMost)} for all ${found.epochsAtMost}; patience usually ends it earlier.`,
            `${grouped(found.parameters)} weights, ${grouped(found.memoryBytes / 2 ** 20)} MiB of memory, ${grouped(found.tokensPerSecond)} tokens/s on ${found.backend} with ${found.threads} threads.`,
          ].join('\n'),
        );
      });
    });
}
