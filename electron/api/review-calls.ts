/** Calls of review: corrections to a tagged note, undo and redo, the next note to look at, and the way into the training set. */
import { z } from 'zod';
import { noteId, noteSpan, taggingId } from './tagging-calls.ts';
import { count } from './views.ts';

const entity = count;
const label = z.string().min(1).max(200);

/** One step of a reviewer; `entity` is the span's number within its note. Offsets are UTF-16 code units, end exclusive. */
export const reviewOperation = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('accept'), entity }),
  z.strictObject({ kind: z.literal('reject'), entity }),
  z.strictObject({ kind: z.literal('relabel'), entity, label }),
  /** Extend, shrink or move. */
  z.strictObject({ kind: z.literal('resize'), entity, start: count, end: count }),
  z.strictObject({ kind: z.literal('add'), start: count, end: count, label }),
  /** An added span goes; one of the model's counts as rejected. */
  z.strictObject({ kind: z.literal('delete'), entity }),
  /** Every span that is still open. */
  z.strictObject({ kind: z.literal('accept-all') }),
]);
export type ReviewOperation = z.infer<typeof reviewOperation>;

/** What a step changed: spans as they stand now, and numbers of those that are gone. */
const reviewed = z.object({
  note: noteId,
  /** The kind of the step done, undone or redone; null when there was none. */
  kind: z.string().nullable(),
  spans: z.array(noteSpan),
  gone: z.array(entity),
  canUndo: z.boolean(),
  canRedo: z.boolean(),
});
export type ReviewStep = z.infer<typeof reviewed>;

const ofNote = z.strictObject({ note: noteId });

export const reviewCalls = {
  'review.apply': { input: ofNote.extend({ operation: reviewOperation }), output: reviewed },
  'review.undo': { input: ofNote, output: reviewed },
  'review.redo': { input: ofNote, output: reviewed },
  'review.finish': {
    input: ofNote.extend({ reviewed: z.boolean().default(true) }),
    output: z.object({ note: noteId, reviewed: z.boolean() }),
  },
  /** The most uncertain note that is not reviewed, or the next such after `after`; null when none is left. */
  'review.next': {
    input: z.strictObject({ tagging: taggingId, after: noteId.optional() }),
    output: z.object({ note: noteId.nullable(), left: count }),
  },
  /**
   * Puts reviewed notes into the target's training documents. A note that is there already is brought up to date; one whose text
   * is in dev or test is left out.
   */
  'review.promote': {
    input: z.strictObject({ notes: z.array(noteId).min(1).max(10_000) }),
    output: z.object({
      added: count,
      updated: count,
      skipped: z.array(z.object({ note: noteId, reason: z.string() })),
      documents: z.array(z.int()),
    }),
  },
};
