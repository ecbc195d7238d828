/** The journal of a tagging into the project: notes that wait, are tagged or failed, with text and spans; and the lists over them. */
import type { ImportedDocument, PredictedSpan, TextEncoding, TokenTable } from '../../worker/domain/document.ts';
import { tokenCount } from '../../worker/domain/document.ts';
import type { ErrorRecord } from '../../worker/domain/errors.ts';
import type { ProjectDatabase } from './database.ts';
import { type EntityFilter, type EntityLine, entityLists } from './entity-lists.ts';
import { meanConfidence } from './taggings.ts';
import { fromBlob, fromTextColumn, toBlob, toTextColumn } from './token-blobs.ts';

export type NoteStatus = 'waiting' | 'tagged' | 'failed';
type Page = { readonly offset: number; readonly limit: number };

export interface NoteLine {
  readonly note: number;
  readonly tagging: number;
  readonly name: string;
  readonly status: NoteStatus;
  readonly tokens: number;
  /** Spans that stand: not rejected, not deleted. */
  readonly entities: number;
  readonly meanConfidence: number | null;
  readonly reviewed: boolean;
  readonly changes: number;
  /** The document it was promoted to. */
  readonly document: number | null;
  readonly error: ErrorRecord | null;
}

export interface NoteText {
  readonly text: string;
  readonly hash: string;
  readonly encoding: TextEncoding;
  readonly tokens: TokenTable;
}

export interface NoteFilter {
  readonly tagging: number;
  readonly status?: NoteStatus | undefined;
  readonly reviewed?: boolean | undefined;
  /** Only notes in which a span of this label stands. */
  readonly label?: string | undefined;
  /** Part of the name, whatever the case. */
  readonly name?: string | undefined;
}

export type NoteOrder = 'journal' | 'name' | 'uncertainty';

export interface TaggedNoteStore {
  /** Write notes down as waiting. Their names must be new to the session. */
  queue(session: number, files: readonly { name: string; path: string }[]): void;
  /** Failed notes wait again. */
  retryFailed(session: number): void;
  waiting(session: number): { name: string; path: string }[];
  /** A waiting note is done: its text and spans are kept from now on. */
  store(session: number, note: { name: string; document: ImportedDocument; spans: readonly PredictedSpan[] }): void;
  fail(session: number, name: string, error: ErrorRecord): void;
  page(filter: NoteFilter, order: NoteOrder, page: Page): NoteLine[];
  count(filter: NoteFilter): number;
  find(note: number): NoteLine | undefined;
  /** Undefined for a note that waits, failed, or whose text was never kept. */
  text(note: number): NoteText | undefined;
  /** Ids of the tagged notes of a session, in the order of the journal. */
  tagged(session: number, onlyReviewed: boolean): number[];
  /** The most uncertain tagged note that is not reviewed, or the next in that order after `after`. */
  next(session: number, after: number | null): number | null;
  setReviewed(note: number, isReviewed: boolean): void;
  entities(filter: EntityFilter, order: 'note' | 'confidence', page: Page): EntityLine[];
  countEntities(filter: EntityFilter): number;
  /** Of the spans that stand, by their present label, the most frequent first. */
  labels(session: number): { label: string; entities: number; meanConfidence: number | null }[];
}

type NoteRow = Omit<NoteLine, 'reviewed' | 'error'> & {
  readonly reviewedAt: string | null;
  readonly error: string | null;
};

interface TextRow {
  readonly text: string | Buffer;
  readonly hash: string;
  readonly encoding: string;
  readonly starts: Buffer;
  readonly ends: Buffer;
  readonly sentenceEnds: Buffer;
}

const selectNotes = `SELECT id AS note, session_id AS tagging, name, status, tokens, entities, mean_confidence AS meanConfidence,
    reviewed_at AS reviewedAt, changes, error,
    (SELECT documents.id FROM documents WHERE origin_note_id = tagged_notes.id) AS document
  FROM tagged_notes`;
const matching = `session_id = $tagging AND ($status IS NULL OR status = $status)
  AND ($reviewed IS NULL OR (reviewed_at IS NOT NULL) = $reviewed)
  AND ($name IS NULL OR instr(lower(name), lower($name)) > 0)
  AND ($label IS NULL OR id IN (SELECT note_id FROM predicted_spans
    WHERE session_id = $tagging AND now_label = $label AND state NOT IN ('rejected', 'deleted')))`;
/** Notes without entities come last: there is nothing in them to be unsure of. */
const byUncertainty = 'coalesce(mean_confidence, 2), id';

