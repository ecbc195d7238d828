/** The documents of a project: notes with tokens, gold spans, role and split. */
import type { AnnotatedDocument, FormatName, ImportedDocument, Span, Split } from '../../worker/domain/document.ts';
import { tokenCount } from '../../worker/domain/document.ts';
import type { Task } from '../../worker/domain/task-names.ts';
import type { ProjectDatabase } from './database.ts';
import { fromBlob, fromTextColumn, toBlob, toTextColumn } from './token-blobs.ts';

/** A document as it is kept; `split` is null until one is given. */
export interface StoredDocument extends AnnotatedDocument {
  readonly id: number;
  /** `target`, or the name of its source. */
  readonly role: Task;
  readonly split: Split | null;
  readonly format: FormatName;
}

/** What is known of a document without reading its text. */
export interface DocumentEntry {
  readonly id: number;
  readonly name: string;
  readonly split: Split | null;
  readonly hash: string;
  readonly spans: number;
}

/** Totals of the documents of one role and split (null: no split yet). */
export interface DocumentTotals {
  readonly role: Task;
  readonly split: Split | null;
  readonly documents: number;
  readonly tokens: number;
  readonly sentences: number;
  readonly spans: number;
}

/** How often a label occurs in one role and split. */
export interface LabelCount {
  readonly role: Task;
  readonly split: Split | null;
  readonly label: string;
  readonly count: number;
}

export interface DocumentStore {
  /** The document of this name, or undefined. Names are unique within a role. */
  find(role: Task, name: string): DocumentEntry | undefined;
  /** Add a document under `name`; its id. The pair of role and name must be new. */
  add(document: ImportedDocument, place: { name: string; role: Task; split: Split | null; importId: number }): number;
  /** Give documents a split. */
  setSplit(ids: readonly number[], split: Split): void;
  /** Every document of a role, ordered by name, whatever the order of import. */
  list(role: Task): DocumentEntry[];
  /** The documents of these ids, in their order. */
  load(ids: readonly number[]): StoredDocument[];
  /** Names of the sources that hold a document. */
  sources(): Task[];
  totals(): DocumentTotals[];
  /** Ordered by role, label and split. */
  labelCounts(): LabelCount[];
}

interface DocumentRow {
  readonly id: number;
  readonly role: Task;
  readonly split: Split | null;
  readonly name: string;
  readonly text: string | Buffer;
  readonly format: FormatName;
  readonly starts: Buffer;
  readonly ends: Buffer;
  readonly sentenceEnds: Buffer;
}

interface SpanRow {
  readonly documentId: number;
  readonly label: string;
  readonly start: number;
  readonly end: number;
  readonly fragments: string | null;
}

const entryColumns = `documents.id, documents.name, documents.split, documents.hash,
  (SELECT count(*) FROM spans WHERE spans.document_id = documents.id) AS spans`;

