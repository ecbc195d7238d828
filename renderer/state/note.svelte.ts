/** A note of a tagging, or a document of the corpus, as the note page shows it. */
import { taskTitle, type Task } from '../../worker/domain/task-names.ts';
import { callCore } from '../desk.svelte.ts';
import { inOrder, type ShownSpan } from './note-spans.ts';
import type { Route } from './router.svelte.ts';

export interface OpenNote {
  readonly kind: 'note' | 'document';
  readonly id: number;
  readonly name: string;
  readonly text: string;
  readonly spans: readonly ShownSpan[];
  /** What else there is to say of it: split, format. */
  readonly facts: readonly string[];
  /** Its labels are the target's or the source's. */
  readonly role: Task;
  /** Null for a document. */
  readonly review: NoteReview | null;
}

export interface NoteReview {
  readonly tagging: number;
  readonly isReviewed: boolean;
  /** The training document it was moved to. */
  readonly document: number | null;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
}

/** What the address asks for: `at` and `to` are a place in the text, or null. */
export interface NotePlace {
  readonly kind: 'note' | 'document';
  readonly id: number;
  readonly at: number | null;
  readonly to: number | null;
}

export function placeOf({ id, query }: Route): NotePlace {
  return {
    kind: query['kind'] === 'document' ? 'document' : 'note',
    id: Number(id ?? 0),
    at: offsetOf(query['at']),
    to: offsetOf(query['to']),
  };
}

/** @throws AppError `data-missing` where there is no such note, or its text is not in the project. */
export function readNote({ kind, id }: Pick<NotePlace, 'kind' | 'id'>): Promise<OpenNote> {
  return kind === 'document' ? readDocument(id) : readTaggedNote(id);
}

async function readTaggedNote(id: number): Promise<OpenNote> {
  const { name, text, spans, tagging, reviewed, document, canUndo, canRedo } = await callCore('taggings.note', {
    note: id,
  });
  return {
    ...{ kind: 'note', id, name, text, facts: [], role: 'target' },
    spans: inOrder(spans.map((span) => ({ ...span, parts: [[span.start, span.end]] }))),
    review: { tagging, isReviewed: reviewed, document, canUndo, canRedo },
  };
}

async function readDocument(id: number): Promise<OpenNote> {
  const { name, text, spans, role, split, format } = await callCore('documents.get', { document: id });
  const shown = spans.map(({ start, end, label, fragments }, entity): ShownSpan => {
    const parts = fragments ?? [[start, end] as const];
    return { entity, start, end, label, parts, confidence: null, state: 'gold', predicted: null };
  });
  const part = split === null ? 'not divided' : { train: 'training', dev: 'development', test: 'test' }[split];
  return {
    ...{ kind: 'document', id, name, text, role, review: null },
    spans: inOrder(shown),
    facts: [`${taskTitle(role)} document, ${part}`, `read from ${format}`],
  };
}

function offsetOf(word: string | undefined): number | null {
  const offset = Number(word ?? Number.NaN);
  return Number.isSafeInteger(offset) && offset >= 0 ? offset : null;
}
