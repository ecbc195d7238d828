/** notegraft info: what a project holds. */
import type { Command } from 'commander';
import { roleText, sourcesOf, taskText } from '../../../worker/domain/task-names.ts';
import type { ProjectInfo } from '../../api/views.ts';
import { counted, grouped, numbers, table } from '../table.ts';
import { type CommonOptions, newCommand, withProject } from '../terminal.ts';

export function infoCommand(): Command {
  return newCommand('info', 'documents, tokens and labels, by role and split')
    .argument('<project>')
    .action(async (project: string, options: CommonOptions) => {
      await withProject(project, 'read', options, async ({ core, print }) => {
        const info = await core.call('project.info', {});
        print(info, () => infoText(info));
      });
    });
}

function infoText(info: ProjectInfo): string {
  const parts = [
    `${info.project.path}\nmade ${info.project.createdAt} by Notegraft ${info.project.createdBy}, ${counted(info.runs, 'run')}, ${counted(info.taggings, 'tagging session')}`,
  ];
  if (info.documents.length === 0) parts.push('No documents yet. Import some with `notegraft import`.');
  else parts.push(documentsTable(info));
  for (const role of [...sourcesOf([...new Set(info.labels.map((row) => row.role))]), 'target']) {
    const labels = info.labels.filter((row) => row.role === role);
    if (labels.length > 0) parts.push(labelsTable(taskText(role), labels));
  }
  for (const file of info.embeddings) {
    parts.push(`Embeddings: ${file.path}, ${grouped(file.words)} words, ${file.dimensions} dimensions`);
  }
  return parts.join('\n\n');
}

function documentsTable(info: ProjectInfo): string {
  const columns = [
    { title: 'role' },
    { title: 'split' },
    ...numbers('documents', 'sentences', 'tokens', 'annotations'),
  ];
  return table(
    columns,
    info.documents.map((row) => [
      roleText(row.role),
      row.split ?? '(none)',
      ...[row.documents, row.sentences, row.tokens, row.annotations].map(grouped),
    ]),
  );
}

function labelsTable(role: string, labels: ProjectInfo['labels']): string {
  const columns = [{ title: `${role} label` }, ...numbers('count', 'train', 'dev', 'test', 'no split')];
  return table(
    columns,
    labels.map((row) => [row.label, ...[row.count, row.train, row.dev, row.test, row.unsplit].map(grouped)]),
  );
}
