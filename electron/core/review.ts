/** Review of tagged notes: each correction is one step in the note's journal, which undo and redo walk along. */
import { AppError } from '../../worker/domain/errors.ts';
import type { CallOutput, CheckedInput } from '../api/contract.ts';
import type { ReviewOperation, ReviewStep } from '../api/review-calls.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { ReviewSpan, SpanNow, SpanState } from '../store/review.ts';
import type { CoreContext } from './context.ts';
import { findNote, requireText, spanView } from './tagging-lists.ts';

/**
 * Do one step. A step that changes nothing is not written down.
 * @throws AppError `data-missing` (no such note or span), `annotation-invalid` (offsets outside the text, nothing but blanks, a span
 * that is there already).
 */
export function applyReview(context: CoreContext, input: CheckedInput<'review.apply'>): ReviewStep {
  const { note: id, operation } = input;
  const store = context.project();
  const note = findNote(store, id);
  const { text } = requireText(store, note);
  const spans = store.review.spans(id);
  const after = stepOf(text, spans, operation);
  const before = spans.filter(({ entity }) => after.some((span) => span.entity === entity)).map(spanNow);
  if (JSON.stringify(before) !== JSON.stringify(after)) {
    store.review.apply(id, { kind: operation.kind, before, after });
    context.emit('note.changed', { tagging: note.tagging, note: id });
  }
  return stepView(
    store,
    id,
    operation.kind,
    after.map(({ entity }) => entity),
  );
}

/** Take the last step back, or do the next again. @throws AppError `data-missing`. */
export function stepReview(context: CoreContext, id: number, way: 'undo' | 'redo'): ReviewStep {
  const store = context.project();
  const note = findNote(store, id);
  const step = store.review[way](id);
  if (step !== undefined) context.emit('note.changed', { tagging: note.tagging, note: id });
  return stepView(store, id, step?.kind ?? null, step?.entities ?? []);
}

/** Mark a note as reviewed, or take the mark away. @throws AppError `data-missing`. */
export function finishReview(
  context: CoreContext,
  { note: id, reviewed }: CheckedInput<'review.finish'>,
): CallOutput<'review.finish'> {
  const store = context.project();
  const note = findNote(store, id);
  requireText(store, note);
  store.taggedNotes.setReviewed(id, reviewed);
  context.emit('note.changed', { tagging: note.tagging, note: id });
  return { note: id, reviewed };
}

/** The note to look at next. */
export function nextReview(
  store: ProjectStore,
  { tagging, after }: CheckedInput<'review.next'>,
): CallOutput<'review.next'> {
  return {
    note: store.taggedNotes.next(tagging, after ?? null),
    left: store.taggedNotes.count({ tagging, status: 'tagged', reviewed: false }),
  };
}

function stepView(store: ProjectStore, note: number, kind: string | null, entities: readonly number[]): ReviewStep {
  const spans = store.review.spans(note).filter(({ entity }) => entities.includes(entity));
  return {
    note,
    kind,
    spans: spans.filter(({ state }) => state !== 'deleted').map(spanView),
    gone: spans.filter(({ state }) => state === 'deleted').map(({ entity }) => entity),
    ...store.review.can(note),
  };
}

/** The spans that an operation changes, as they are after it. */
function stepOf(text: string, spans: readonly ReviewSpan[], operation: ReviewOperation): SpanNow[] {
  switch (operation.kind) {
    case 'accept-all':
      return spans.filter(({ state }) => state === 'open').map((span) => withState(span, 'accepted'));
    case 'add': {
      const entity = Math.max(-1, ...spans.map((span) => span.entity)) + 1;
      const { start, end, label } = operation;
      const added = placed(text, { entity, start, end, label, state: 'added', surface: '' });
      requireNew(spans, added);
      return [added];
    }
    case 'accept': {
      const span = findSpan(spans, operation.entity);
      return [withState(span, judgedState(span, span))];
    }
    case 'reject':
    case 'delete': {
      const span = findSpan(spans, operation.entity);
      return [withState(span, span.predicted === null ? 'deleted' : 'rejected')];
    }
    case 'relabel':
    case 'resize': {
      const span = findSpan(spans, operation.entity);
      const { kind: _kind, entity: _entity, ...change } = operation;
      const changed = placed(text, { ...spanNow(span), ...change });
      requireNew(spans, changed);
      return [{ ...changed, state: judgedState(span, changed) }];
    }
  }
}

/** What a span counts as once somebody stands by these boundaries and this label. */
function judgedState({ predicted }: ReviewSpan, now: Pick<SpanNow, 'start' | 'end' | 'label'>): SpanState {
  if (predicted === null) return 'added';
  const isAsPredicted = predicted.start === now.start && predicted.end === now.end && predicted.label === now.label;
  return isAsPredicted ? 'accepted' : 'changed';
}

function withState(span: ReviewSpan, state: SpanState): SpanNow {
  return { ...spanNow(span), state };
}

function spanNow({ entity, start, end, label, state, surface }: ReviewSpan): SpanNow {
  return { entity, start, end, label, state, surface };
}

/** Checked boundaries and the text between them. */
function placed(text: string, span: SpanNow): SpanNow {
  const { start, end } = span;
  const label = span.label.trim();
  const surface = text.slice(start, end).toWellFormed();
  const nextStep = 'Choose some words of the note.';
  if (label === '') throw new AppError('label-invalid', 'A label needs a name.');
  if (end > text.length || start >= end)
    throw new AppError('annotation-invalid', 'These boundaries lie outside the note.', { details: { nextStep } });
  if (surface.trim() === '')
    throw new AppError('annotation-invalid', 'There is nothing but blanks between these boundaries.', {
      details: { nextStep },
    });
  if (isInsidePair(text, start) || isInsidePair(text, end))
    throw new AppError('annotation-invalid', 'A boundary lies inside a character.', { details: { nextStep } });
  return { ...span, label, surface };
}

function isInsidePair(text: string, offset: number): boolean {
  return /^[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(Math.max(0, offset - 1), offset + 1)) && offset > 0;
}

function requireNew(spans: readonly ReviewSpan[], wanted: SpanNow): void {
  const isThere = spans.some(
    (span) =>
      span.entity !== wanted.entity &&
      span.state !== 'deleted' &&
      span.state !== 'rejected' &&
      span.start === wanted.start &&
      span.end === wanted.end &&
      span.label === wanted.label,
  );
  if (!isThere) return;
  throw new AppError('annotation-invalid', 'There is a span with this label and these boundaries already.', {
    details: { nextStep: 'Choose another label or other boundaries.' },
  });
}

function findSpan(spans: readonly ReviewSpan[], entity: number): ReviewSpan {
  const found = spans.find((span) => span.entity === entity && span.state !== 'deleted');
  if (found !== undefined) return found;
  throw new AppError('data-missing', 'There is no such span in this note any more.', {
    details: { nextStep: 'Open the note again.' },
  });
}
