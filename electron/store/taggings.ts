/** Tagging sessions: which notes a model has tagged, and what it found in them. */
import type { ErrorRecord } from '../../worker/domain/errors.ts';
import type { PredictedSpan } from '../../worker/domain/document.ts';
import type { ProjectDatabase } from './database.ts';
import type { JobStatus } from './imports.ts';

export interface TaggedNote {
  readonly name: string;
  /** SHA-256 (hex) of the file; null where it could not be read. */
  readonly hash: string | null;
  readonly tokens: number;
  readonly spans: readonly PredictedSpan[];
  /** Why the note could not be tagged. */
  readonly error?: ErrorRecord;
}

export interface SessionEntry {
  readonly id: number;
  readonly run: number;
  readonly modelHash: string;
  readonly status: JobStatus;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly notes: number;
  readonly failed: number;
  readonly entities: number;
}

export interface TaggingStore {
  start(session: { run: number; modelHash: string; beamWidth: number | null }): number;
  addNotes(session: number, notes: readonly TaggedNote[]): void;
  finish(session: number, status: JobStatus): void;
  /** Oldest first. */
  list(): SessionEntry[];
  /** A page of a session's notes, in the order they were tagged. */
  notes(session: number, page: { offset: number; limit: number }): TaggedNote[];
}

interface NoteRow {
  readonly id: number;
  readonly name: string;
  readonly hash: string | null;
  readonly tokens: number;
  readonly error: string | null;
}

/** Prepares the statements of this aggregate. */
export function taggingStore(database: ProjectDatabase): TaggingStore {
  const start = database.statement(
    'taggings.start',
    `INSERT INTO tagging_sessions (run_id, model_hash, beam_width, status, started_at)
     VALUES ($run, $modelHash, $beamWidth, 'running', $at)`,
  );
  const addNote = database.statement(
    'taggings.add-note',
    'INSERT INTO tagged_notes (session_id, name, hash, tokens, error) VALUES ($session, $name, $hash, $tokens, $error)',
  );
  const addSpan = database.statement(
    'taggings.add-span',
    `INSERT INTO predicted_spans (note_id, position, label, start_offset, end_offset, confidence)
     VALUES ($note, $position, $label, $start, $end, $confidence)`,
  );
  const finish = database.statement(
    'taggings.finish',
    'UPDATE tagging_sessions SET status = $status, ended_at = $at WHERE id = $session',
  );
  const list = database.statement<SessionEntry>(
    'taggings.list',
    `SELECT id, run_id AS run, model_hash AS modelHash, status, started_at AS startedAt, ended_at AS endedAt,
       (SELECT count(*) FROM tagged_notes WHERE session_id = tagging_sessions.id AND error IS NULL) AS notes,
       (SELECT count(*) FROM tagged_notes WHERE session_id = tagging_sessions.id AND error IS NOT NULL) AS failed,
       (SELECT count(*) FROM tagged_notes JOIN predicted_spans ON note_id = tagged_notes.id
        WHERE session_id = tagging_sessions.id) AS entities
     FROM tagging_sessions ORDER BY id`,
  );
  const notes = database.statement<NoteRow>(
    'taggings.notes',
    'SELECT id, name, hash, tokens, error FROM tagged_notes WHERE session_id = $session ORDER BY id LIMIT $limit OFFSET $offset',
  );
  const spans = database.statement<PredictedSpan>(
    'taggings.spans',
    `SELECT start_offset AS start, end_offset AS "end", label, confidence FROM predicted_spans WHERE note_id = $note ORDER BY position`,
  );

  function addOne(session: number, note: TaggedNote): void {
    const { name, hash, tokens } = note;
    const error = note.error === undefined ? null : JSON.stringify(note.error);
    const { id } = addNote.run({ session, name, hash, tokens, error });
    for (const [position, { label, start, end, confidence }] of note.spans.entries()) {
      addSpan.run({ note: id, position, label, start, end, confidence });
    }
  }

  return {
    start: (session) => start.run({ ...session, at: new Date().toISOString() }).id,
    addNotes: (session, added) =>
      database.transaction(() => {
        for (const note of added) addOne(session, note);
      }),
    finish: (session, status) => void finish.run({ session, status, at: new Date().toISOString() }),
    list: () => list.all(),
    notes: (session, page) =>
      notes.all({ session, ...page }).map(({ id, error, ...note }) => ({
        ...note,
        spans: spans.all({ note: id }),
        ...(error === null ? {} : { error: JSON.parse(error) as ErrorRecord }),
      })),
  };
}
