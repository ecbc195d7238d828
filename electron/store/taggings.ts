/** Tagging sessions: a model at work on notes, whether it only wrote files or keeps text and spans in the project. */
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
  readonly recipe: string;
  readonly modelHash: string;
  readonly beamWidth: number | null;
  /** The folder of the notes' token features; null where the model reads none. */
  readonly features: string | null;
  readonly status: JobStatus;
  /** Stopped by the user, to go on later. */
  readonly paused: boolean;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** Text and spans are in the project. */
  readonly inProject: boolean;
  /** Notes that are tagged, that failed, and that wait. */
  readonly notes: number;
  readonly failed: number;
  readonly waiting: number;
  readonly entities: number;
  readonly reviewed: number;
}

export interface TaggingStore {
  start(session: Pick<SessionEntry, 'run' | 'modelHash' | 'beamWidth' | 'features'> & { inProject?: boolean }): number;
  /** Notes of a session that writes files: their spans without their text. */
  addNotes(session: number, notes: readonly TaggedNote[]): void;
  /** Running again. */
  resume(session: number): void;
  finish(session: number, status: JobStatus, paused?: boolean): void;
  find(session: number): SessionEntry | undefined;
  /** Oldest first. */
  list(): SessionEntry[];
  /** Delete a session with its notes. */
  remove(session: number): void;
  /** A page of a session's notes, in the order they were tagged. */
  notes(session: number, page: { offset: number; limit: number }): TaggedNote[];
}

type SessionRow = Omit<SessionEntry, 'paused' | 'inProject'> & { readonly paused: number; readonly inProject: number };

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
    `INSERT INTO tagging_sessions (run_id, model_hash, beam_width, features, status, started_at, in_project)
     VALUES ($run, $modelHash, $beamWidth, $features, 'running', $at, $inProject)`,
  );
  const addNote = database.statement(
    'taggings.add-note',
    `INSERT INTO tagged_notes (session_id, name, hash, tokens, error, status, entities, mean_confidence)
     VALUES ($session, $name, $hash, $tokens, $error, $status, $entities, $meanConfidence)`,
  );
  const addSpan = database.statement(
    'taggings.add-span',
    `INSERT INTO predicted_spans (note_id, position, label, start_offset, end_offset, confidence, session_id, now_label, now_start, now_end)
     VALUES ($note, $position, $label, $start, $end, $confidence, $session, $label, $start, $end)`,
  );
  const finish = database.statement(
    'taggings.finish',
    'UPDATE tagging_sessions SET status = $status, paused = $paused, ended_at = $at WHERE id = $session',
  );
  const find = database.statement<SessionRow>(
    'taggings.find',
    `${selectSessions} WHERE tagging_sessions.id = $session`,
  );
  const list = database.statement<SessionRow>('taggings.list', `${selectSessions} ORDER BY tagging_sessions.id`);
  const remove = database.statement('taggings.remove', 'DELETE FROM tagging_sessions WHERE id = $session');
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
    const { id } = addNote.run({
      ...{ session, name, hash, tokens, error },
      status: note.error === undefined ? 'tagged' : 'failed',
      entities: note.spans.length,
      meanConfidence: meanConfidence(note.spans),
    });
    for (const [position, { label, start, end, confidence }] of note.spans.entries()) {
      addSpan.run({ note: id, session, position, label, start, end, confidence });
    }
  }

  return {
    start: ({ inProject = false, ...session }) =>
      start.run({ ...session, inProject: inProject ? 1 : 0, at: new Date().toISOString() }).id,
    addNotes: (session, added) =>
      database.transaction(() => {
        for (const note of added) addOne(session, note);
      }),
    resume: (session) => void finish.run({ session, status: 'running', paused: 0, at: null }),
    finish: (session, status, paused = false) =>
      void finish.run({ session, status, paused: paused ? 1 : 0, at: new Date().toISOString() }),
    find(session) {
      const row = find.get({ session });
      return row === undefined ? undefined : toSession(row);
    },
    list: () => list.all().map(toSession),
    remove: (session) => void remove.run({ session }),
    notes: (session, page) =>
      notes.all({ session, ...page }).map(({ id, error, ...note }) => ({
        ...note,
        spans: spans.all({ note: id }),
        ...(error === null ? {} : { error: JSON.parse(error) as ErrorRecord }),
      })),
  };
}

/** Mean confidence of a note's spans; null without any. The lower, the more a reviewer's look is worth. */
export function meanConfidence(spans: readonly PredictedSpan[]): number | null {
  if (spans.length === 0) return null;
  return spans.reduce((sum, { confidence }) => sum + confidence, 0) / spans.length;
}

const countNotes = (condition: string): string =>
  `(SELECT count(*) FROM tagged_notes WHERE session_id = tagging_sessions.id AND ${condition})`;
const selectSessions = `SELECT tagging_sessions.id, run_id AS run, runs.recipe_name AS recipe, tagging_sessions.model_hash AS modelHash,
    beam_width AS beamWidth, tagging_sessions.features, tagging_sessions.status, tagging_sessions.paused, tagging_sessions.started_at AS startedAt,
    tagging_sessions.ended_at AS endedAt, in_project AS inProject, ${countNotes("status = 'tagged'")} AS notes,
    ${countNotes("status = 'failed'")} AS failed, ${countNotes("status = 'waiting'")} AS waiting,
    ${countNotes('reviewed_at IS NOT NULL')} AS reviewed,
    (SELECT coalesce(sum(entities), 0) FROM tagged_notes WHERE session_id = tagging_sessions.id) AS entities
  FROM tagging_sessions JOIN runs ON runs.id = run_id`;

function toSession(row: SessionRow): SessionEntry {
  return { ...row, paused: row.paused === 1, inProject: row.inProject === 1 };
}
