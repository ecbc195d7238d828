/** Scores with their intervals, as they cross between core and its faces. */
import { z } from 'zod';
import { semevalSchemes } from '../../worker/domain/score-report.ts';
import { toolConventions } from '../../worker/domain/tool-score.ts';
import { count, runId, score, scoredSplit } from './views.ts';

/** A number 0..1 (a difference: -1..1) with the bounds of its 95 % interval. */
const estimate = z.object({ value: z.number(), low: z.number(), high: z.number() });
export type EstimateView = z.infer<typeof estimate>;

const ratios = z.object({ precision: estimate, recall: estimate, f1: estimate });
export type RatioEstimatesView = z.infer<typeof ratios>;

/** Over all spans pooled, over labels with gold spans, over documents (n2c2). */
const averages = z.object({ micro: ratios, macroLabels: ratios, macroDocuments: ratios });

const estimates = z.object({
  draws: count,
  seed: z.int(),
  level: z.number(),
  documents: count,
  strict: averages,
  lenient: averages,
  perLabel: z
    .array(
      z.object({ label: z.string(), support: count, strict: ratios, lenient: ratios, caution: z.string().nullable() }),
    )
    .readonly(),
  convention: z.string(),
  cautions: z.array(z.string()).readonly(),
});

const semeval = ratios.extend({ correct: count, incorrect: count, partial: count, missed: count, spurious: count });
const kinds = z.object({ correct: count, missed: count, spurious: count, label: count, boundary: count, both: count });

/** A score with how sure it is, how it was counted, and what was scored. */
export const scoreReport = estimates.extend({
  tokeniser: z.string(),
  /** SHA-256 of the scored model. */
  modelHash: z.string().nullable(),
  trainingSeed: z.int().nullable(),
  /** SemEval-2013 task 9.1. */
  semeval: z.record(z.enum(semevalSchemes), semeval),
  kinds,
  labelsWithoutGold: z.array(z.string()).readonly(),
});

/** With the command that gives it again. */
export const reproducibleReport = scoreReport.extend({ command: z.string() });
export type ScoreReportView = z.infer<typeof reproducibleReport>;

/** The paired difference second - first of two runs on the same documents. */
export const scoreDifference = estimates.extend({
  first: runId,
  second: runId,
  split: scoredSplit,
  semeval: z.record(z.enum(semevalSchemes), ratios),
  command: z.string(),
});
export type ScoreDifferenceView = z.infer<typeof scoreDifference>;

const toolRow = z.object({
  name: z.string(),
  precision: z.number(),
  recall: z.number(),
  f1: z.number(),
  counts: z.record(z.string(), count),
});

/** A score as another tool gives it; see worker/domain/tool-score. */
export const toolScore = z.object({
  convention: z.enum(toolConventions),
  description: z.string(),
  sentences: count,
  overall: z.array(toolRow).readonly(),
  perLabel: z.array(z.object({ label: z.string(), rows: z.array(toolRow).readonly() })).readonly(),
});
export type ToolScoreView = z.infer<typeof toolScore>;

const plainRatios = z.object({ precision: z.number(), recall: z.number(), f1: z.number() });

/** Two folders of annotations of the same notes; precision and recall are those of the second against the first. */
export const fileScores = z.object({
  documents: z.array(
    z.object({ name: z.string(), first: count, second: count, strict: plainRatios, lenient: plainRatios }),
  ),
  /** None of these is scored. */
  unmatched: z.object({
    onlyFirst: z.array(z.string()).readonly(),
    onlySecond: z.array(z.string()).readonly(),
    otherText: z.array(z.string()).readonly(),
  }),
  score,
  report: reproducibleReport,
  tool: toolScore.nullable(),
});
export type FileScoresView = z.infer<typeof fileScores>;
