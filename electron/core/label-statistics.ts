/** Looking at corpora: a folder before its import, labels by split with examples, documents one by one, imports taken back. */
import type { Task } from '../../worker/domain/task-names.ts';
import { AppError } from '../../worker/domain/errors.ts';
import type { CallOutput, CheckedInput } from '../api/contract.ts';
import type { ProjectStore } from '../store/project-store.ts';
import { cutContext } from './context-text.ts';
import type { CoreContext } from './context.ts';
import { sentenceOffsets } from './sentence-offsets.ts';

/** Audit rows that a preview shows. */
const firstAuditRows = 20;

/** @throws AppError the worker's: `file-not-found`, `file-unreadable`, `folder-empty`, `format-unknown`. */
export async function detectCorpus(
  context: CoreContext,
  input: CheckedInput<'corpora.detect'>,
): Promise<CallOutput<'corpora.detect'>> {
  const { folder, format, documents } = input;
  const found = await context.jobs.run<'preview'>('corpora.detect', (job) => ({
    job: { kind: 'preview', folder, format, documents },
    onEvent: ({ done, total }) => context.emit('job.progress', { job, done, total }),
  }));
  const { audit, ...preview } = found.preview;
  const kinds = [...Map.groupBy(audit, ({ status, kind }) => `${status} ${kind}`).values()].flatMap((rows) => {
    const [first] = rows;
    return first === undefined ? [] : [{ status: first.status, kind: first.kind, count: rows.length }];
  });
  return {
    ...found,
    preview: { ...preview, audit: { rows: audit.length, kinds, first: audit.slice(0, firstAuditRows) } },
  };
}

/** Labels of a role, the most frequent first. */
export function describeLabels(store: ProjectStore, role: Task): CallOutput<'corpora.labels'> {
  const byLabel = Map.groupBy(store.documentLists.labels(role), ({ label }) => label);
  const labels = [...byLabel].map(([label, rows]) => ({
    label,
    spans: rows.reduce((sum, { spans }) => sum + spans, 0),
    documents: rows.reduce((sum, { documents }) => sum + documents, 0),
    bySplit: rows.map(({ split, spans, documents }) => ({ split, spans, documents })),
  }));
  return {
    documents: store.documentLists.counts(role),
    labels: labels.sort((a, b) => b.spans - a.spans || (a.label < b.label ? -1 : 1)),
  };
}

/** Short stretches of notes around spans of a label. */
export function labelExamples(
  store: ProjectStore,
  input: CheckedInput<'corpora.examples'>,
): CallOutput<'corpora.examples'> {
  const { role, label, split, limit } = input;
  const places = store.documentLists.places({ role, label, split }, limit);
  const loaded = store.documents.load([...new Set(places.map(({ document }) => document))]);
  const documents = new Map(loaded.map((document) => [document.id, document]));
  return {
    examples: places.flatMap(({ document: id, start, end }) => {
      const document = documents.get(id);
      if (document === undefined) return [];
      return [{ document: id, name: document.name, start, end, ...cutContext(document.text, start, end) }];
    }),
  };
}

/** A page of a role's documents, by name. */
export function listDocuments(
  store: ProjectStore,
  input: CheckedInput<'documents.list'>,
): CallOutput<'documents.list'> {
  const { offset, limit, ...filter } = input;
  return {
    total: store.documentLists.count(filter),
    documents: store.documentLists.page(filter, { offset, limit }),
  };
}

/** One document with its text. @throws AppError `data-missing`. */
export function readDocument(store: ProjectStore, id: number): CallOutput<'documents.get'> {
  const [document] = store.documents.load([id]);
  if (document === undefined) {
    throw new AppError('data-missing', `There is no document ${id} in this project.`, {
      details: { nextStep: 'Open the list of documents again; its import may have been taken back.' },
    });
  }
  const { role, split, name, format, text, spans, tokens } = document;
  return { document: id, role, split, name, format, text, spans: [...spans], sentences: sentenceOffsets(tokens) };
}

/** Delete an import with its documents. @throws AppError `data-missing` where there is none. */
export function removeImport(context: CoreContext, importId: number): CallOutput<'corpora.remove'> {
  const removed = context.project().documentLists.removeImport(importId);
  if (removed === undefined) {
    throw new AppError('data-missing', `There is no import ${importId} in this project.`, {
      details: { nextStep: '`notegraft audit` lists the imports.' },
    });
  }
  const { role, documents, annotations } = removed;
  context.emit('corpora.changed', { role });
  return { documents, annotations };
}