/** Prepares the statements of this aggregate. */
export function documentStore(database: ProjectDatabase): DocumentStore {
  const find = database.statement<DocumentEntry>(
    'documents.find',
    `SELECT ${entryColumns} FROM documents WHERE role = $role AND name = $name`,
  );
  const list = database.statement<DocumentEntry>(
    'documents.list',
    `SELECT ${entryColumns} FROM documents WHERE role = $role ORDER BY name`,
  );
  const insertDocument = database.statement(
    'documents.add',
    `INSERT INTO documents (import_id, role, split, name, text, hash, format, encoding, token_starts, token_ends, sentence_ends,
       token_count, sentence_count, imported_at)
     VALUES ($importId, $role, $split, $name, $text, $hash, $format, $encoding, $starts, $ends, $sentenceEnds,
       $tokens, $sentences, $at)`,
  );
  const insertLabel = database.statement(
    'documents.add-label',
    'INSERT INTO labels (role, name) VALUES ($role, $label) ON CONFLICT DO NOTHING',
  );
  const insertSpan = database.statement(
    'documents.add-span',
    `INSERT INTO spans (document_id, position, label_id, start_offset, end_offset, fragments)
     VALUES ($document, $position, (SELECT id FROM labels WHERE role = $role AND name = $label), $start, $end, $fragments)`,
  );
  const setSplit = database.statement(
    'documents.set-split',
    'UPDATE documents SET split = $split WHERE id IN (SELECT value FROM json_each($ids))',
  );
  const loadDocuments = database.statement<DocumentRow>(
    'documents.load',
    `SELECT documents.id, role, split, name, text, format, token_starts AS starts, token_ends AS ends, sentence_ends AS sentenceEnds
     FROM json_each($ids) AS wanted JOIN documents ON documents.id = wanted.value ORDER BY wanted.key`,
  );
  const loadSpans = database.statement<SpanRow>(
    'documents.load-spans',
    `SELECT document_id AS documentId, labels.name AS label, start_offset AS start, end_offset AS "end", fragments
     FROM json_each($ids) AS wanted JOIN spans ON spans.document_id = wanted.value JOIN labels ON labels.id = spans.label_id
     ORDER BY document_id, position`,
  );
  const sources = database.statement<{ role: Task }>(
    'documents.sources',
    "SELECT DISTINCT role FROM documents WHERE role <> 'target' ORDER BY role",
  );
  const totals = database.statement<DocumentTotals>(
    'documents.totals',
    `SELECT role, split, count(*) AS documents, sum(token_count) AS tokens, sum(sentence_count) AS sentences,
       sum((SELECT count(*) FROM spans WHERE spans.document_id = documents.id)) AS spans
     FROM documents GROUP BY role, split ORDER BY role, split`,
  );
  const labelCounts = database.statement<LabelCount>(
    'documents.label-counts',
    `SELECT labels.role, place.split, labels.name AS label, sum(counted.spans) AS count
     FROM (SELECT label_id, document_id, count(*) AS spans FROM spans GROUP BY label_id, document_id) AS counted
     JOIN (SELECT id, split FROM documents) AS place ON place.id = counted.document_id
     JOIN labels ON labels.id = counted.label_id
     GROUP BY labels.id, place.split ORDER BY labels.role, labels.name, place.split`,
  );

  function addSpan(role: Task, document: number, position: number, span: Span): void {
    const fragments = span.fragments === undefined ? null : JSON.stringify(span.fragments);
    insertLabel.run({ role, label: span.label });
    insertSpan.run({ document, position, role, label: span.label, start: span.start, end: span.end, fragments });
  }

  return {
    find: (role, name) => find.get({ role, name }),
    list: (role) => list.all({ role }),
    add(document, place) {
      return database.transaction(() => {
        const { id } = insertDocument.run({
          ...place,
          text: toTextColumn(document.text),
          hash: document.hash,
          format: document.format,
          encoding: JSON.stringify(document.encoding),
          starts: toBlob(document.tokens.starts),
          ends: toBlob(document.tokens.ends),
          sentenceEnds: toBlob(document.tokens.sentenceEnds),
          tokens: tokenCount(document.tokens),
          sentences: document.tokens.sentenceEnds.length,
          at: new Date().toISOString(),
        });
        for (const [position, span] of document.spans.entries()) addSpan(place.role, id, position, span);
        return id;
      });
    },
    setSplit: (ids, split) => void setSplit.run({ ids: JSON.stringify(ids), split }),
    load(ids) {
      const wanted = { ids: JSON.stringify(ids) };
      const spans = Map.groupBy(loadSpans.all(wanted), (row) => row.documentId);
      return loadDocuments.all(wanted).map((row) => toDocument(row, spans.get(row.id) ?? []));
    },
    sources: () => sources.all().map(({ role }) => role),
    totals: () => totals.all(),
    labelCounts: () => labelCounts.all(),
  };
}

function toDocument(row: DocumentRow, spans: readonly SpanRow[]): StoredDocument {
  return {
    id: row.id,
    role: row.role,
    split: row.split,
    name: row.name,
    format: row.format,
    text: fromTextColumn(row.text),
    tokens: { starts: fromBlob(row.starts), ends: fromBlob(row.ends), sentenceEnds: fromBlob(row.sentenceEnds) },
    spans: spans.map(toSpan),
  };
}

function toSpan(row: SpanRow): Span {
  const span = { start: row.start, end: row.end, label: row.label };
  if (row.fragments === null) return span;
  return { ...span, fragments: JSON.parse(row.fragments) as [number, number][] };
}
