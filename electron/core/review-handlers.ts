/** Answers the calls of review. */
import type { reviewCalls } from '../api/review-calls.ts';
import type { CoreContext } from './context.ts';
import type { HandlersOf } from './handlers.ts';
import { promoteNotes } from './promotion.ts';
import { applyReview, finishReview, nextReview, stepReview } from './review.ts';

/** One handler a call of review. */
export function reviewHandlers(context: CoreContext): HandlersOf<typeof reviewCalls> {
  return {
    'review.apply': (input) => applyReview(context, input),
    'review.undo': ({ note }) => stepReview(context, note, 'undo'),
    'review.redo': ({ note }) => stepReview(context, note, 'redo'),
    'review.finish': (input) => finishReview(context, input),
    'review.next': (input) => nextReview(context.project(), input),
    'review.promote': ({ notes }) => promoteNotes(context, notes),
  };
}