/** Prepares the statements of this aggregate. */
export function taggedNoteStore(database: ProjectDatabase): TaggedNoteStore {
  const queue = database.statement(
    'tagged-notes.queue',
    `INSERT INTO tagged_notes (session_id, name, path, status, tokens) VALUES ($session, $name, $path, 'waiting', 0)`,
  );
  const retry = database.statement(
    'tagged-notes.retry',
    `UPDATE tagged_notes SET status = 'waiting', error = NULL WHERE session_id = $session AND status = 'failed' AND path IS NOT NULL`,
  );
  const waiting = database.statement<{ name: string; path: string }>(
    'tagged-notes.waiting',
    `SELECT name, path FROM tagged_notes WHERE session_id = $session AND status = 'waiting' AND path IS NOT NULL ORDER BY id`,
  );
  const idOf = database.statement<{ id: number }>(
    'tagged-notes.id',
    'SELECT id FROM tagged_notes WHERE session_id = $session AND name = $name',
  );
  const done = database.statement(
    'tagged-notes.done',
    `UPDATE tagged_notes SET status = 'tagged', hash = $hash, tokens = $tokens, entities = $entities,
       mean_confidence = $meanConfidence, error = NULL WHERE id = $note`,
  );
  const addText = database.statement(
    'tagged-notes.add-text',
    `INSERT INTO note_texts (note_id, text, encoding, token_starts, token_ends, sentence_ends)
     VALUES ($note, $text, $encoding, $starts, $ends, $sentenceEnds)`,
  );
  const addSpan = database.statement(
    'tagged-notes.add-span',
    `INSERT INTO predicted_spans (note_id, position, label, start_offset, end_offset, confidence, session_id, surface,
       now_label, now_start, now_end)
     VALUES ($note, $position, $label, $start, $end, $confidence, $session, $surface, $label, $start, $end)`,
  );
  const fail = database.statement(
    'tagged-notes.fail',
    `UPDATE tagged_notes SET status = 'failed', error = $error WHERE session_id = $session AND name = $name`,
  );
  const page = (order: NoteOrder, sql: string) =>
    database.statement<NoteRow>(
      `tagged-notes.page-by-${order}`,
      `${selectNotes} WHERE ${matching} ORDER BY ${sql} LIMIT $limit OFFSET $offset`,
    );
  const pages = {
    journal: page('journal', 'id'),
    name: page('name', 'name'),
    uncertainty: page('uncertainty', byUncertainty),
  };
  const count = database.statement<{ notes: number }>(
    'tagged-notes.count',
    `SELECT count(*) AS notes FROM tagged_notes WHERE ${matching}`,
  );
  const find = database.statement<NoteRow>('tagged-notes.find', `${selectNotes} WHERE id = $note`);
  const text = database.statement<TextRow>(
    'tagged-notes.text',
    `SELECT text, hash, encoding, token_starts AS starts, token_ends AS ends, sentence_ends AS sentenceEnds
     FROM note_texts JOIN tagged_notes ON id = note_id WHERE note_id = $note`,
  );
  const tagged = database.statement<{ id: number }>(
    'tagged-notes.tagged',
    `SELECT id FROM tagged_notes WHERE session_id = $session AND status = 'tagged'
       AND ($onlyReviewed = 0 OR reviewed_at IS NOT NULL) ORDER BY id`,
  );
  const next = database.statement<{ id: number }>(
    'tagged-notes.next',
    `SELECT id FROM tagged_notes WHERE session_id = $session AND status = 'tagged' AND reviewed_at IS NULL
       AND ($after IS NULL OR (coalesce(mean_confidence, 2), id) >
         (SELECT coalesce(mean_confidence, 2), id FROM tagged_notes WHERE id = $after))
     ORDER BY ${byUncertainty} LIMIT 1`,
  );
  const setReviewed = database.statement(
    'tagged-notes.set-reviewed',
    'UPDATE tagged_notes SET reviewed_at = $at WHERE id = $note',
  );

  return {
    queue: (session, files) =>
      database.transaction(() => {
        for (const { name, path } of files) queue.run({ session, name, path });
      }),
    retryFailed: (session) => void retry.run({ session }),
    waiting: (session) => waiting.all({ session }),
    store: (session, { name, document, spans }) =>
      database.transaction(() => {
        const found = idOf.get({ session, name });
        if (found === undefined) throw new Error('a tagged note that was never queued');
        const note = found.id;
        const { tokens } = document;
        const sums = { entities: spans.length, meanConfidence: meanConfidence(spans) };
        done.run({ note, hash: document.hash, tokens: tokenCount(tokens), ...sums });
        addText.run({
          note,
          text: toTextColumn(document.text),
          encoding: JSON.stringify(document.encoding),
          starts: toBlob(tokens.starts),
          ends: toBlob(tokens.ends),
          sentenceEnds: toBlob(tokens.sentenceEnds),
        });
        for (const [position, { label, start, end, confidence }] of spans.entries()) {
          const surface = document.text.slice(start, end).toWellFormed();
          addSpan.run({ note, session, position, label, start, end, confidence, surface });
        }
      }),
    fail: (session, name, error) => void fail.run({ session, name, error: JSON.stringify(error) }),
    page: (filter, order, part) => pages[order].all({ ...parametersOf(filter), ...part }).map(toNote),
    count: (filter) => count.get(parametersOf(filter))?.notes ?? 0,
    find(note) {
      const row = find.get({ note });
      return row === undefined ? undefined : toNote(row);
    },
    text(note) {
      const row = text.get({ note });
      return row === undefined ? undefined : toText(row);
    },
    tagged: (session, onlyReviewed) => tagged.all({ session, onlyReviewed: onlyReviewed ? 1 : 0 }).map(({ id }) => id),
    next: (session, after) => next.get({ session, after })?.id ?? null,
    setReviewed: (note, isReviewed) => void setReviewed.run({ note, at: isReviewed ? new Date().toISOString() : null }),
    ...entityLists(database),
  };
}

function parametersOf({ tagging, status, reviewed, label, name }: NoteFilter) {
  return {
    tagging,
    status: status ?? null,
    reviewed: reviewed === undefined ? null : Number(reviewed),
    label: label ?? null,
    name: name ?? null,
  };
}

function toNote({ reviewedAt, error, ...row }: NoteRow): NoteLine {
  return { ...row, reviewed: reviewedAt !== null, error: error === null ? null : (JSON.parse(error) as ErrorRecord) };
}

function toText(row: TextRow): NoteText {
  return {
    text: fromTextColumn(row.text),
    hash: row.hash,
    encoding: JSON.parse(row.encoding) as TextEncoding,
    tokens: { starts: fromBlob(row.starts), ends: fromBlob(row.ends), sentenceEnds: fromBlob(row.sentenceEnds) },
  };
}
