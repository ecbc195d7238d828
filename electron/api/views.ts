/** What crosses between core and its faces: zod schemas of everything a call takes or gives. Plain data only. */
import { z } from 'zod';
import { formatNames, splits } from '../../worker/domain/document.ts';
import { plainSource, sourceNameSchema } from '../../worker/domain/task-names.ts';
import { backendNames } from '../../worker/domain/backends.ts';
import { figures } from '../../worker/domain/figures.ts';
import { errorCodes } from '../../worker/domain/errors.ts';
import { recipeSchema } from '../../worker/domain/recipe.ts';

export const sourceName = sourceNameSchema;
/** Which corpus: `target`, or the name of a source (`source` where it was given none). */
export const role = z.union([z.literal(['target', plainSource]), sourceName]);
export const split = z.enum(splits);
export const scoredSplit = z.enum(['dev', 'test']);
export const formatChoice = z.enum(['auto', ...formatNames]);
/** The spreadsheet and annotation formats that tagging writes. */
export const writeFormat = z.enum(['xlsx', 'csv', 'jsonl', 'brat']);
export const exportFormat = z.enum(['i2b2-2010', 'brat', 'conll']);
export const runId = z.int().min(1);
export const jobId = z.string().min(1);
export const path = z.string().min(1);
/** 0 up to, but not including, 1. */
export const share = z.number().min(0).lt(1);
export const page = z.strictObject({
  offset: z.int().min(0).default(0),
  limit: z.int().min(1).max(10000).default(1000),
});

export const count = z.int().min(0);
/** How intervals are drawn: resamples of the documents, and the seed. */
export const bootstrap = z.strictObject({ draws: z.int().min(100).max(100_000), seed: z.int() });
const time = z.string();
export const jobStatus = z.enum(['running', 'done', 'failed', 'cancelled', 'interrupted']);

export const errorRecord = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.undefined()])),
});

const ratios = z.object({ precision: z.number(), recall: z.number(), f1: z.number() });
const matches = ratios.extend({ truePositives: count, falsePositives: count, falseNegatives: count });
const averages = z.object({ micro: ratios, macro: ratios });
export const score = z.object({
  convention: z.string(),
  documents: count,
  goldSpans: count,
  predictedSpans: count,
  strict: averages,
  lenient: averages,
  perLabel: z
    .array(z.object({ label: z.string(), support: count, predicted: count, strict: matches, lenient: matches }))
    .readonly(),
  /** Of models that give each token a class: the share of tokens whose class is right. */
  accuracy: z.number().optional(),
});
export type ScoreView = z.infer<typeof score>;

export const project = z.object({ path, id: z.string(), createdAt: time, createdBy: z.string() });

export const projectInfo = z.object({
  project,
  /** One row a role and split; null: without a split. */
  documents: z.array(
    z.object({
      role,
      split: split.nullable(),
      documents: count,
      tokens: count,
      sentences: count,
      annotations: count,
    }),
  ),
  /** Counts by split; `unsplit` for documents without one. */
  labels: z.array(z.object({ role, label: z.string(), count, train: count, dev: count, test: count, unsplit: count })),
  embeddings: z.array(z.object({ path, sha256: z.string(), dimensions: count, words: count })),
  runs: count,
  taggings: count,
});
export type ProjectInfo = z.infer<typeof projectInfo>;

export const annotationCounts = z.object({ ok: count, repaired: count, skipped: count });

export const auditRow = z.object({
  file: z.string(),
  line: z.int().optional(),
  status: z.enum(['repaired', 'skipped', 'failed', 'note']),
  kind: z.string(),
  reason: z.string(),
});
export type AuditRowView = z.infer<typeof auditRow>;

export const auditKind = z.object({ status: auditRow.shape.status, kind: z.string(), count });

export const importResult = z.object({
  /** Null where the import changed nothing and was not recorded. */
  import: z.int().nullable(),
  /** Documents read; each is one of added, unchanged or conflicting. */
  documents: count,
  added: count,
  /** In the project already, with the same content. */
  unchanged: count,
  /** In the project under the same name with other content; not stored. */
  conflicts: count,
  annotations: annotationCounts,
  labels: z.record(z.string(), count),
  files: count,
  failedFiles: count,
  format: z.enum(formatNames).nullable(),
  audit: z.object({ rows: count, kinds: z.array(auditKind), first: z.array(auditRow) }),
});
export type ImportResult = z.infer<typeof importResult>;

export const importEntry = z.object({
  import: z.int(),
  role,
  split: split.nullable(),
  format: z.string(),
  status: jobStatus,
  startedAt: time,
  endedAt: time.nullable(),
  /** Documents that the project holds from it. */
  documents: count,
  auditRows: count,
  kinds: z.array(auditKind),
});

