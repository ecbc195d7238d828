/** The one channel between core and a worker process: jobs in, events out. A worker runs one job and ends. */
import { z } from 'zod';
import type {
  AuditRow,
  AnnotatedDocument,
  AnnotationCounts,
  FormatName,
  ImportedDocument,
  PredictedSpan,
  Span,
  Split,
} from './domain/document.ts';
import { errorCodes } from './domain/errors.ts';
import type { ErrorRecord } from './domain/errors.ts';
import type { Figure } from './domain/figures.ts';
import type { EmbeddingFacts } from './domain/embeddings.ts';
import type { EngineFacts, ProbeFinding } from './domain/backends.ts';
import type { Component } from './domain/recipe.ts';
import type { Task } from './domain/task-names.ts';
import type { ComponentGates, GateShares, SpanPair } from './domain/inspection.ts';
import type { EpochRecord, StepProgress } from './domain/epoch.ts';
import type { DocumentEvidence, ScoreReport } from './domain/score-report.ts';
import type { Score } from './domain/scores.ts';
import type { ToolScore } from './domain/tool-score.ts';
import type { CompareResult, ExportGatesResult, ScoreFilesResult } from './domain/score-jobs.ts';
import type { SearchValues } from './domain/search-space.ts';
import type { LabelCountRow } from './domain/study.ts';
import type { ExportTablesResult } from './domain/tables.ts';
import { type Job, type JobKind, jobSchema } from './protocol-jobs.ts';

