/** notegraft create: a new, empty project. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type CommonOptions, newCommand, withTerminal } from '../terminal.ts';

export function createCommand(): Command {
  return newCommand('create', 'make a new, empty project file')
    .argument('<project>', 'the file to make, for example notes.ngr')
    .action(async (project: string, options: CommonOptions) => {
      await withTerminal(options, async ({ core, print }) => {
        const created = await core.call('project.create', { path: resolve(project) });
        print(created, () => `Created ${created.path}`);
      });
    });
}
