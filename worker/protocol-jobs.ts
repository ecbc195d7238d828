/** The jobs a worker can be given, as core sends them. */
import { z } from 'zod';
import { engineOrderSchema } from './domain/backends.ts';
import { formatNames } from './domain/document.ts';
import { embeddingSettingsSchema } from './domain/embeddings.ts';
import { recipeSchema } from './domain/recipe.ts';
import { bootstrapSchema, compareJobSchema, exportGatesJobSchema, scoreFilesJobSchema } from './domain/score-jobs.ts';
import { exportTablesJobSchema } from './domain/tables.ts';
import { searchSpaceSchema, searchValuesSchema } from './domain/search-space.ts';
import { searchMethods, searchTrialSchema } from './domain/search-trial.ts';
import { toolConventions } from './domain/tool-score.ts';

export const writeFormats = ['xlsx', 'csv', 'jsonl', 'brat'] as const;
export type WriteFormat = (typeof writeFormats)[number];

const formatChoice = z.enum(['auto', ...formatNames]);
const bytes = z.instanceof(Uint8Array);
/** Our own kernels when left out. */
const engine = engineOrderSchema.optional();

/** Where the token features lie that the model reads. */
const features = z.string().optional();

export const importJobSchema = z.strictObject({
  kind: z.literal('import'),
  format: formatChoice,
  paths: z.array(z.string()).min(1),
  /** Only documents of these names (with or without extension). */
  only: z.array(z.string()).optional(),
});
/** Where the word vectors lie that a training starts from. */
const wordVectors = {
  embeddingsFile: z.string().optional(),
  /** Word vectors that the project keeps, instead of a file. */
  embeddings: z.strictObject({ bytes }).optional(),
};
export const trainJobSchema = z.strictObject({
  kind: z.literal('train'),
  recipe: recipeSchema,
  seed: z.int(),
  ...wordVectors,
  features,
  engine,
  /** Go on from a `state` this run has reported, `model` being its best so far. */
  resume: z.strictObject({ state: bytes, model: bytes.optional() }).optional(),
  /** Start even where the estimate says that memory will not do. */
  force: z.boolean().optional(),
  /** When false the epochs carry no model and no state, which spares time where nobody would keep them. */
  checkpoints: z.boolean().optional(),
});
export const evaluateJobSchema = z.strictObject({
  kind: z.literal('evaluate'),
  model: bytes,
  features,
  /** Score these files instead of the documents that core streams. */
  files: z.strictObject({ format: formatChoice, paths: z.array(z.string()).min(1) }).optional(),
  engine,
  bootstrap: bootstrapSchema.optional(),
  /** Score these labels alone: what else is predicted is left out, since the gold does not have it. */
  labels: z.array(z.string()).optional(),
  /** The same under another tool's convention, beside our own. */
  convention: z.enum(toolConventions).optional(),
});
export const tagJobSchema = z.strictObject({
  kind: z.literal('tag'),
  model: bytes,
  paths: z.array(z.string()).min(1),
  features,
  outFolder: z.string(),
  write: z.array(z.enum(writeFormats)).min(1),
  /** Overrides the recipe's. */
  beamWidth: z.int().min(1).max(64).optional(),
  /** Shown in the spreadsheet; the model's own name when absent. */
  runLabel: z.string(),
  /** The command that reproduces this, for the sheet "Run". */
  command: z.string(),
  engine,
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
  engine,
});
/** Tries a backend: does it start, are its numbers right, how fast is it? */
export const probeJobSchema = z.strictObject({ kind: z.literal('probe'), engine: engineOrderSchema });

/** Looks at a folder without storing anything. */
export const previewJobSchema = z.strictObject({
  kind: z.literal('preview'),
  folder: z.string(),
  format: formatChoice,
  /** Documents that are read at most. */
  documents: z.int().min(0),
});
/** Times a training of the streamed documents for some seconds. */
export const estimateJobSchema = z.strictObject({ kind: z.literal('estimate'), recipe: recipeSchema, ...wordVectors });
/** Tags the streamed documents and says what agrees with their gold, and what the gates did. */
export const inspectJobSchema = z.strictObject({ kind: z.literal('inspect'), model: bytes, features });
/** The gates of one sentence of the one streamed document. */
export const tokenGatesJobSchema = z.strictObject({
  kind: z.literal('token-gates'),
  model: bytes,
  sentence: z.int().min(0),
});
/** Which source each streamed document looks like to the model's experts. */
export const expertGatesJobSchema = z.strictObject({ kind: z.literal('expert-gates'), model: bytes, features });
/** Tags notes whose text and spans core keeps: those below `paths`, or the named files that an earlier job left. */
export const tagNotesJobSchema = z.strictObject({
  kind: z.literal('tag-notes'),
  model: bytes,
  features,
  beamWidth: z.int().min(1).max(64).optional(),
  from: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('paths'), paths: z.array(z.string()).min(1) }),
    z.strictObject({
      kind: z.literal('files'),
      files: z.array(z.strictObject({ name: z.string(), path: z.string() })),
    }),
  ]),
});
/** Writes the streamed notes with their spans. */
export const exportEntitiesJobSchema = z.strictObject({
  kind: z.literal('export-entities'),
  formats: z.array(z.enum([...writeFormats, 'i2b2-2010'])).min(1),
  outFolder: z.string(),
  /** Columns of the tables; all when absent. */
  columns: z.array(z.string()).optional(),
  /** Whether covered text and context may be written. */
  text: z.boolean(),
  run: z.strictObject({
    runLabel: z.string(),
    modelHash: z.string(),
    recipe: z.string(),
    command: z.string(),
    rows: z.array(z.tuple([z.string(), z.union([z.string(), z.number()])])),
  }),
  failed: z.array(z.strictObject({ name: z.string(), message: z.string() })),
});
/** Trains word vectors on notes below `paths`; of the streamed documents on those that are not test ones, where `corpora`. */
export const embeddingsJobSchema = z.strictObject({
  kind: z.literal('embeddings'),
  paths: z.array(z.string()),
  corpora: z.boolean(),
  settings: embeddingSettingsSchema,
  engine,
});
/** Thinks of the next trial of a search; `first` is tried before all others. */
export const proposeJobSchema = z.strictObject({
  kind: z.literal('propose'),
  method: z.enum(searchMethods),
  seed: z.int(),
  space: searchSpaceSchema,
  first: searchValuesSchema.nullable(),
  trials: z.array(searchTrialSchema),
});

export const jobSchema = z.discriminatedUnion('kind', [
  importJobSchema,
  trainJobSchema,
  evaluateJobSchema,
  tagJobSchema,
  exportJobSchema,
  benchJobSchema,
  previewJobSchema,
  estimateJobSchema,
  inspectJobSchema,
  tokenGatesJobSchema,
  tagNotesJobSchema,
  exportEntitiesJobSchema,
  probeJobSchema,
  embeddingsJobSchema,
  compareJobSchema,
  scoreFilesJobSchema,
  exportGatesJobSchema,
  proposeJobSchema,
  exportTablesJobSchema,
  expertGatesJobSchema,
]);
export type Job = z.infer<typeof jobSchema>;
export type JobKind = Job['kind'];
export type JobOf<K extends JobKind> = Extract<Job, { kind: K }>;
