/** notegraft score: annotated files of any tool against gold files, under our convention or that of seqeval or nervaluate. */
import { Option, type Command } from 'commander';
import {
  strictSchemes,
  toolConventions,
  type StrictScheme,
  type ToolConvention,
} from '../../../worker/domain/tool-score.ts';
import type { FormatName } from '../../../worker/domain/document.ts';
import { absolute, formatOption, withBootstrap, type BootstrapOptions } from '../options.ts';
import { reportText, toolText, unmatchedText } from '../score-text.ts';
import { type CommonOptions, newCommand, typedCommand, withTerminal } from '../terminal.ts';

interface ScoreOptions extends CommonOptions, BootstrapOptions {
  readonly format: FormatName | 'auto';
  readonly convention?: ToolConvention;
  readonly scheme?: StrictScheme;
}

const help = `Documents are paired by name; a document whose text differs is named and left out.
Column files are read tag by tag under seqeval and nervaluate, so that broken tags count as they do there.`;

export function scoreCommand(): Command {
  return withBootstrap(newCommand('score', 'score annotated files against gold files, whatever tool made them'))
    .argument('<gold>', 'annotated files or a folder: what is right')
    .argument('<predicted>', 'annotated files or a folder: what is scored')
    .addOption(formatOption())
    .addOption(
      new Option('--convention <tool>', 'score as this tool does, beside our own convention').choices(toolConventions),
    )
    .addOption(
      new Option('--scheme <scheme>', 'how seqeval-strict reads the tags of column files; IOB2 when left out').choices(
        strictSchemes,
      ),
    )
    .addHelpText('after', `\n${help}`)
    .action(async (gold: string, predicted: string, options: ScoreOptions) => {
      const { format, convention, scheme, draws, bootstrapSeed: seed } = options;
      await withTerminal(options, async ({ core, print }) => {
        const result = await core.call('evaluation.files', {
          first: { format, paths: absolute([gold]) },
          second: { format, paths: absolute([predicted]) },
          flatten: true,
          bootstrap: { draws, seed },
          command: typedCommand(),
          ...(convention === undefined ? {} : { convention }),
          ...(scheme === undefined ? {} : { scheme }),
        });
        print(result, () =>
          [
            reportText('The files', result.score, result.report),
            ...(result.tool === null ? [] : [toolText(result.tool)]),
            ...unmatchedText(result.unmatched),
          ].join('\n\n'),
        );
      });
    });
}
