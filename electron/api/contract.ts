/** The contract: every call a face can make of core; its events are in `events.ts`. Client and dispatcher are derived from it. */
import { z } from 'zod';
import { engineWishSchema } from '../../worker/domain/backends.ts';
import { strictSchemes, toolConventions } from '../../worker/domain/tool-score.ts';
import { embeddingsCalls } from './embeddings-calls.ts';
import { recipeCalls } from './recipe-calls.ts';
import { reportCalls } from './report-calls.ts';
import { reviewCalls } from './review-calls.ts';
import { fileScores, reproducibleReport, toolScore } from './score-views.ts';
import { searchCalls } from './search-calls.ts';
import { setupCalls } from './setup-calls.ts';
import { studyCalls } from './study-calls.ts';
import { taggingCalls } from './tagging-calls.ts';
import {
  auditRow,
  backendList,
  benchResult,
  bootstrap,
  engineReport,
  epoch,
  exportFormat,
  exportResult,
  formatChoice,
  importEntry,
  importResult,
  jobId,
  page,
  path,
  project,
  projectInfo,
  recipeChoice,
  role,
  run,
  runId,
  score,
  scoredSplit,
  share,
  sourceName,
  split,
  tagResult,
  trainResult,
  writeFormat,
} from './views.ts';

const nothing = z.strictObject({});
const paths = z.array(path).min(1);
/** Which backend computes, on how many cores. */
const engine = engineWishSchema.default({ backend: 'auto' });
/** Folder of the token features that the model reads. */
const features = path.optional();
/** Start even where the estimate says that memory will not do. */
const force = z.boolean().default(false);

/** Puts trainings aside and cancels other work, which else keeps the project open. */
const stopRunning = z.boolean().default(false);

