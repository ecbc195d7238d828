/** notegraft curve: learning curves, and how many more notes a gain would take. */
import type { Command } from 'commander';
import { fractionList, specOptions, type StudyOptions, withStudy } from '../study-options.ts';
import { runStudyCommand } from '../study-command.ts';
import { newCommand } from '../terminal.ts';

interface CurveOptions extends StudyOptions {
  readonly fractions: number[];
}

export function curveCommand(): Command {
  const command = newCommand(
    'curve',
    'train recipes on growing shares of the target and fit the learning curve; the same command goes on after a stop',
  );
  return withStudy(
    command,
    'recipes separated by commas, the first is what the others are compared with; * stands for letters up to a hyphen; a .json file is a recipe of your own',
    'trainings of each recipe and share: how many, or which seeds; the seed also chooses the notes of a share',
  )
    .requiredOption(
      '--fractions <shares>',
      'shares of the target training notes, such as 0.05,0.1,0.2,0.5,1',
      fractionList,
    )
    .action(async (project: string, options: CurveOptions) => {
      const spec = { kind: 'curve', fractions: options.fractions, ...specOptions(options) } as const;
      await runStudyCommand(project, spec, options);
    });
}
