/** notegraft evaluate: score a run on a split of the project, or on annotated files. */
import type { Command } from 'commander';
import { Option } from 'commander';
import type { FormatName } from '../../../worker/domain/document.ts';
import { toolConventions, type ToolConvention } from '../../../worker/domain/tool-score.ts';
import { AppError } from '../../../worker/domain/errors.ts';
import {
  absolute,
  type EngineOptions,
  engineWish,
  type FeaturesOption,
  featuresFolder,
  formatOption,
  wholeNumber,
  withBootstrap,
  withEngine,
  withFeaturesOption,
  type BootstrapOptions,
} from '../options.ts';
import { reportText, toolText } from '../score-text.ts';
import { type CommonOptions, newCommand, withProject } from '../terminal.ts';

interface EvaluateOptions extends CommonOptions, EngineOptions, BootstrapOptions, FeaturesOption {
  readonly run: number;
  readonly split?: 'dev' | 'test';
  readonly format: FormatName | 'auto';
  readonly convention?: ToolConvention;
}

export function evaluateCommand(): Command {
  const command = newCommand('evaluate', 'score a run on the target: on a split of the project, or on files');
  return withEngine(withFeaturesOption(withBootstrap(command)))
    .argument('<project>')
    .argument('[path...]', 'annotated files or folders, instead of a split')
    .requiredOption('--run <id>', 'the run to score', wholeNumber(1))
    .addOption(new Option('--split <split>', 'dev or test; test when nothing is given').choices(['dev', 'test']))
    .addOption(formatOption())
    .addOption(
      new Option('--convention <tool>', 'score as this tool does, beside our own convention').choices(toolConventions),
    )
    .action(async (project: string, paths: string[], options: EvaluateOptions) => {
      const { run, split, format, convention } = options;
      if (paths.length > 0 && split !== undefined)
        throw new AppError('usage', 'Give either --split or files, not both.');
      await withProject(project, 'write', options, async ({ core, print }) => {
        const what =
          paths.length > 0 ? { files: { format, paths: absolute(paths) } } : { split: split ?? ('test' as const) };
        const score = await core.call('evaluation.evaluate', {
          ...{ run, engine: engineWish(options), ...featuresFolder(options) },
          ...what,
          bootstrap: { draws: options.draws, seed: options.bootstrapSeed },
          ...(convention === undefined ? {} : { convention }),
        });
        print(score, () =>
          [
            reportText(`Run ${run} on ${score.split ?? 'the files'}`, score, score.report),
            ...(score.tool === null ? [] : [toolText(score.tool)]),
          ].join('\n\n'),
        );
      });
    });
}
