/** notegraft sweep: recipes beside each other on the same notes, ranked with intervals. */
import type { Command } from 'commander';
import { fraction } from '../options.ts';
import { specOptions, type StudyOptions, withStudy } from '../study-options.ts';
import { runStudyCommand } from '../study-command.ts';
import { newCommand } from '../terminal.ts';

interface SweepOptions extends StudyOptions {
  readonly targetFraction: number;
}

export function sweepCommand(): Command {
  const command = newCommand(
    'sweep',
    'train many recipes, such as the 27 of ttn-*, and rank them; the same command goes on after a stop',
  );
  return withStudy(
    command,
    'recipes separated by commas; * stands for letters up to a hyphen, as in ttn-* or ttn-H*,dtn-hs; a .json file is a recipe of your own',
    'trainings of each recipe: how many, or which seeds',
  )
    .option('--target-fraction <share>', 'train on this share of the target documents, above 0 up to 1', fraction, 1)
    .action(async (project: string, options: SweepOptions) => {
      const spec = { kind: 'sweep', targetFraction: options.targetFraction, ...specOptions(options) } as const;
      await runStudyCommand(project, spec, options);
    });
}
