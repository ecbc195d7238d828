/** notegraft export: a role's gold documents in a format that other tools read. */
import type { Command } from 'commander';
import { resolve } from 'node:path';
import { Option } from 'commander';
import type { Split } from '../../../worker/domain/document.ts';
import type { Task } from '../../../worker/domain/task-names.ts';
import { roleOption, splitOption } from '../options.ts';
import { counted, grouped } from '../table.ts';
import { type CommonOptions, newCommand, withProject } from '../terminal.ts';

interface ExportOptions extends CommonOptions {
  readonly role: Task;
  readonly split?: Split;
  readonly format: 'i2b2-2010' | 'brat' | 'conll';
  readonly out: string;
}

export function exportCommand(): Command {
  return newCommand('export', 'write annotated documents in another format')
    .argument('<project>')
    .addOption(roleOption())
    .addOption(splitOption('only this split'))
    .addOption(new Option('--format <format>').choices(['i2b2-2010', 'brat', 'conll']).makeOptionMandatory())
    .requiredOption('--out <folder>', 'where the files go')
    .action(async (project: string, options: ExportOptions) => {
      await withProject(project, 'read', options, async ({ core, print }) => {
        const { role, split, format } = options;
        const outFolder = resolve(options.out);
        const result = await core.call('corpora.export', {
          role,
          format,
          outFolder,
          ...(split === undefined ? {} : { split }),
        });
        print({ ...result, out: outFolder }, () => {
          const changed = `${grouped(result.widened)} widened to whole tokens, ${grouped(result.skipped)} left out`;
          return `${counted(result.documents, 'document')} with ${counted(result.annotations, 'annotation')} (${changed}) in ${counted(result.files, 'file')}: ${outFolder}`;
        });
      });
    });
}
