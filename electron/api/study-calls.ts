/** Calls of studies: learning curves, sweeps and searches, each many trainings with one question. */
import { z } from 'zod';
import { engineWishSchema } from '../../worker/domain/backends.ts';
import { studyKinds, studySpecSchema, trialStatuses } from '../../worker/domain/study.ts';
import { tableFormats } from '../../worker/domain/tables.ts';
import { studyReport } from './study-report.ts';
import { count, errorRecord, figure, jobStatus, path, runId } from './views.ts';

/** What a study can be written as; also the endings of such files. */
export const studyFormats = [...tableFormats, 'json'] as const;
export const studyId = z.int().min(1);
const ofStudy = z.strictObject({ study: studyId });
const how = {
  /** Trials at a time; the machine's cores when left out. */
  parallel: z.int().min(1).max(64).optional(),
  /** `threads` are those of each trial. */
  engine: engineWishSchema.default({ backend: 'auto' }),
};

const studyEntry = z.object({
  study: studyId,
  kind: z.enum(studyKinds),
  spec: studySpecSchema,
  /** A study that is neither done nor running can go on, as can a done one with failed trials. */
  status: jobStatus,
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  appVersion: z.string(),
  error: errorRecord.nullable(),
  /** Trials by status; `total` are those that are stored. */
  trials: z.object({ total: count, waiting: count, running: count, done: count, stopped: count, failed: count }),
});
export type StudyView = z.infer<typeof studyEntry>;

const f1s = z.object({ micro: z.number(), macro: z.number() });

const trialEntry = z.object({
  trial: count,
  recipe: z.string(),
  settings: z.array(z.string()).readonly(),
  seed: z.int(),
  targetFraction: z.number(),
  /** Target documents it trains on. */
  targetDocuments: count,
  /** Labels of the test documents that no training document of it holds. */
  missingLabels: z.array(z.string()).readonly(),
  /** Where in a search space it lies; null in other studies. */
  point: z.unknown(),
  status: z.enum(trialStatuses),
  /** Null before it began. */
  run: runId.nullable(),
  epochs: count,
  bestEpoch: count.nullable(),
  stoppedAfter: count.nullable(),
  /** Strict F1, `micro` the accuracy where that is the figure; of a trial that is not done the best epoch's so far. */
  figure,
  dev: f1s.nullable(),
  test: f1s.nullable(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  error: errorRecord.nullable(),
});
export type TrialView = z.infer<typeof trialEntry>;

const studyDetail = studyEntry.extend({
  list: z.array(trialEntry),
  /** Of the trials that are done; null before the first, and for searches. */
  report: studyReport.nullable(),
});

export const studyCalls = {
  /**
   * Runs a study to its end. One with the same specification on the same documents goes on where it was, or is told as it is when it is
   * done; `again` begins a new one all the same.
   */
  'studies.start': {
    input: z.strictObject({ spec: studySpecSchema, again: z.boolean().default(false), ...how }),
    output: studyDetail,
  },
  /** Runs the trials that a study lacks; `retry` also those that failed. */
  'studies.resume': { input: ofStudy.extend({ retry: z.boolean().default(false), ...how }), output: studyDetail },
  /** Stops a study that this core runs; the call that runs it fails with `cancelled`. */
  'studies.cancel': { input: ofStudy, output: z.object({ study: studyId }) },
  /** What a study would train, and how long that may take; nothing is stored but what an estimate measures. */
  'studies.plan': {
    input: z.strictObject({ spec: studySpecSchema }),
    output: z.object({
      trials: count,
      /** Recipes, their globs replaced by names. */
      recipes: z.array(z.string()),
      /** Target training documents of each fraction, and the labels of the test documents that some seed's lack. */
      sizes: z.array(z.object({ fraction: z.number(), documents: count, missing: z.array(z.string()) })),
      /** If no training ended before its last epoch, with all cores at work. */
      secondsEach: z.number(),
      secondsAtMost: z.number(),
    }),
  },
  'studies.trial': { input: ofStudy.extend({ trial: z.int().min(1) }), output: trialEntry },
  'studies.list': { input: z.strictObject({}), output: z.object({ studies: z.array(studyEntry) }) },
  'studies.get': { input: ofStudy, output: studyDetail },
  /** Forgets a study with its trials and their runs. */
  'studies.remove': { input: ofStudy, output: z.object({ study: studyId }) },
  /** Writes its tables: one workbook, or CSV files beside each other (`file` and `file`-TABLE), or all of it as JSON. */
  'studies.export': {
    input: ofStudy.extend({ format: z.enum(studyFormats), file: path }),
    output: z.object({ study: studyId, files: z.array(path) }),
  },
};
