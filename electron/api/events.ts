/** Every event that core sends; what it tells, faces ask for anew or show at once. */
import { z } from 'zod';
import { studyId } from './study-calls.ts';
import { noteId, taggingId } from './tagging-calls.ts';
import { backendChange, devFrom, figure, jobId, role, runEngine, runId } from './views.ts';

export const events = {
  /** A long call has started a job; cancel it by this id. */
  'job.started': z.object({ job: jobId, call: z.string() }),
  'job.progress': z.object({
    job: jobId,
    done: z.int(),
    total: z.int().nullable(),
    failed: z.int().optional(),
    tokensPerSecond: z.number().optional(),
  }),
  'job.ended': z.object({ job: jobId }),
  'run.started': z.object({
    run: runId,
    job: jobId,
    targetDocuments: z.int(),
    sourceDocuments: z.int(),
    sources: z.array(z.string()),
  }),
  'run.prepared': z.object({
    run: runId,
    parameters: z.int(),
    targetSentences: z.int(),
    sourceSentences: z.int(),
    knownVectorShare: z.number(),
    flattened: z.int(),
    /** What the training is expected to take. */
    memoryBytes: z.number(),
    devFrom,
    figure,
    engine: runEngine,
  }),
  /** A backend failed in the middle of a run, which goes on with another from its last stored epoch. */
  'run.backend': backendChange.extend({ run: runId }),
  'run.step': z.object({
    run: runId,
    epoch: z.int(),
    batch: z.int(),
    batches: z.int(),
    loss: z.number(),
    tokensPerSecond: z.number(),
  }),
  'run.epoch': z.object({ run: runId, epoch: z.int() }),
  /** Its errors, confusion and gates can be asked for. */
  'run.inspected': z.object({ run: runId }),
  /** Splits or documents of a role are others than before. */
  'corpora.changed': z.object({ role }),
  'tagging.started': z.object({ tagging: taggingId, job: jobId }),
  'tagging.progress': z.object({
    tagging: taggingId,
    done: z.int(),
    failed: z.int(),
    left: z.int(),
    tokensPerSecond: z.number(),
    /** Null until it can be told. */
    secondsLeft: z.number().nullable(),
  }),
  /** Its status is another. */
  'tagging.changed': z.object({ tagging: taggingId }),
  /** A note was reviewed, marked or promoted. */
  'note.changed': z.object({ tagging: taggingId, note: noteId }),
  'study.started': z.object({ study: studyId }),
  /** A trial began or ended. `planned` trials in all; null where more may be thought of. */
  'study.progress': z.object({
    study: studyId,
    ended: z.int(),
    running: z.int(),
    planned: z.int().nullable(),
    /** Null until it can be told. */
    remainingSeconds: z.number().nullable(),
  }),
  'study.epoch': z.object({ study: studyId, trial: z.int(), epochs: z.int(), devMicroF1: z.number() }),
  /** A trial has ended, whichever way. */
  'study.trial': z.object({ study: studyId, trial: z.int() }),
  /** Its status is another. */
  'study.changed': z.object({ study: studyId }),
};

export type EventName = keyof typeof events;
export type EventData<K extends EventName> = z.output<(typeof events)[K]>;
/** Told of every event; K and data belong together. */
export type EventListener = <K extends EventName>(name: K, data: EventData<K>) => void;