/** A document as core streams it to a train, evaluate or export job. */
export interface TaskDocument extends AnnotatedDocument {
  /** The target, or the source that it belongs to. */
  readonly task: Task;
  readonly split: Split;
  /** Predicted spans say how sure the model was; gold spans do not. */
  readonly spans: readonly (Span & { readonly confidence?: number })[];
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
        engine: EngineFacts;
        /** What the training is expected to take, in bytes. */
        memoryBytes: number;
        /** Whose dev documents choose the best epoch: the sources' where the target's have no annotation. */
        devFrom: 'target' | 'sources';
        /** What its scores are told by. */
        figure: Figure;
      }
    | ({ kind: 'step' } & StepProgress)
    /**
     * `model`: where the epoch is the best so far. `state`: from where the training can go on after this epoch. Both null without
     * checkpoints.
     */
    | { kind: 'epoch'; epoch: EpochRecord; model: Uint8Array | null; state: Uint8Array | null }
    /** The last word before the job ends with `paused`. */
    | { kind: 'paused'; state: Uint8Array };
  evaluate: { kind: 'progress'; done: number; total: number };
  tag:
    | { kind: 'progress'; done: number; failed: number; total: number; tokensPerSecond: number }
    | { kind: 'note'; name: string; hash: string; tokens: number; spans: readonly PredictedSpan[] }
    | { kind: 'note-failed'; name: string; error: ErrorRecord };
  export: { kind: 'progress'; done: number };
  bench: { kind: 'progress'; done: number; total: number };
  preview: { kind: 'progress'; done: number; total: number };
  estimate: { kind: 'progress'; done: number; total: number };
  inspect:
    | { kind: 'progress'; done: number; total: number }
    /** `document` counts the streamed documents from 0. */
    | { kind: 'pairs'; document: number; pairs: readonly SpanPair[]; evidence: DocumentEvidence };
  'token-gates': { kind: 'progress'; done: number; total: number };
  'tag-notes':
    | { kind: 'found'; files: readonly { name: string; path: string }[] }
    | { kind: 'progress'; done: number; failed: number; total: number; tokensPerSecond: number }
    | { kind: 'note'; name: string; document: ImportedDocument; spans: readonly PredictedSpan[] }
    | { kind: 'note-failed'; name: string; error: ErrorRecord };
  'export-entities': { kind: 'progress'; done: number };
  probe: never;
  /** Notes are read first, then tokens trained on. */
  embeddings: { kind: 'progress'; part: 'reading' | 'training'; done: number; total: number; tokensPerSecond?: number };
  compare: never;
  'score-files': { kind: 'progress'; done: number; total: number };
  'export-gates': { kind: 'progress'; done: number; total: number };
  propose: never;
  'export-tables': never;
  'expert-gates': { kind: 'progress'; done: number; total: number };
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
    /** Whose dev documents chose the best epoch: the sources' where the target's have no annotation. */
    devFrom: 'target' | 'sources';
    test: Score | null;
    /** The counts of each test document, in the order they were streamed; null without test documents. */
    testCounts: readonly (readonly LabelCountRow[])[] | null;
    model: Uint8Array;
    modelHash: string;
    engine: EngineFacts;
  };
  /** `evidence`: one entry a document, in their order. */
  evaluate: {
    score: Score;
    report: ScoreReport;
    evidence: readonly DocumentEvidence[];
    tool: ToolScore | null;
    engine: EngineFacts;
  };
  tag: {
    notes: number;
    failed: number;
    entities: number;
    tokens: number;
    tokensPerSecond: number;
    files: string[];
    modelHash: string;
    engine: EngineFacts;
  };
  export: { documents: number; annotations: number; widened: number; skipped: number; files: number };
  preview: {
    format: FormatName;
    documents: number;
    files: number;
    withoutPartner: number;
    /** Folders inside that are called after a split. */
    parts: { split: Split; folder: string }[];
    preview: {
      documents: number;
      failed: number;
      annotations: AnnotationCounts;
      labels: { label: string; count: number }[];
      audit: AuditRow[];
    };
  };
  estimate: {
    parameters: number;
    memoryBytes: number;
    /** One batch of the target, in seconds, and one of every source together; null without a source. */
    targetBatchSeconds: number;
    sourceBatchSeconds: number | null;
    /** Scoring the dev documents once. */
    devSeconds: number;
    tokensPerSecond: number;
    backend: string;
    threads: number;
  };
  inspect: {
    gates: { split: Split; components: ComponentGates[] }[];
    reports: { split: Split; score: Score; report: ScoreReport }[];
  };
  'token-gates': {
    sentences: number;
    components: Component[];
    tokens: { start: number; end: number; gold: string | null; predicted: string | null; gates: GateShares[] }[];
  };
  'tag-notes': { tokensPerSecond: number };
  'export-entities': { notes: number; failed: number; entities: number; widened: number; files: string[] };
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
    engine: EngineFacts;
  };
  probe: { finding: ProbeFinding };
  embeddings: {
    /** In word2vec's binary form, most frequent words first, composed ones last. */
    vectors: Uint8Array;
    facts: EmbeddingFacts;
    /** Notes that could not be read, the first of them. */
    failures: { name: string; error: ErrorRecord }[];
    engine: EngineFacts;
  };
  compare: CompareResult;
  'score-files': ScoreFilesResult;
  'export-gates': ExportGatesResult;
  propose: { values: SearchValues | null };
  'export-tables': ExportTablesResult;
  /** Mean shares in the order of `sources`: of each document in their order, and of the tokens of each gold label. */
  'expert-gates': {
    sources: string[];
    documents: { tokens: number; shares: number[] }[];
    labels: { label: string; tokens: number; shares: number[] }[];
  };
}

export type ToWorker =
  | { type: 'job'; job: Job }
  | { type: 'documents'; documents: readonly TaskDocument[] }
  | { type: 'start' }
  /** Put the job aside after the step under way; heeded by training alone. */
  | { type: 'pause' }
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
  task: z.string(),
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
      confidence: z.number().optional(),
    }),
  ),
});

export const toWorkerSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('job'), job: jobSchema }),
  z.object({ type: z.literal('documents'), documents: z.array(taskDocumentSchema) }),
  z.object({ type: z.literal('start') }),
  z.object({ type: z.literal('pause') }),
  z.object({ type: z.literal('cancel') }),
]);
