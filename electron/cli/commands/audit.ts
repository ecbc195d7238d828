/** notegraft audit: what became of each annotation and file that was not simply taken over. */
import type { Command } from 'commander';
import type { AuditRowView } from '../../api/views.ts';
import { auditKindsText, auditText } from '../audit-text.ts';
import { wholeNumber } from '../options.ts';
import { counted } from '../table.ts';
import { type CommonOptions, newCommand, type Terminal, withProject } from '../terminal.ts';

interface AuditOptions extends CommonOptions {
  readonly import?: number;
}

type Core = Terminal['core'];
type Imports = Awaited<ReturnType<typeof auditedImports>>;

/** Rows asked for at a time. */
const pageSize = 5000;

export function auditCommand(): Command {
  return newCommand('audit', 'print the audit that was stored with each import')
    .argument('<project>')
    .option('--import <id>', 'of this import only', wholeNumber(1))
    .action(async (project: string, options: AuditOptions) => {
      await withProject(project, 'read', options, async ({ core, print }) => {
        const imports = await auditedImports(core, options.import);
        print({ imports }, () => imports.map(importText).join('\n\n') || 'Nothing has been imported yet.');
      });
    });
}

async function auditedImports(core: Core, only: number | undefined) {
  const { imports } = await core.call('corpora.imports', {});
  const wanted = imports.filter((entry) => only === undefined || entry.import === only);
  return Promise.all(wanted.map(async (entry) => ({ ...entry, rows: await allRows(core, entry.import) })));
}

async function allRows(core: Core, id: number): Promise<AuditRowView[]> {
  const rows: AuditRowView[] = [];
  for (;;) {
    const page = await core.call('corpora.audit', { import: id, offset: rows.length, limit: pageSize });
    rows.push(...page.rows);
    if (page.rows.length < pageSize) return rows;
  }
}

function importText(entry: Imports[number]): string {
  const { role, split, format, status, startedAt, rows } = entry;
  const title = `Import ${entry.import}: ${role}${split === null ? '' : ` ${split}`}, ${format}, ${startedAt}, ${status}, ${counted(rows.length, 'audit row')}`;
  return rows.length === 0 ? title : [title, auditKindsText(entry.kinds), auditText(rows)].join('\n\n');
}
