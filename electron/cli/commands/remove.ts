/** notegraft remove: take an import back with its documents. */
import type { Command } from 'commander';
import { wholeNumber } from '../options.ts';
import { counted } from '../table.ts';
import { type CommonOptions, newCommand, withProject } from '../terminal.ts';

export function removeCommand(): Command {
  return newCommand('remove', 'take an import back with its documents; `notegraft audit` lists the imports')
    .argument('<project>')
    .requiredOption('--import <id>', 'which import', wholeNumber(1))
    .action(async (project: string, options: CommonOptions & { readonly import: number }) => {
      await withProject(project, 'write', options, async ({ core, print }) => {
        const result = await core.call('corpora.remove', { import: options.import });
        print(
          result,
          () => `Removed ${counted(result.documents, 'document')} with ${counted(result.annotations, 'annotation')}.`,
        );
      });
    });
}
