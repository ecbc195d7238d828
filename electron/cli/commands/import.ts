/** notegraft import: annotated documents into a project, with an audit of what was not simply taken over. */
import type { Command } from 'commander';
import type { FormatName, Split } from '../../../worker/domain/document.ts';
import type { Task } from '../../../worker/domain/task-names.ts';
import type { ImportResult } from '../../api/views.ts';
import { auditKindsText, auditText } from '../audit-text.ts';
import { absolute, formatOption, readNameList, roleOption, splitOption } from '../options.ts';
import { counted, grouped, numbers, table } from '../table.ts';
import { type CommonOptions, newCommand, withProject } from '../terminal.ts';

interface ImportOptions extends CommonOptions {
  readonly role: Task;
  readonly split?: Split;
  readonly format: FormatName | 'auto';
  readonly docs?: string;
}

export function importCommand(): Command {
  return newCommand('import', 'import annotated documents; importing the same files again changes nothing')
    .argument('<project>')
    .argument('<path...>', 'files or folders')
    .addOption(roleOption())
    .addOption(splitOption('the split they belong to; left out, `notegraft split` shares them out'))
    .addOption(formatOption())
    .option('--docs <list>', 'import only the documents named in this file, one a line')
    .action(async (project: string, paths: string[], options: ImportOptions) => {
      const only = options.docs === undefined ? undefined : readNameList(options.docs);
      await withProject(project, 'write', options, async ({ core, print }) => {
        const result = await core.call('corpora.import', {
          role: options.role,
          format: options.format,
          paths: absolute(paths),
          ...(options.split === undefined ? {} : { split: options.split }),
          ...(only === undefined ? {} : { only }),
        });
        print(result, () => importText(result));
      });
    });
}

function importText(result: ImportResult): string {
  const { annotations, audit } = result;
  const lines = [
    headline(result),
    `Annotations: ${grouped(annotations.ok)} ok, ${grouped(annotations.repaired)} repaired, ${grouped(annotations.skipped)} skipped.`,
  ];
  if (result.conflicts > 0) {
    lines.push(`Not stored: ${counted(result.conflicts, 'document')} whose name the project holds with other content.`);
  }
  const labels = Object.entries(result.labels);
  if (labels.length > 0)
    lines.push(
      '',
      table(
        [{ title: 'label' }, ...numbers('count')],
        labels.map(([label, count]) => [label, grouped(count)]),
      ),
    );
  if (audit.rows > 0) {
    lines.push('', auditKindsText(audit.kinds), '', auditText(audit.first));
    if (audit.rows > audit.first.length)
      lines.push(`… and ${counted(audit.rows - audit.first.length, 'more row', 'more rows')}: see \`notegraft audit\``);
  }
  return lines.join('\n');
}

function headline(result: ImportResult): string {
  const { documents, added, unchanged, files, failedFiles, format } = result;
  const read = `${counted(documents, 'document')} in ${counted(files, 'file')}${format === null ? '' : ` (${format})`}`;
  const failed = failedFiles === 0 ? '' : `; ${counted(failedFiles, 'file')} could not be used`;
  if (result.import === null) return `Nothing new: ${read}, all in the project already${failed}.`;
  const known = unchanged === 0 ? '' : `, ${grouped(unchanged)} in the project already`;
  return `Imported ${counted(added, 'document')} of ${read}${known}${failed}.`;
}
