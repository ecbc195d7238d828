/** notegraft estimate: time and memory of a training, measured on this machine. */
import type { Command } from 'commander';
import type { Task } from '../../../worker/domain/task-names.ts';
import {
  featuresFolder,
  type FeaturesOption,
  fraction,
  repeated,
  sourcesOption,
  vectorsReference,
  withFeaturesOption,
} from '../options.ts';
import { recipeChoice } from '../recipe-file.ts';
import { duration, grouped } from '../table.ts';
import { type CommonOptions, newCommand, withProject } from '../terminal.ts';

interface EstimateOptions extends CommonOptions, FeaturesOption {
  readonly recipe: string;
  readonly targetFraction: number;
  readonly sources?: Task[];
  readonly embeddings?: string;
  readonly set?: string[];
}

export function estimateCommand(): Command {
  return withFeaturesOption(
    newCommand('estimate', 'time and memory of a training, measured in a few seconds on this machine'),
  )
    .argument('<project>')
    .requiredOption('--recipe <name>', 'as for train')
    .option('--target-fraction <share>', 'as for train', fraction, 1)
    .option('--embeddings <file>', 'as for train', vectorsReference)
    .addOption(sourcesOption())
    .option('--set <path=value>', 'as for train; may be repeated', repeated)
    .action(async (project: string, options: EstimateOptions) => {
      await withProject(project, 'write', options, async ({ core, print }) => {
        const { targetFraction, set = [] } = options;
        const recipe = recipeChoice(options.recipe);
        const found = await core.call('training.estimate', {
          ...{ recipe, settings: set, targetFraction },
          ...(options.sources === undefined ? {} : { sources: options.sources }),
          ...(options.embeddings === undefined ? {} : { embeddings: options.embeddings }),
          ...featuresFolder(options),
        });
        print(found, () =>
          [
            `${duration(found.secondsPerEpoch)} an epoch, ${duration(found.secondsAtMost)} for all ${found.epochsAtMost}; patience usually ends it earlier.`,
            `${grouped(found.parameters)} weights, about ${grouped(Math.ceil(found.memoryBytes / 1e6))} MB of memory, ${grouped(found.tokensPerSecond)} tokens/s on ${found.backend} with ${found.threads} threads.`,
          ].join('\n'),
        );
      });
    });
}
