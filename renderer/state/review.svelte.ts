/**
 * Corrections of one note. Each is stored by core before it shows, so that what is seen is what is kept; steps asked for quickly wait for
 * each other and are worked out when their turn comes.
 */
import type { ReviewOperation, ReviewStep } from '../../electron/api/review-calls.ts';
import { type ErrorRecord, toErrorRecord } from '../../worker/domain/errors.ts';
import { callCore } from '../desk.svelte.ts';
import { inOrder, type ShownSpan } from './note-spans.ts';
import type { OpenNote } from './note.svelte.ts';

export interface Review {
  /** In the order of the text. */
  readonly spans: readonly ShownSpan[];
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly isReviewed: boolean;
  /** Why the last step failed; null after a success. */
  readonly failure: ErrorRecord | null;
  find(entity: number | null): ShownSpan | undefined;
  /** Null where `operation` gives nothing to do, or where it failed. */
  apply(operation: () => ReviewOperation | null): Promise<ReviewStep | null>;
  undo(): Promise<ReviewStep | null>;
  redo(): Promise<ReviewStep | null>;
  /** True where it succeeded. */
  mark(isReviewed: boolean): Promise<boolean>;
}

export function newReview(note: OpenNote): Review {
  let spans = $state.raw<readonly ShownSpan[]>(note.spans);
  let canUndo = $state(note.review?.canUndo ?? false);
  let canRedo = $state(note.review?.canRedo ?? false);
  let isReviewed = $state(note.review?.isReviewed ?? false);
  let failure = $state.raw<ErrorRecord | null>(null);
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<T>(work: () => Promise<T>): Promise<T | null> {
    const mine = last.then(work).then(
      (answer) => {
        failure = null;
        return answer;
      },
      (thrown: unknown) => {
        failure = toErrorRecord(thrown);
        return null;
      },
    );
    last = mine;
    return mine;
  }

  function take(step: ReviewStep): ReviewStep {
    const touched = new Set([...step.gone, ...step.spans.map(({ entity }) => entity)]);
    const now = step.spans.map((span): ShownSpan => ({ ...span, parts: [[span.start, span.end]] }));
    spans = inOrder([...spans.filter(({ entity }) => !touched.has(entity)), ...now]);
    ({ canUndo, canRedo } = step);
    return step;
  }

  return {
    get spans() {
      return spans;
    },
    get canUndo() {
      return canUndo;
    },
    get canRedo() {
      return canRedo;
    },
    get isReviewed() {
      return isReviewed;
    },
    get failure() {
      return failure;
    },
    find: (entity) => spans.find((span) => span.entity === entity),
    apply: (make) =>
      inTurn(async () => {
        const operation = make();
        return operation === null ? null : take(await callCore('review.apply', { note: note.id, operation }));
      }),
    undo: () => inTurn(async () => take(await callCore('review.undo', { note: note.id }))),
    redo: () => inTurn(async () => take(await callCore('review.redo', { note: note.id }))),
    mark: async (wanted) => {
      const done = await inTurn(() => callCore('review.finish', { note: note.id, reviewed: wanted }));
      if (done !== null) isReviewed = done.reviewed;
      return done !== null;
    },
  };
}
