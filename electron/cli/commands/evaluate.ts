/** notegraft evaluate: score a run on a split of the project, or on annotated files. */
import type { Command } from 'commander';
import { Option } from 'commander';
import type { FormatName } from '../../../worker/domain/document.ts';
import { AppError } from '../../../worker/domain/errors.ts';
import { absolute, type EngineOptions, engineWish, formatOption, wholeNumber, withEngine } from '../options.ts';
import { reportText } from '../score-text.ts';
import { type CommonOptions, newCommand, withProject } from '../terminal.ts';

interface EvaluateOptions extends CommonOptions, EngineOptions {
  readonly run: number;
  readonly split?: 'dev' | 'test';
  readonly format: FormatName | 'auto';
  readonly draws: number;
  readonly bootstrapSeed: number;
}

export function evaluateCommand(): Command {
  return withEngine(newCommand('evaluate', 'score a run on the target: on a split of the project, or on files'))
    .argument('<project>')
    .argument('[path...]', 'annotated files or folders, instead of a split')
    .requiredOption('--run <id>', 'the run to score', wholeNumber(1))
    .addOption(new Option('--split <split>', 'dev or test; test when nothing is given').choices(['dev', 'test']))
    .addOption(formatOption())
    .option('--draws <number>', 'resamples of the documents for the 95 % intervals', wholeNumber(100), 2000)
    .option('--bootstrap-seed <number>', 'seed of the resamples', wholeNumber(0), 1)
    .action(async (project: string, paths: string[], options: EvaluateOptions) => {
      const { run, split, format } = options;
      if (paths.length > 0 && split !== undefined)
        throw new AppError('usage', 'Give either --split or files, not both.');
      await withProject(project, 'write', options, async ({ core, print }) => {
        const what =
          paths.length > 0 ? { files: { format, paths: absolute(paths) } } : { split: split ?? ('test' as const) };
        const score = await core.call('evaluation.evaluate', {
          ...{ run, engine: engineWish(options) },
          ...what,
          bootstrap: { draws: options.draws, seed: options.bootstrapSeed },
        });
        print(score, () => reportText(`Run ${run} on ${score.split ?? 'the files'}`, score, score.report));
      });
    });
}
