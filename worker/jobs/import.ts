/** The import job: finds the files, reads group after group, and reports documents, rows for the audit, and progress. */
import type { AnnotationCounts, AuditRow, FormatName, ImportedDocument } from '../domain/document.ts';
import { toErrorRecord } from '../domain/errors.ts';
import { detectFormat } from '../formats/detect.ts';
import { discoverGroups } from '../formats/discover.ts';
import { auditName, type FileGroup } from '../formats/format.ts';
import { readGroup, type ImportedRead } from '../formats/readers.ts';
import type { JobOf } from '../protocol-jobs.ts';
import type { JobEvents, JobResults } from '../protocol.ts';
import { openSelection } from './import-selection.ts';

/** Groups between two reports of progress. */
const progressInterval = 50;

/**
 * Read every document below the job's paths. A file that cannot be used is a row of the audit ('failed'), and the rest goes on.
 * @throws AppError `file-not-found`, `folder-empty` or `format-unknown` where there is nothing to start with.
 */
export async function* importJob(job: JobOf<'import'>): AsyncGenerator<JobEvents['import'], JobResults['import']> {
  const format: FormatName = job.format === 'auto' ? detectFormat(job.paths) : job.format;
  const discovery = discoverGroups(job.paths, format);
  const selection = openSelection(job.only);
  const audit = discovery.audit.filter((row) => selection.takesFile(row.file));
  if (audit.length > 0) yield { kind: 'audit', audit };

  // A column file may hold many documents, whose names are known only after reading it.
  const groups = discovery.groups.filter((group) => format === 'conll' || selection.takesDocument(group, group.name));
  const totals = { documents: 0, files: 0, failedFiles: audit.filter((row) => row.status === 'failed').length };
  const annotations = { ok: 0, repaired: 0, skipped: 0 };
  const labels = new Map<string, number>();

  for (const [index, group] of groups.entries()) {
    const outcome = await readOrFail(group, format);
    totals.files += group.files.length;
    if ('failure' in outcome) {
      totals.failedFiles++;
      if (selection.takesDocument(group, group.name)) yield { kind: 'audit', audit: [outcome.failure] };
    } else {
      for (const { document, counts, audit: rows } of outcome.reads) {
        if (!selection.takesDocument(group, document.name)) continue;
        totals.documents++;
        addCounts(annotations, counts);
        for (const { label } of document.spans) labels.set(label, (labels.get(label) ?? 0) + 1);
        yield { kind: 'document', document, counts, audit: rows };
      }
    }
    const done = index + 1;
    if (done % progressInterval === 0 || done === groups.length) yield { kind: 'progress', done, total: groups.length };
  }

  const absent = selection.notFound().map(absentRow);
  if (absent.length > 0) yield { kind: 'audit', audit: absent };
  return { ...totals, annotations, labels: Object.fromEntries([...labels].sort(byName)), format };
}

/** Just the documents of an import, for jobs that work on files without storing them. @throws what {@link importJob} throws. */
export async function importedDocuments(files: Omit<JobOf<'import'>, 'kind'>): Promise<ImportedDocument[]> {
  const documents: ImportedDocument[] = [];
  for await (const event of importJob({ kind: 'import', ...files })) {
    if (event.kind === 'document') documents.push(event.document);
  }
  return documents;
}

type Outcome = { reads: readonly ImportedRead[] } | { failure: AuditRow };

/** One bad file never sinks the batch: whatever goes wrong with a group becomes a row. */
async function readOrFail(group: FileGroup, format: FormatName): Promise<Outcome> {
  try {
    return { reads: await readGroup(group, format) };
  } catch (thrown) {
    const { code, message, details } = toErrorRecord(thrown);
    const index = details.file === undefined ? 0 : Math.max(0, group.files.indexOf(details.file));
    const kind = code === 'file-unreadable' ? 'unreadable' : code;
    const reason = details.nextStep === undefined ? message : `${message} ${details.nextStep}`;
    return { failure: { file: auditName(group, index), status: 'failed', kind, reason } };
  }
}

function absentRow(name: string): AuditRow {
  const reason = 'No document of this name was found. Check the list of names, or the folder.';
  return { file: name, status: 'skipped', kind: 'name-not-found', reason };
}

function addCounts(total: { ok: number; repaired: number; skipped: number }, counts: AnnotationCounts): void {
  total.ok += counts.ok;
  total.repaired += counts.repaired;
  total.skipped += counts.skipped;
}

function byName([a]: [string, number], [b]: [string, number]): number {
  return a < b ? -1 : 1;
}
