/** Documents as the window lists them: pages, label statistics by split, where they came from, and taking imports back. */
import type { Split } from '../../worker/domain/document.ts';
import type { Task } from '../../worker/domain/task-names.ts';
import type { ProjectDatabase } from './database.ts';

/** A line of the list of documents. */
export interface DocumentLine {
  readonly document: number;
  readonly name: string;
  readonly split: Split | null;
  readonly tokens: number;
  readonly sentences: number;
  readonly spans: number;
  readonly import: number;
  /** The tagged note it was promoted from. */
  readonly note: number | null;
}

export interface DocumentFilter {
  readonly role: Task;
  readonly split?: Split | undefined;
  /** Only documents that hold a span of this label. */
  readonly label?: string | undefined;
  /** Part of the name, whatever the case. */
  readonly name?: string | undefined;
}

/** Spans of a label in a split, and the documents that hold them. */
export interface LabelInSplit {
  readonly label: string;
  readonly split: Split | null;
  readonly spans: number;
  readonly documents: number;
}

/** Where a span lies. */
export interface SpanPlace {
  readonly document: number;
  readonly start: number;
  readonly end: number;
}

export interface DocumentListStore {
  page(filter: DocumentFilter, page: { offset: number; limit: number }): DocumentLine[];
  count(filter: DocumentFilter): number;
  /** Ordered by label and split. */
  labels(role: Task): LabelInSplit[];
  /** Labels of a role that some span has, by name. */
  labelNames(role: Task): string[];
  counts(role: Task): { split: Split | null; documents: number }[];
  /** At most `limit` spans of a label, the first of each document before any second. */
  places(label: { role: Task; label: string; split?: Split | undefined }, limit: number): SpanPlace[];
  /** Ids of documents that a new split must leave where they are: their import named a split, or they came from review. */
  fixed(role: Task): Set<number>;
  /** Spans by document and label. */
  spansByDocument(role: Task): { document: number; label: string; spans: number }[];
  /** Delete an import with its documents; what went. Undefined where there is none. */
  removeImport(importId: number): { role: Task; documents: number; annotations: number } | undefined;
}

const matching = `documents.role = $role AND ($split IS NULL OR documents.split = $split)
  AND ($name IS NULL OR instr(lower(documents.name), lower($name)) > 0)
  AND ($label IS NULL OR EXISTS (SELECT 1 FROM spans JOIN labels ON labels.id = spans.label_id
    WHERE spans.document_id = documents.id AND labels.name = $label))`;

/** Prepares the statements of this aggregate. */
export function documentListStore(database: ProjectDatabase): DocumentListStore {
  const page = database.statement<DocumentLine>(
    'document-lists.page',
    `SELECT id AS document, name, split, token_count AS tokens, sentence_count AS sentences, import_id AS import,
       origin_note_id AS note, (SELECT count(*) FROM spans WHERE spans.document_id = documents.id) AS spans
     FROM documents WHERE ${matching} ORDER BY name LIMIT $limit OFFSET $offset`,
  );
  const count = database.statement<{ documents: number }>(
    'document-lists.count',
    `SELECT count(*) AS documents FROM documents WHERE ${matching}`,
  );
  const labels = database.statement<LabelInSplit>(
    'document-lists.labels',
    `SELECT labels.name AS label, place.split, sum(counted.spans) AS spans, count(*) AS documents
     FROM (SELECT label_id, document_id, count(*) AS spans FROM spans GROUP BY label_id, document_id) AS counted
     JOIN (SELECT id, split FROM documents WHERE role = $role) AS place ON place.id = counted.document_id
     JOIN labels ON labels.id = counted.label_id
     GROUP BY labels.id, place.split ORDER BY labels.name, place.split`,
  );
  const labelNames = database.statement<{ name: string }>(
    'document-lists.label-names',
    'SELECT name FROM labels WHERE role = $role AND EXISTS (SELECT 1 FROM spans WHERE label_id = labels.id) ORDER BY name',
  );
  const counts = database.statement<{ split: Split | null; documents: number }>(
    'document-lists.counts',
    'SELECT split, count(*) AS documents FROM documents WHERE role = $role GROUP BY split ORDER BY split',
  );
  const places = database.statement<SpanPlace>(
    'document-lists.places',
    `SELECT document_id AS document, start_offset AS start, end_offset AS "end" FROM (
       SELECT spans.*, row_number() OVER (PARTITION BY document_id ORDER BY position) AS turn
       FROM spans JOIN labels ON labels.id = spans.label_id JOIN documents ON documents.id = spans.document_id
       WHERE labels.role = $role AND labels.name = $label AND ($split IS NULL OR documents.split = $split))
     ORDER BY turn, document_id LIMIT $limit`,
  );
  const fixed = database.statement<{ id: number }>(
    'document-lists.fixed',
    `SELECT documents.id FROM documents JOIN imports ON imports.id = documents.import_id
     WHERE documents.role = $role AND documents.split IS NOT NULL
       AND (imports.split IS NOT NULL OR documents.origin_note_id IS NOT NULL)`,
  );
  const spansByDocument = database.statement<{ document: number; label: string; spans: number }>(
    'document-lists.spans-by-document',
    `SELECT document_id AS document, labels.name AS label, count(*) AS spans
     FROM spans JOIN labels ON labels.id = spans.label_id WHERE labels.role = $role GROUP BY document_id, labels.id`,
  );
  const findImport = database.statement<{ role: Task; documents: number; annotations: number }>(
    'document-lists.find-import',
    `SELECT role, (SELECT count(*) FROM documents WHERE import_id = imports.id) AS documents,
       (SELECT count(*) FROM documents JOIN spans ON spans.document_id = documents.id WHERE import_id = imports.id) AS annotations
     FROM imports WHERE id = $import`,
  );
  const removeDocuments = database.statement(
    'document-lists.remove-documents',
    'DELETE FROM documents WHERE import_id = $import',
  );
  const removeImport = database.statement('document-lists.remove-import', 'DELETE FROM imports WHERE id = $import');
  const removeUnusedLabels = database.statement(
    'document-lists.remove-unused-labels',
    'DELETE FROM labels WHERE NOT EXISTS (SELECT 1 FROM spans WHERE label_id = labels.id)',
  );

  return {
    page: (filter, part) => page.all({ ...parametersOf(filter), ...part }),
    count: (filter) => count.get(parametersOf(filter))?.documents ?? 0,
    labels: (role) => labels.all({ role }),
    labelNames: (role) => labelNames.all({ role }).map(({ name }) => name),
    counts: (role) => counts.all({ role }),
    places: ({ role, label, split = null }, limit) => places.all({ role, label, split: split ?? null, limit }),
    fixed: (role) => new Set(fixed.all({ role }).map(({ id }) => id)),
    spansByDocument: (role) => spansByDocument.all({ role }),
    removeImport: (importId) =>
      database.transaction(() => {
        const found = findImport.get({ import: importId });
        if (found === undefined) return undefined;
        removeDocuments.run({ import: importId });
        removeImport.run({ import: importId });
        removeUnusedLabels.run();
        return found;
      }),
  };
}

function parametersOf({ role, split, label, name }: DocumentFilter) {
  return { role, split: split ?? null, label: label ?? null, name: name ?? null };
}
