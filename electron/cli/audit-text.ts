/** Audit rows as tables. */
import type { AuditRowView, ImportResult } from '../api/views.ts';
import { grouped, numbers, table } from './table.ts';

/** What happened, counted. */
export function auditKindsText(kinds: ImportResult['audit']['kinds']): string {
  return table(
    [{ title: 'status' }, { title: 'what' }, ...numbers('count')],
    kinds.map(({ status, kind, count }) => [status, kind, grouped(count)]),
  );
}

/** One line a row. */
export function auditText(rows: readonly AuditRowView[]): string {
  const columns = [{ title: 'file' }, ...numbers('line'), { title: 'status' }, { title: 'what' }, { title: 'reason' }];
  return table(
    columns,
    rows.map((row) => [row.file, row.line ?? '', row.status, row.kind, row.reason]),
  );
}
