/** Review: the spans of a tagged note as they stand, and the journal of what a reviewer did, undone and redone step by step. */
import type { ProjectDatabase } from './database.ts';

/** `open`: nobody looked; `changed`: other label or boundaries than predicted; `deleted`: an added span taken back. */
export type SpanState = 'open' | 'accepted' | 'changed' | 'rejected' | 'added' | 'deleted';

/** What a step changes of a span; `entity` is its number within the note. */
export interface SpanNow {
  readonly entity: number;
  readonly start: number;
  readonly end: number;
  readonly label: string;
  readonly state: SpanState;
  /** The text it covers. */
  readonly surface: string;
}

export interface ReviewSpan extends SpanNow {
  /** Null for spans that a reviewer added. */
  readonly confidence: number | null;
  readonly predicted: { readonly start: number; readonly end: number; readonly label: string } | null;
}

/** A step that was undone or redone: its kind and the entities it touched. */
export interface ReviewedStep {
  readonly kind: string;
  readonly entities: readonly number[];
}

export interface ReviewStore {
  /** Every span of a note by its place, deleted ones included. */
  spans(note: number): ReviewSpan[];
  /** Do a step and write it down; steps that were undone are forgotten. `before` lacks spans that the step adds. */
  apply(note: number, step: { kind: string; before: readonly SpanNow[]; after: readonly SpanNow[] }): void;
  /** Take the last step back; undefined when there is none. */
  undo(note: number): ReviewedStep | undefined;
  /** Do the step again that was undone last; undefined when there is none. */
  redo(note: number): ReviewedStep | undefined;
  can(note: number): { canUndo: boolean; canRedo: boolean };
}

interface SpanRow extends SpanNow {
  readonly confidence: number;
  readonly predictedStart: number;
  readonly predictedEnd: number;
  readonly predictedLabel: string;
  readonly isAdded: number;
}

interface OperationRow {
  readonly id: number;
  readonly kind: string;
  readonly before: string;
  readonly after: string;
}

/** Added spans carry this in place of a confidence, so that the column stays a number. */
const addedConfidence = 1;

/** Prepares the statements of this aggregate. */
export function reviewStore(database: ProjectDatabase): ReviewStore {
  const spans = database.statement<SpanRow>(
    'review.spans',
    `SELECT position AS entity, now_start AS start, now_end AS "end", now_label AS label, state, surface, confidence,
       start_offset AS predictedStart, end_offset AS predictedEnd, label AS predictedLabel, is_added AS isAdded
     FROM predicted_spans WHERE note_id = $note ORDER BY now_start, now_end, position`,
  );
  const write = database.statement(
    'review.write-span',
    `INSERT INTO predicted_spans (note_id, position, label, start_offset, end_offset, confidence, session_id, surface, state,
       now_label, now_start, now_end, is_added)
     VALUES ($note, $entity, $label, $start, $end, ${addedConfidence}, (SELECT session_id FROM tagged_notes WHERE id = $note),
       $surface, $state, $label, $start, $end, 1)
     ON CONFLICT (note_id, position) DO UPDATE SET now_label = $label, now_start = $start, now_end = $end, state = $state,
       surface = $surface`,
  );
  const forgetUndone = database.statement(
    'review.forget-undone',
    'DELETE FROM review_operations WHERE note_id = $note AND undone = 1',
  );
  const add = database.statement(
    'review.add-operation',
    'INSERT INTO review_operations (note_id, kind, before, after, at) VALUES ($note, $kind, $before, $after, $at)',
  );
  const last = database.statement<OperationRow>(
    'review.last',
    `SELECT id, kind, before, after FROM review_operations WHERE note_id = $note AND undone = 0 ORDER BY id DESC LIMIT 1`,
  );
  const firstUndone = database.statement<OperationRow>(
    'review.first-undone',
    `SELECT id, kind, before, after FROM review_operations WHERE note_id = $note AND undone = 1 ORDER BY id LIMIT 1`,
  );
  const setUndone = database.statement(
    'review.set-undone',
    'UPDATE review_operations SET undone = $undone WHERE id = $id',
  );
  const countNote = database.statement(
    'review.count-note',
    `UPDATE tagged_notes SET
       entities = (SELECT count(*) FROM predicted_spans WHERE note_id = $note AND state NOT IN ('rejected', 'deleted')),
       changes = (SELECT count(*) FROM review_operations WHERE note_id = $note AND undone = 0)
     WHERE id = $note`,
  );

  function writeAll(note: number, wanted: readonly SpanNow[]): void {
    for (const span of wanted) write.run({ note, ...span });
    countNote.run({ note });
  }

  return {
    spans: (note) => spans.all({ note }).map(toSpan),
    apply: (note, { kind, before, after }) =>
      database.transaction(() => {
        forgetUndone.run({ note });
        const at = new Date().toISOString();
        add.run({ note, kind, before: JSON.stringify(before), after: JSON.stringify(after), at });
        writeAll(note, after);
      }),
    undo: (note) =>
      database.transaction(() => {
        const operation = last.get({ note });
        if (operation === undefined) return undefined;
        const before = parsed(operation.before);
        const after = parsed(operation.after);
        const known = new Set(before.map(({ entity }) => entity));
        const added = after.filter(({ entity }) => !known.has(entity));
        setUndone.run({ id: operation.id, undone: 1 });
        writeAll(note, [...before, ...added.map((span) => ({ ...span, state: 'deleted' as const }))]);
        return { kind: operation.kind, entities: after.map(({ entity }) => entity) };
      }),
    redo: (note) =>
      database.transaction(() => {
        const operation = firstUndone.get({ note });
        if (operation === undefined) return undefined;
        const after = parsed(operation.after);
        setUndone.run({ id: operation.id, undone: 0 });
        writeAll(note, after);
        return { kind: operation.kind, entities: after.map(({ entity }) => entity) };
      }),
    can: (note) => ({ canUndo: last.get({ note }) !== undefined, canRedo: firstUndone.get({ note }) !== undefined }),
  };
}

function parsed(json: string): SpanNow[] {
  return JSON.parse(json) as SpanNow[];
}

function toSpan({ predictedStart, predictedEnd, predictedLabel, isAdded, ...row }: SpanRow): ReviewSpan {
  if (isAdded === 1) return { ...row, confidence: null, predicted: null };
  return { ...row, predicted: { start: predictedStart, end: predictedEnd, label: predictedLabel } };
}
