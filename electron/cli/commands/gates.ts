/** notegraft gates: what a run's gates let through, by label and component, and token by token in files. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { AppError } from '../../../worker/domain/errors.ts';
import type { CallOutput } from '../../api/contract.ts';
import { expertsText, gatesText, groupsText } from '../gates-text.ts';
import { inspectOnce } from '../inspect-once.ts';
import { type FeaturesOption, featuresFolder, splitOption, wholeNumber, withFeaturesOption } from '../options.ts';
import { type CommonOptions, newCommand, typedCommand, withProject } from '../terminal.ts';

interface GatesOptions extends CommonOptions, FeaturesOption {
  readonly run: number;
  readonly split: 'dev' | 'test';
  readonly out?: string;
  readonly text: boolean;
}

const help = `Shares of the copies that reach the next component, adding up to 100: soft (the target's copy that is held close to the
source's), hard (the copy both tasks share), independent (the target's own). Means by gold label as in table 4 of the DTN paper.
--out writes gates.json (every token), gates.xlsx, gates-labels.svg (table 4) and gates-tokens.svg (one sentence, as figure 4).

Of a run with experts (man-moe): how much each source's expert is believed, on average over each note and over each label's tokens,
and which source a note looks most like.`;

export function gatesCommand(): Command {
  const command = newCommand(
    'gates',
    'mean gates of a run by label and component; with --out as files, token by token',
  );
  return withFeaturesOption(command)
    .argument('<project>')
    .requiredOption('--run <id>', 'which run; its recipe must have gates', wholeNumber(1))
    .addOption(splitOption('dev or test').choices(['dev', 'test']).default('test'))
    .option('--out <folder>', 'write the gates to files in this folder')
    .option('--no-text', 'leave the tokens themselves out of the files')
    .addHelpText('after', `\n${help}`)
    .action(async (project: string, options: GatesOptions) => {
      const { run, split, out, text } = options;
      await withProject(project, 'write', options, async ({ core, print }) => {
        const { recipeInFull } = await core.call('runs.get', { run });
        if (recipeInFull.sharing.wordEncoder.kind === 'experts') {
          if (out !== undefined) throw new AppError('usage', 'Experts are shown, not written: leave --out out.');
          const experts = await core.call('runs.experts', { run, split, ...featuresFolder(options) });
          print(experts, () => expertsText(experts));
          return;
        }
        if (out === undefined) {
          await inspectOnce(core, run, split);
          const { components, groups } = await core.call('runs.gates', { run, split });
          print({ means: components, groups }, () => meansText(components, groups));
          return;
        }
        const input = { run, split, outFolder: resolve(out), text, command: typedCommand() };
        const result = await core.call('runs.exportGates', input);
        print(result, () => [meansText(result.means, result.groups), ...result.files].join('\n'));
      });
    });
}

function meansText(means: CallOutput<'runs.gates'>['components'], groups: CallOutput<'runs.gates'>['groups']): string {
  if (means.length === 0) return 'This recipe has no gates.';
  return `${gatesText(means)}\n\n${groupsText(groups)}\n`;
}