export const calls = {
  'project.create': { input: z.strictObject({ path }), output: project },
  /**
   * `write` takes the project for this core alone; `read` opens it beside a writer. Closes what was open before: refused with
   * `project-busy` while work on that is under way, unless it is to be stopped.
   */
  'project.open': { input: z.strictObject({ path, access: z.enum(['read', 'write']), stopRunning }), output: project },
  'project.close': { input: z.strictObject({ stopRunning }), output: nothing },
  /** Null when none is open. */
  'project.current': { input: nothing, output: z.object({ project: project.nullable() }) },
  'project.info': { input: nothing, output: projectInfo },

  'corpora.import': {
    input: z.strictObject({
      role,
      split: split.optional(),
      format: formatChoice,
      paths,
      only: z.array(z.string()).optional(),
    }),
    output: importResult,
  },
  /** Shares out the documents of a role that have no split yet. */
  'corpora.split': {
    input: z.strictObject({ role, dev: share, test: share, seed: z.int() }),
    output: z.object({ train: z.int(), dev: z.int(), test: z.int(), kept: z.int() }),
  },
  'corpora.imports': { input: nothing, output: z.object({ imports: z.array(importEntry) }) },
  'corpora.audit': {
    input: page.extend({ import: z.int() }),
    output: z.object({ rows: z.array(auditRow) }),
  },
  'corpora.export': {
    input: z.strictObject({ role, split: split.optional(), format: exportFormat, outFolder: path }),
    output: exportResult,
  },

  'training.train': {
    input: z.strictObject({
      recipe: recipeChoice,
      settings: z.array(z.string()),
      seed: z.int(),
      targetFraction: z.number().positive().max(1),
      /** A vector file; `project` or `project:ID` for vectors trained in the project; or the fingerprint of vectors it knows. */
      embeddings: path.optional(),
      features,
      /** The sources to learn from; all of the project when left out. */
      sources: z.array(sourceName).min(1).optional(),
      engine,
      force,
    }),
    output: trainResult,
  },
  /** Goes on with a run that was paused, cancelled, interrupted, or that failed. */
  'training.resume': { input: z.strictObject({ run: runId, features, engine, force }), output: trainResult },
  /** Puts a run aside that this core trains; the call that trains it fails with `paused`. */
  'training.pause': { input: z.strictObject({ run: runId }), output: z.object({ run: runId }) },
  /** Stops a run that this core trains; its finished epochs stay, and the call that trains it fails with `cancelled`. */
  'training.cancel': { input: z.strictObject({ run: runId }), output: z.object({ run: runId }) },
  /** Tries every backend, or tells what was found before; `refresh` tries again. */
  'backends.list': { input: z.strictObject({ refresh: z.boolean().default(false) }), output: backendList },
  /** Trials of studies are left out unless asked for. */
  'runs.list': {
    input: z.strictObject({ trials: z.boolean().default(false) }),
    output: z.object({ runs: z.array(run) }),
  },
  'runs.get': { input: z.strictObject({ run: runId }), output: run },
  'runs.epochs': { input: z.strictObject({ run: runId }), output: z.object({ epochs: z.array(epoch) }) },

  /** Scores a run's model on a stored split of the target, or on files. */
  'evaluation.evaluate': {
    input: z.strictObject({
      run: runId,
      split: scoredSplit.optional(),
      files: z.strictObject({ format: formatChoice, paths }).optional(),
      features,
      engine,
      bootstrap: bootstrap.optional(),
      /** The same under another tool's convention, beside our own. */
      convention: z.enum(toolConventions).optional(),
    }),
    output: score.extend({
      run: runId,
      split: scoredSplit.nullable(),
      engine: engineReport,
      report: reproducibleReport,
      tool: toolScore.nullable(),
    }),
  },

  /** Scores the annotations of the second folder against those of the first, of the same notes. Needs no project. */
  'evaluation.files': {
    input: z.strictObject({
      first: z.strictObject({ format: formatChoice, paths }),
      second: z.strictObject({ format: formatChoice, paths }),
      /** Overlaps of the first are flattened as gold is. */
      flatten: z.boolean(),
      convention: z.enum(toolConventions).optional(),
      /** How a strict convention reads the tags of column files. */
      scheme: z.enum(strictSchemes).optional(),
      bootstrap: bootstrap.optional(),
      /** The command that does the same again. */
      command: z.string(),
    }),
    output: fileScores,
  },

  /** Tags with a run of the open project, or with a model file and no project. */
  'tagging.tag': {
    input: z.strictObject({
      run: runId.optional(),
      modelFile: path.optional(),
      paths,
      outFolder: path,
      write: z.array(writeFormat).min(1),
      beamWidth: z.int().min(1).max(64).optional(),
      features,
      /** The command that does the same again, for the spreadsheet. */
      command: z.string(),
      engine,
    }),
    output: tagResult,
  },

  'models.export': {
    input: z.strictObject({ run: runId, file: path }),
    output: z.object({ run: runId, file: path, bytes: z.int(), sha256: z.string() }),
  },

  'bench.run': {
    input: z.strictObject({
      what: z.enum(['train', 'tag']),
      recipe: z.string(),
      settings: z.array(z.string()),
      sourceFile: path,
      targetFile: path,
      seconds: z.number().positive(),
      batchSize: z.int().min(1),
      engine,
    }),
    output: benchResult,
  },

  ...setupCalls,
  ...recipeCalls,
  ...reportCalls,
  ...taggingCalls,
  ...reviewCalls,
  ...embeddingsCalls,
  ...studyCalls,
  ...searchCalls,

  /** What this core works on, oldest first; `run` is the one that is trained. For a window that was loaded anew. */
  'jobs.list': {
    input: nothing,
    output: z.object({ jobs: z.array(z.object({ job: jobId, call: z.string(), run: runId.nullable() })) }),
  },
  /** Stops a job; the call that started it fails with `cancelled`. */
  'jobs.cancel': { input: z.strictObject({ job: jobId }), output: z.object({ found: z.boolean() }) },
};

export type CallName = keyof typeof calls;
/** What a caller passes: defaults may be left out. */
export type CallInput<K extends CallName> = z.input<(typeof calls)[K]['input']>;
/** What a handler gets: checked, defaults filled in. */
export type CheckedInput<K extends CallName> = z.output<(typeof calls)[K]['input']>;
export type CallOutput<K extends CallName> = z.output<(typeof calls)[K]['output']>;

/** Core as a face sees it, in-process or over a channel. */
export interface CoreClient {
  /** @throws AppError; `usage` when the input does not fit the contract. */
  call<K extends CallName>(name: K, input: CallInput<K>): Promise<CallOutput<K>>;
}
