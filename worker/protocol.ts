/** The one channel between core and a worker process: jobs in, events out. A worker runs one job and ends. */
import { z } from 'zod';
import type {
  AuditRow,
  AnnotatedDocument,
  AnnotationCounts,
  FormatName,
  ImportedDocument,
  PredictedSpan,
  Role,
  Split,
} from './domain/document.ts';
import { errorCodes } from './domain/errors.ts';
import type { ErrorRecord } from './domain/errors.ts';
import { formatNames } from './domain/document.ts';
import { recipeSchema } from './domain/recipe.ts';
import type { EpochRecord, StepProgress } from './domain/epoch.ts';
import type { Score } from './domain/scores.ts';

export const writeFormats = ['xlsx', 'csv', 'jsonl', 'brat'] as const;
export type WriteFormat = (typeof writeFormats)[number];

const formatChoice = z.enum(['auto', ...formatNames]);
const bytes = z.instanceof(Uint8Array);

export const importJobSchema = z.strictObject({
  kind: z.literal('import'),
  format: formatChoice,
  paths: z.array(z.string()).min(1),
  /** Only documents of these names (with or without extension). */
  only: z.array(z.string()).optional(),
});
export const trainJobSchema = z.strictObject({
  kind: z.literal('train'),
  recipe: recipeSchema,
  seed: z.int(),
  embeddingsFile: z.string().optional(),
});
export const evaluateJobSchema = z.strictObject({
  kind: z.literal('evaluate'),
  model: bytes,
  /** Score these files instead of the documents that core streams. */
  files: z.strictObject({ format: formatChoice, paths: z.array(z.string()).min(1) }).optional(),
});
export const tagJobSchema = z.strictObject({
  kind: z.literal('tag'),
  model: bytes,
  paths: z.array(z.string()).min(1),
  outFolder: z.string(),
  write: z.array(z.enum(writeFormats)).min(1),
  /** Overrides the recipe's. */
  beamWidth: z.int().min(1).max(64).optional(),
  /** Shown in the spreadsheet; the model's own name when absent. */
  runLabel: z.string(),
  /** The command that reproduces this, for the sheet "Run". */
  command: z.string(),
});
export const exportJobSchema = z.strictObject({
  kind: z.literal('export'),
  format: z.enum(['i2b2-2010', 'brat', 'conll']),
  outFolder: z.string(),
});
export const benchJobSchema = z.strictObject({
  kind: z.literal('bench'),
  what: z.enum(['train', 'tag']),
  recipe: recipeSchema,
  sourceFile: z.string(),
  targetFile: z.string(),
  seconds: z.number().positive(),
  batchSize: z.int().min(1),
});

export const jobSchema = z.discriminatedUnion('kind', [
  importJobSchema,
  trainJobSchema,
  evaluateJobSchema,
  tagJobSchema,
  exportJobSchema,
  benchJobSchema,
]);
export type Job = z.infer<typeof jobSchema>;
export type JobKind = Job['kind'];
export type JobOf<K extends JobKind> = Extract<Job, { kind: K }>;

/** A document as core streams it to a train, evaluate or export job. */
export interface TaskDocument extends AnnotatedDocument {
  readonly role: Role;
  readonly split: Split;
}

/** What each kind of job reports while it runs. */
export interface JobEvents {
  import:
    | { kind: 'document'; document: ImportedDocument; counts: AnnotationCounts; audit: readonly AuditRow[] }
    | { kind: 'audit'; audit: readonly AuditRow[] }
    | { kind: 'progress'; done: number; total: number };
  train:
    | {
        kind: 'prepared';
        parameters: number;
        targetSentences: number;
        sourceSentences: number;
        knownVectorShare: number;
        flattened: number;
      }
    | ({ kind: 'step' } & StepProgress)
    | { kind: 'epoch'; epoch: EpochRecord }
    | { kind: 'checkpoint'; epoch: number; model: Uint8Array };
  evaluate: { kind: 'progress'; done: number; total: number };
  tag:
    | { kind: 'progress'; done: number; failed: number; total: number; tokensPerSecond: number }
    | { kind: 'note'; name: string; hash: string; tokens: number; spans: readonly PredictedSpan[] }
    | { kind: 'note-failed'; name: string; error: ErrorRecord };
  export: { kind: 'progress'; done: number };
  bench: { kind: 'progress'; done: number; total: number };
}

/** What each kind of job ends with. */
export interface JobResults {
  import: {
    documents: number;
    annotations: AnnotationCounts;
    labels: Record<string, number>;
    files: number;
    failedFiles: number;
    format: FormatName | null;
  };
  train: {
    epochs: number;
    bestEpoch: number;
    seconds: number;
    tokensPerSecond: number;
    dev: Score;
    test: Score | null;
    model: Uint8Array;
    modelHash: string;
  };
  evaluate: { score: Score };
  tag: {
    notes: number;
    failed: number;
    entities: number;
    tokens: number;
    tokensPerSecond: number;
    files: string[];
    modelHash: string;
  };
  export: { documents: number; annotations: number; widened: number; skipped: number; files: number };
  bench: {
    tokensPerSecond: number;
    recipe: string;
    backend: string;
    threads: number;
    batch: number;
    /** Floating-point operations of the matrix products; in tagging every word's characters count as known. */
    flopPerToken: number;
    /** What the engine holds, and the most the process ever held (resident). */
    memoryBytes: number;
    peakMemoryBytes: number;
  };
}

export type ToWorker =
  | { type: 'job'; job: Job }
  | { type: 'documents'; documents: readonly TaskDocument[] }
  | { type: 'start' }
  | { type: 'cancel' };

export type FromWorker<K extends JobKind = JobKind> =
  | { type: 'event'; event: JobEvents[K] }
  | { type: 'done'; result: JobResults[K] }
  | { type: 'error'; error: ErrorRecord };

/** Outer shape of a worker's message; events are typed by the job that core started. */
export const fromWorkerSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('event'), event: z.object({ kind: z.string() }) }),
  z.object({ type: z.literal('done'), result: z.record(z.string(), z.unknown()) }),
  z.object({
    type: z.literal('error'),
    error: z.object({ code: z.enum(errorCodes), message: z.string(), details: z.record(z.string(), z.unknown()) }),
  }),
]);

const taskDocumentSchema = z.object({
  name: z.string(),
  text: z.string(),
  role: z.enum(['source', 'target']),
  split: z.enum(['train', 'dev', 'test']),
  tokens: z.object({
    starts: z.instanceof(Int32Array),
    ends: z.instanceof(Int32Array),
    sentenceEnds: z.instanceof(Int32Array),
  }),
  spans: z.array(
    z.object({
      start: z.int(),
      end: z.int(),
      label: z.string(),
      fragments: z.array(z.tuple([z.int(), z.int()])).optional(),
    }),
  ),
});

export const toWorkerSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('job'), job: jobSchema }),
  z.object({ type: z.literal('documents'), documents: z.array(taskDocumentSchema) }),
  z.object({ type: z.literal('start') }),
  z.object({ type: z.literal('cancel') }),
]);