/** A recipe's name, or a whole recipe. */
export const recipeChoice = z.union([z.string(), z.record(z.string(), z.unknown())]);
export const recipeEntry = z.object({
  name: z.string(),
  tasks: z.array(z.string()),
  sharing: recipeSchema.shape.sharing,
  /** When to choose it. */
  advice: z.string(),
});

export const epoch = z.object({
  epoch: count,
  targetLoss: z.number().nullable(),
  sourceLoss: z.number().nullable(),
  shareLoss: z.number().nullable(),
  devMicroF1: z.number(),
  devMacroF1: z.number(),
  best: z.boolean(),
  seconds: z.number(),
  tokensPerSecond: z.number(),
});

const backend = z.enum(backendNames);

/** What computed, and why this backend. */
export const engineReport = z.object({
  backend,
  threads: count,
  kernels: z.string().nullable(),
  notes: z.array(z.string()).readonly(),
  reason: z.string(),
});

/** A backend that failed in the middle of a run. */
export const backendChange = z.object({ from: backend, to: backend, afterEpoch: count, reason: z.string() });

export const runEngine = engineReport.extend({ changes: z.array(backendChange).readonly() });

export const backendEntry = z.object({
  backend,
  /** Installed, and it started. */
  present: z.boolean(),
  /** Present, and its results are right. */
  usable: z.boolean(),
  chosen: z.boolean(),
  reason: z.string(),
  /** Milliseconds of one training step. */
  stepMs: z.number().nullable(),
  threads: count.nullable(),
  kernels: z
    .object({
      mode: z.string(),
      reason: z.string(),
      tried: z.array(z.object({ mode: z.string(), isRight: z.boolean(), gigaflops: z.number() })).readonly(),
    })
    .nullable(),
  notes: z.array(z.string()).readonly(),
  memoryBytes: z.number().nullable(),
});

export const backendList = z.object({
  /** Usable ones fastest first. */
  backends: z.array(backendEntry),
  cores: count,
  memory: z.object({ totalBytes: z.number(), freeBytes: z.number(), processLimitBytes: z.number().nullable() }),
});

/** Whose dev documents choose the best epoch: the sources' where the target's have no annotation. */
export const devFrom = z.enum(['target', 'sources']);

/** What the scores of a run are told by. */
export const figure = z.enum(figures);

export const run = z.object({
  run: runId,
  recipe: z.string(),
  /** The whole recipe, every default written out. */
  recipeInFull: recipeSchema,
  seed: z.int(),
  targetFraction: z.number(),
  settings: z.array(z.string()).readonly(),
  embeddings: z.string().nullable(),
  /** The folder of token features that its documents have; null where the recipe reads none. */
  features: z.string().nullable(),
  targetDocuments: count,
  sourceDocuments: count,
  /** A paused run can go on, as can any other that is neither done nor running; see `resumable`. */
  status: z.enum([...jobStatus.options, 'paused']),
  resumable: z.boolean(),
  /** Null for runs of versions before 0.2, and before a run is prepared. */
  engine: runEngine.nullable(),
  startedAt: time,
  endedAt: time.nullable(),
  heartbeatAt: time,
  appVersion: z.string(),
  epochs: count,
  bestEpoch: count.nullable(),
  seconds: z.number().nullable(),
  tokensPerSecond: z.number().nullable(),
  modelHash: z.string().nullable(),
  /** A model is stored; most trials of studies keep none. */
  hasModel: z.boolean(),
  error: errorRecord.nullable(),
  /** The study it is a trial of. */
  study: z.int().nullable(),
  /** Said once a run is prepared; the target's before. */
  devFrom,
  figure,
  dev: score.nullable(),
  test: score.nullable(),
});
export type RunView = z.infer<typeof run>;

export const trainResult = z.object({
  run: runId,
  recipe: z.string(),
  epochs: count,
  bestEpoch: count,
  seconds: z.number(),
  tokensPerSecond: z.number(),
  modelHash: z.string(),
  dev: score,
  devFrom,
  test: score.nullable(),
  engine: runEngine,
});

export const tagResult = z.object({
  /** Null where a model file tagged without a project. */
  session: z.int().nullable(),
  notes: count,
  failed: count,
  entities: count,
  tokens: count,
  tokensPerSecond: z.number(),
  files: z.array(path),
  modelHash: z.string(),
  engine: engineReport,
});

export const exportResult = z.object({
  documents: count,
  annotations: count,
  widened: count,
  skipped: count,
  files: count,
});

export const benchResult = z.object({
  tokensPerSecond: z.number(),
  recipe: z.string(),
  backend: z.string(),
  threads: z.int(),
  batch: z.int(),
  /** Floating-point operations of the matrix products, a trained or tagged token. */
  flopPerToken: z.int(),
  /** Bytes the engine holds, and the most the process ever held (resident). */
  memoryBytes: z.int(),
  peakMemoryBytes: z.int(),
  engine: engineReport,
});
