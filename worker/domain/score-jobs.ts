/** Jobs that only score: what they take and what they end with. A part of the protocol. */
import { z } from 'zod';
import { formatNames } from './document.ts';
import type { GateGroups } from './gate-export.ts';
import type { ComponentGates } from './inspection.ts';
import type { FileScore, Unmatched } from './file-score.ts';
import type { ScoreDifference, ScoreReport } from './score-report.ts';
import type { Score } from './scores.ts';
import { strictSchemes, toolConventions, type ToolScore } from './tool-score.ts';

/** How intervals are drawn; 2,000 resamples with seed 1 when absent. */
export const bootstrapSchema = z.strictObject({ draws: z.int().min(100).max(100_000), seed: z.int() });

const countSchema = z.int().min(0);
const evidenceSchema = z.object({
  fingerprint: z.string(),
  labels: z.record(
    z.string(),
    z.object({ gold: countSchema, predicted: countSchema, strict: countSchema, lenient: countSchema }),
  ),
  kinds: z.object({
    correct: countSchema,
    missed: countSchema,
    spurious: countSchema,
    label: countSchema,
    boundary: countSchema,
    both: countSchema,
  }),
});
/** The paired difference second - first; the same documents in the same order. */
export const compareJobSchema = z.strictObject({
  kind: z.literal('compare'),
  first: z.array(evidenceSchema).min(1),
  second: z.array(evidenceSchema).min(1),
  bootstrap: bootstrapSchema.optional(),
});

const annotatedFiles = z.strictObject({ format: z.enum(['auto', ...formatNames]), paths: z.array(z.string()).min(1) });
/** Scores the annotations of one folder against those of another, of the same notes. */
export const scoreFilesJobSchema = z.strictObject({
  kind: z.literal('score-files'),
  first: annotatedFiles,
  second: annotatedFiles,
  /** Overlaps of the first are flattened as gold is; without, every annotation counts. */
  flatten: z.boolean(),
  convention: z.enum(toolConventions).optional(),
  /** How a strict convention reads the tags of column files; IOB2 when absent. */
  scheme: z.enum(strictSchemes).optional(),
  bootstrap: bootstrapSchema.optional(),
});

/** Writes the gates of the streamed documents: gates.json, gates.xlsx and pictures. */
export const exportGatesJobSchema = z.strictObject({
  kind: z.literal('export-gates'),
  model: z.instanceof(Uint8Array),
  outFolder: z.string(),
  source: z.strictObject({
    run: z.string(),
    recipe: z.string(),
    modelHash: z.string(),
    split: z.string(),
    command: z.string(),
  }),
  /** Target labels that the source has too. */
  sharedLabels: z.array(z.string()),
  /** Whether tokens may be written in words. */
  text: z.boolean(),
});

export interface ExportGatesResult {
  readonly means: ComponentGates[];
  readonly groups: GateGroups[];
  readonly files: string[];
}

export interface CompareResult {
  readonly difference: ScoreDifference;
}

export interface ScoreFilesResult {
  readonly documents: FileScore[];
  readonly unmatched: Unmatched;
  readonly score: Score;
  readonly report: ScoreReport;
  /** Null where no other convention was asked for. */
  readonly tool: ToolScore | null;
}
