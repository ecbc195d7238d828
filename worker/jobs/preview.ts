/** The preview job: looks at a folder before it is imported, and reads the first documents as the import would. */
import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type AuditRow, type Split, splits } from '../domain/document.ts';
import { AppError, systemCode, toErrorRecord } from '../domain/errors.ts';
import { detectFormat } from '../formats/detect.ts';
import { discoverGroups } from '../formats/discover.ts';
import { auditName } from '../formats/format.ts';
import { readGroup } from '../formats/readers.ts';
import type { JobOf } from '../protocol-jobs.ts';
import type { JobEvents, JobResults } from '../protocol.ts';

/** Rows of the audit that are handed back at most. */
const mostAuditRows = 2000;

/** @throws AppError `file-not-found`, `file-unreadable` (no permission), `folder-empty`, `format-unknown`; each names the folder. */
export async function* previewJob(job: JobOf<'preview'>): AsyncGenerator<JobEvents['preview'], JobResults['preview']> {
  requireReadable(job.folder);
  const format = job.format === 'auto' ? detectFormat([job.folder]) : job.format;
  const { groups, audit } = discoverGroups([job.folder], format);
  const preview = { documents: 0, failed: 0, annotations: { ok: 0, repaired: 0, skipped: 0 } };
  const labels = new Map<string, number>();
  const rows: AuditRow[] = [...audit];
  const wanted = groups.slice(0, job.documents);
  for (const [index, group] of wanted.entries()) {
    try {
      for (const { document, counts, audit: found } of await readGroup(group, format)) {
        preview.documents++;
        for (const part of ['ok', 'repaired', 'skipped'] as const) preview.annotations[part] += counts[part];
        for (const { label } of document.spans) labels.set(label, (labels.get(label) ?? 0) + 1);
        rows.push(...found);
      }
    } catch (thrown) {
      preview.failed++;
      const { code, message } = toErrorRecord(thrown);
      rows.push({ file: auditName(group, 0), status: 'failed', kind: code, reason: message });
    }
    if (index % 10 === 0) yield { kind: 'progress', done: index + 1, total: wanted.length };
  }
  return {
    format,
    documents: groups.length,
    files: groups.reduce((sum, group) => sum + group.files.length, 0),
    withoutPartner: audit.filter(({ kind }) => kind === 'partner-missing').length,
    parts: splitFolders(job.folder),
    preview: {
      ...preview,
      labels: [...labels]
        .map(([label, count]) => ({ label, count }))
        .sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1)),
      audit: rows.slice(0, mostAuditRows),
    },
  };
}

/** What public corpora call the folders of their splits. */
const splitNames: Readonly<Record<Split, RegExp>> = {
  train: /^train(ing)?$/i,
  dev: /^(dev(el(opment)?)?|valid(ation)?)$/i,
  test: /^test(ing)?$/i,
};

/** Folders directly inside that are called after a split, in the order of the splits. */
function splitFolders(folder: string): { split: Split; folder: string }[] {
  if (!statSync(folder).isDirectory()) return [];
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return splits.flatMap((split) =>
    names.filter(({ name }) => splitNames[split].test(name)).map(({ name }) => ({ split, folder: join(folder, name) })),
  );
}

function requireReadable(folder: string): void {
  try {
    accessSync(folder, constants.R_OK);
  } catch (thrown) {
    const code = systemCode(thrown) ?? '';
    if (code === 'ENOENT' || code === 'ENOTDIR') return;
    const isRefused = code === 'EACCES' || code === 'EPERM';
    throw new AppError(
      'file-unreadable',
      isRefused ? 'You have no permission to read this folder.' : 'The folder cannot be reached.',
      {
        details: {
          file: folder,
          nextStep: isRefused
            ? 'Ask for the right to read it, or choose another folder.'
            : 'Check the network drive, or copy the files to this machine.',
        },
        cause: thrown,
      },
    );
  }
}
