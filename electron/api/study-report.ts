/** Reports on studies as they cross: learning curves with their law, ranked tables of sweeps. `f1` is strict, on the test documents, 0..1; accuracy where that is the figure. */
import { z } from 'zod';
import { count, figure } from './views.ts';

/** A number with its 95 % interval: test documents and seeds drawn anew. */
const interval = z.object({ value: z.number(), low: z.number(), high: z.number() });

/** Trainings that differ in their seed alone. */
const cell = z.object({
  /** Micro F1, mean over the seeds. */
  f1: interval,
  /** Means over the seeds: macro F1 on test, micro F1 on dev. */
  macro: z.number(),
  dev: z.number(),
  seeds: z.array(z.object({ seed: z.int(), trial: count, f1: z.number() })),
});
export type StudyCell = z.infer<typeof cell>;

const basis = z.object({
  figure,
  /** Test documents. */
  documents: count,
  draws: count,
  /** Why the intervals are not to be relied on; null where they are. */
  caution: z.string().nullable(),
  /** What the numbers say, a sentence each. */
  statements: z.array(z.string()),
});

const curvePoint = cell.extend({
  fraction: z.number(),
  /** Target training documents. */
  size: count,
  /** Less the reference's F1 at the same fraction, paired; null for the reference itself. */
  difference: interval.nullable(),
  /** Labels of the test documents that the training documents of some seeds hold no entity of. */
  missing: z.array(z.object({ label: z.string(), seeds: z.array(z.int()) })),
});
export type CurvePointView = z.infer<typeof curvePoint>;

const curveReport = basis.extend({
  kind: z.literal('curve'),
  /** The first recipe, which the others are compared with. */
  reference: z.string(),
  curves: z.array(
    z.object({
      recipe: z.string(),
      points: z.array(curvePoint),
      /** error(n) = scale · n^−exponent + floor; null with one size. */
      law: z.object({ scale: z.number(), exponent: z.number(), floor: z.number() }).nullable(),
      /** Along the law, for a chart. */
      line: z.array(z.object({ size: z.number(), f1: z.number() })),
      /** F1 at the largest size less that at the smallest. */
      rise: interval,
      /** What 2 points more would take, in documents; null: more than these data can say. */
      more: z.object({
        from: count,
        f1: z.number(),
        notes: count.nullable(),
        low: count.nullable(),
        high: count.nullable(),
        verdict: z.enum(['told', 'at-least', 'no-gain-seen', 'too-few-sizes']),
      }),
      statement: z.string(),
    }),
  ),
});
export type CurveReport = z.infer<typeof curveReport>;

const sweepRow = cell.extend({
  rank: count,
  recipe: z.string(),
  /** Less the best's F1, paired; null for the best. Where it reaches 0 the two cannot be told apart. */
  behind: interval.nullable(),
  /** Less the F1 of {@link targetOnly}, paired: what transfer brings where it lies above 0; null for that recipe and where there is none. */
  above: interval.nullable(),
});
export type SweepRow = z.infer<typeof sweepRow>;

const sweepReport = basis.extend({
  kind: z.literal('sweep'),
  /** Best first, by F1 on test. */
  rows: z.array(sweepRow),
  best: z.string(),
  worst: z.string(),
  /** The best of the recipes that learn from no source; null where the sweep has none. */
  targetOnly: z.string().nullable(),
  /** The best by dev: what a user without the test documents would choose. */
  chosenByDev: z.string(),
  /** Over the recipes' F1, as in the TTN paper; the deviation is null for one recipe. */
  mean: z.number(),
  deviation: z.number().nullable(),
});
export type SweepReport = z.infer<typeof sweepReport>;

export const studyReport = z.discriminatedUnion('kind', [curveReport, sweepReport]);
export type StudyReport = z.infer<typeof studyReport>;
