/** The imports of a project and what became of each annotation that was not simply taken over. */
import type { AuditRow, Split } from '../../worker/domain/document.ts';
import type { Task } from '../../worker/domain/task-names.ts';
import type { ProjectDatabase } from './database.ts';

/** `interrupted`: the process died before the job ended. */
export type JobStatus = 'running' | 'done' | 'failed' | 'cancelled' | 'interrupted';

export interface ImportEntry {
  readonly id: number;
  readonly role: Task;
  readonly split: Split | null;
  readonly format: string;
  readonly status: JobStatus;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** Documents that came from it and are still there. */
  readonly documents: number;
  readonly auditRows: number;
  /** The counts that `finish` was given, or null. */
  readonly counts: unknown;
}

export interface ImportStore {
  start(job: { role: Task; split: Split | null; format: string }): number;
  addAudit(importId: number, rows: readonly AuditRow[]): void;
  finish(importId: number, status: JobStatus, counts?: unknown): void;
  /** Forget an import that changed nothing, with its audit. */
  discard(importId: number): void;
  /** Oldest first. */
  list(): ImportEntry[];
  /** A page of an import's audit, in the order of the files. */
  audit(importId: number, page: { offset: number; limit: number }): AuditRow[];
  /** Audit rows of an import counted by what happened, most frequent first. */
  auditKinds(importId: number): { status: AuditRow['status']; kind: string; count: number }[];
}

type AuditColumns = Omit<AuditRow, 'line'> & { readonly line: number | null };

/** Prepares the statements of this aggregate. */
export function importStore(database: ProjectDatabase): ImportStore {
  const start = database.statement(
    'imports.start',
    `INSERT INTO imports (role, split, format, status, started_at) VALUES ($role, $split, $format, 'running', $at)`,
  );
  const addAudit = database.statement(
    'imports.add-audit',
    `INSERT INTO audit (import_id, file, line, status, kind, reason) VALUES ($importId, $file, $line, $status, $kind, $reason)`,
  );
  const finish = database.statement(
    'imports.finish',
    'UPDATE imports SET status = $status, format = coalesce($format, format), counts = $counts, ended_at = $at WHERE id = $id',
  );
  const discard = database.statement('imports.discard', 'DELETE FROM imports WHERE id = $id');
  const list = database.statement<Omit<ImportEntry, 'counts'> & { counts: string | null }>(
    'imports.list',
    `SELECT id, role, split, format, status, started_at AS startedAt, ended_at AS endedAt, counts,
       (SELECT count(*) FROM documents WHERE import_id = imports.id) AS documents,
       (SELECT count(*) FROM audit WHERE import_id = imports.id) AS auditRows
     FROM imports ORDER BY id`,
  );
  const audit = database.statement<AuditColumns>(
    'imports.audit',
    `SELECT file, line, status, kind, reason FROM audit WHERE import_id = $id ORDER BY id LIMIT $limit OFFSET $offset`,
  );
  const kinds = database.statement<{ status: AuditRow['status']; kind: string; count: number }>(
    'imports.audit-kinds',
    `SELECT status, kind, count(*) AS count FROM audit WHERE import_id = $id GROUP BY status, kind ORDER BY count DESC, kind`,
  );

  return {
    start: (job) => start.run({ ...job, at: new Date().toISOString() }).id,
    addAudit(importId, rows) {
      database.transaction(() => {
        for (const { line = null, ...row } of rows) addAudit.run({ importId, line, ...row });
      });
    },
    finish(id, status, counts) {
      finish.run({
        id,
        status,
        format: formatOf(counts),
        counts: counts === undefined ? null : JSON.stringify(counts),
        at: new Date().toISOString(),
      });
    },
    discard: (id) => void discard.run({ id }),
    list: () =>
      list.all().map((row) => ({ ...row, counts: row.counts === null ? null : (JSON.parse(row.counts) as unknown) })),
    audit: (id, page) => audit.all({ id, ...page }).map(({ line, ...row }) => (line === null ? row : { ...row, line })),
    auditKinds: (id) => kinds.all({ id }),
  };
}

/** The format found by an import that was told `auto`. */
function formatOf(counts: unknown): string | null {
  if (typeof counts !== 'object' || counts === null || !('format' in counts)) return null;
  return typeof counts.format === 'string' ? counts.format : null;
}
