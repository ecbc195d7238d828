/** notegraft model export: a run's model in a file of its own. */
import { Command } from 'commander';
import { resolve } from 'node:path';
import { wholeNumber } from '../options.ts';
import { grouped } from '../table.ts';
import { type CommonOptions, newCommand, withProject } from '../terminal.ts';

interface ExportOptions extends CommonOptions {
  readonly run: number;
}

export function modelCommand(): Command {
  const exportModel = newCommand('export', 'write a model that tags without its project; it holds no note text')
    .argument('<project>')
    .argument('<file>', 'the file to write, for example tagger.ngm')
    .requiredOption('--run <id>', 'the run whose model it is', wholeNumber(1))
    .action(async (project: string, file: string, options: ExportOptions) => {
      await withProject(project, 'read', options, async ({ core, print }) => {
        const result = await core.call('models.export', { run: options.run, file: resolve(file) });
        print(result, () => `Run ${result.run}: ${grouped(result.bytes)} bytes in ${result.file}`);
      });
    });
  return new Command('model').description('models as files').addCommand(exportModel);
}
