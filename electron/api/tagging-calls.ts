/** Calls of the tagging page: tag notes into the project, pause, resume, look at what was found, export it. */
import { z } from 'zod';
import { count, errorRecord, jobStatus, page, path, runId } from './views.ts';

export const taggingId = z.int().min(1);
export const noteId = z.int().min(1);

/** `paused` by the user, `interrupted` by a crash; both can be resumed, as can cancelled and failed ones. */
export const taggingStatus = z.enum([...jobStatus.options, 'paused']);

export const tagging = z.object({
  tagging: taggingId,
  run: runId,
  recipe: z.string(),
  modelHash: z.string(),
  beamWidth: z.int().nullable(),
  status: taggingStatus,
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  /** Text and spans are in the project; false for a tagging that only wrote files. */
  inProject: z.boolean(),
  notes: count,
  done: count,
  failed: count,
  left: count,
  entities: count,
  reviewed: count,
});
export type TaggingView = z.infer<typeof tagging>;

/** What review made of a span: `changed` has another label or other boundaries than the model's. */
export const spanStates = ['open', 'accepted', 'changed', 'rejected', 'added', 'deleted'] as const;
const spanState = z.enum(spanStates);

const note = z.object({
  note: noteId,
  name: z.string(),
  status: z.enum(['waiting', 'tagged', 'failed']),
  tokens: count,
  entities: count,
  /** Null without entities. */
  meanConfidence: z.number().nullable(),
  reviewed: z.boolean(),
  /** Operations of review that stand. */
  changes: count,
  /** The document of the training set it was promoted to. */
  document: z.int().nullable(),
  error: errorRecord.nullable(),
});

const entity = z.object({
  note: noteId,
  name: z.string(),
  entity: count,
  start: count,
  end: count,
  label: z.string(),
  /** Null for spans a reviewer added. */
  confidence: z.number().nullable(),
  state: spanState,
  left: z.string(),
  text: z.string(),
  right: z.string(),
});

/** A span of a note as it stands now; `predicted` is what the model said, null for added spans. */
export const noteSpan = z.object({
  entity: count,
  start: count,
  end: count,
  label: z.string(),
  confidence: z.number().nullable(),
  state: spanState,
  predicted: z.object({ start: count, end: count, label: z.string() }).nullable(),
});
export type NoteSpanView = z.infer<typeof noteSpan>;

export const entityColumn = z.enum([
  'note',
  'sentence',
  'line',
  'start',
  'end',
  'label',
  'text',
  'left context',
  'right context',
  'confidence',
  'run',
  'model hash',
]);
export const taggingFormat = z.enum(['xlsx', 'csv', 'jsonl', 'brat', 'i2b2-2010']);

const ofTagging = z.strictObject({ tagging: taggingId });

export const taggingCalls = {
  /** Ends when the notes are done, or with status `paused`. `tagging.started` says the id at once. */
  'tagging.start': {
    input: z.strictObject({
      run: runId,
      paths: z.array(path).min(1),
      beamWidth: z.int().min(1).max(64).optional(),
      /** The folder of the notes' token features, where the model reads some. */
      features: path.optional(),
    }),
    output: tagging,
  },
  /** Stops after the notes at hand; its call then returns. */
  'tagging.pause': { input: ofTagging, output: z.object({ found: z.boolean() }) },
  /** Stops at once; its call fails with `cancelled`, and the notes that are left can be resumed. */
  'tagging.cancel': { input: ofTagging, output: z.object({ found: z.boolean() }) },
  /** Goes on with the notes that are left, and tries failed ones again. */
  'tagging.resume': { input: ofTagging, output: tagging },
  /** Newest first. */
  'taggings.list': { input: z.strictObject({}), output: z.object({ taggings: z.array(tagging) }) },
  'taggings.get': { input: ofTagging, output: tagging },
  /** Deletes a tagging with its notes and their review; promoted documents stay. */
  'taggings.remove': { input: ofTagging, output: z.object({ notes: count }) },
  'taggings.notes': {
    input: page.extend({
      tagging: taggingId,
      status: z.enum(['waiting', 'tagged', 'failed']).optional(),
      reviewed: z.boolean().optional(),
      /** Only notes in which an entity of this label stands. */
      label: z.string().optional(),
      /** Part of the name. */
      name: z.string().optional(),
      /** `uncertainty`: lowest mean confidence first, notes without entities last. */
      order: z.enum(['journal', 'name', 'uncertainty']).default('journal'),
    }),
    output: z.object({ total: count, notes: z.array(note) }),
  },
  'taggings.labels': {
    input: ofTagging,
    output: z.object({
      labels: z.array(z.object({ label: z.string(), entities: count, meanConfidence: z.number().nullable() })),
    }),
  },
  'taggings.entities': {
    input: page.extend({
      tagging: taggingId,
      label: z.string().optional(),
      minimumConfidence: z.number().min(0).max(1).optional(),
      maximumConfidence: z.number().min(0).max(1).optional(),
      note: noteId.optional(),
      /** Part of the note's name. */
      name: z.string().optional(),
      state: spanState.optional(),
      /** Part of the entity's text, whatever the case. */
      text: z.string().optional(),
      order: z.enum(['note', 'confidence']).default('note'),
    }),
    output: z.object({ total: count, entities: z.array(entity) }),
  },
  'taggings.note': {
    input: z.strictObject({ note: noteId }),
    output: note.extend({
      tagging: taggingId,
      text: z.string(),
      /** In the order of the text; rejected ones are there, deleted ones are not. */
      spans: z.array(noteSpan),
      sentences: z.array(z.tuple([count, count])),
      canUndo: z.boolean(),
      canRedo: z.boolean(),
    }),
  },
  /**
   * Writes a tagging's entities below `outFolder`. `raw`: as the model found them; `reviewed`: as they stand, without rejected ones.
   * Without `text` the tables and JSON lines hold no word of a note; brat and i2b2 cannot be written so.
   */
  'taggings.export': {
    input: z.strictObject({
      tagging: taggingId,
      formats: z.array(taggingFormat).min(1),
      outFolder: path,
      layer: z.enum(['raw', 'reviewed']).default('reviewed'),
      text: z.boolean().default(true),
      columns: z.array(entityColumn).min(1).optional(),
      /** Only notes that were marked as reviewed. */
      onlyReviewed: z.boolean().default(false),
    }),
    output: z.object({ notes: count, failed: count, entities: count, widened: count, files: z.array(path) }),
  },
};
