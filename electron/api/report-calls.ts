/** Calls of the run page: what an inspected run got right and wrong, its gates, and runs beside each other. */
import { z } from 'zod';
import { gateGroups } from '../../worker/domain/gate-export.ts';
import { components } from '../../worker/domain/recipe.ts';
import { reproducibleReport, scoreDifference } from './score-views.ts';
import { bootstrap, count, page, path, runId, score, scoredSplit, sourceName } from './views.ts';

const ofRun = z.strictObject({ run: runId, split: scoredSplit });
/** Left out: the project's only source, or the one without a name of its own. */
const ofRunAndSource = z.strictObject({ run: runId, source: sourceName.optional() });

export const errorKinds = ['missed', 'spurious', 'label', 'boundary', 'both'] as const;
const errorKind = z.enum(errorKinds);

const comparedLabel = z.object({
  /** Null: micro average over all labels, or accuracy. */
  label: z.string().nullable(),
  support: count,
  /** One entry a run, in the order asked for; deltas against the first. Null where the run knows no such label. */
  runs: z.array(
    z.object({ strict: z.number(), lenient: z.number(), strictDelta: z.number(), lenientDelta: z.number() }).nullable(),
  ),
});

/** Shares 0..1 of what reaches the next component; they add up to 1. `independent` is null where there is no such copy. */
const gateShares = z.object({ soft: z.number(), hard: z.number(), independent: z.number().nullable() });
export type GateShares = z.infer<typeof gateShares>;

export const gateMeans = z.object({
  component: z.enum(components),
  /** Gold labels, and `O` for the tokens outside. */
  labels: z.array(gateShares.extend({ label: z.string(), tokens: count })),
});
export type GateMeans = z.infer<typeof gateMeans>;

/** Means over labels that the source shares (of the same name, or by the label map), that only the target has, and outside. */
const groupedGates = z.object({
  component: z.enum(components),
  groups: z.array(gateShares.extend({ group: z.enum(gateGroups), tokens: count })).readonly(),
});
export type GroupedGates = z.infer<typeof groupedGates>;

const retention = z.object({
  run: runId,
  source: z.string(),
  /** Source labels with the target labels that they were read as. */
  mapped: z.record(z.string(), z.string()),
  command: z.string(),
  transfer: reproducibleReport,
  sourceOnly: reproducibleReport,
  difference: scoreDifference.pick({ strict: true, lenient: true, cautions: true }),
});
export type RetentionView = z.infer<typeof retention>;

export const reportCalls = {
  /** Has the run's model tag the target's dev and test documents and keeps the result; done by itself at the end of a training. */
  'runs.inspect': {
    input: z.strictObject({ run: runId }),
    output: z.object({ run: runId, splits: z.array(scoredSplit), documents: count }),
  },
  'runs.labels': { input: ofRun, output: score },
  /** The score with 95 % intervals; made by itself at the end of a training, and by `evaluation.evaluate`. */
  'runs.report': { input: ofRun, output: reproducibleReport },
  /** Second - first, paired by document. Refused where the two were not scored on the same documents. */
  'runs.difference': {
    input: z.strictObject({ first: runId, second: runId, split: scoredSplit, bootstrap: bootstrap.optional() }),
    output: scoreDifference,
  },
  'runs.compare': {
    input: z.strictObject({ runs: z.array(runId).min(1).max(20), split: scoredSplit }),
    output: z.object({
      runs: z.array(z.object({ run: runId, recipe: z.string(), seed: z.int(), targetFraction: z.number() })),
      /** That the first was scored on. */
      documents: count,
      labels: z.array(comparedLabel),
    }),
  },
  /** `overlap` pairs spans that share a character, `exact` only equal boundaries. */
  'runs.confusion': {
    input: ofRun.extend({ match: z.enum(['overlap', 'exact']).default('overlap') }),
    output: z.object({
      labels: z.array(z.string()),
      /** `gold` null: spurious; `predicted` null: missed. Only cells that are not zero. */
      cells: z.array(z.object({ gold: z.string().nullable(), predicted: z.string().nullable(), count })),
    }),
  },
  /** In the order of the documents. `label` is a gold or a predicted label. */
  'runs.errors': {
    input: page.extend({
      run: runId,
      split: scoredSplit,
      kind: errorKind.optional(),
      label: z.string().optional(),
      document: z.int().optional(),
    }),
    output: z.object({
      total: count,
      /** Of all errors of the split, whatever the filter. */
      kinds: z.array(z.object({ kind: errorKind, count })),
      errors: z.array(
        z.object({
          error: z.int(),
          kind: errorKind,
          document: z.int(),
          name: z.string(),
          gold: z.object({ start: count, end: count, label: z.string() }).nullable(),
          predicted: z.object({ start: count, end: count, label: z.string(), confidence: z.number() }).nullable(),
          left: z.string(),
          span: z.string(),
          right: z.string(),
        }),
      ),
    }),
  },
  /** Means over the tokens of a split; empty for recipes without gates. */
  'runs.gates': { input: ofRun, output: z.object({ components: z.array(gateMeans), groups: z.array(groupedGates) }) },
  /**
   * Writes gates.json, gates.xlsx and pictures of the run's gates on the documents that are in the split now. `command` is named in the
   * files; left out, the one that writes the same.
   */
  'runs.exportGates': {
    input: ofRun.extend({ outFolder: path, text: z.boolean(), command: z.string().optional() }),
    output: z.object({ means: z.array(gateMeans), groups: z.array(groupedGates), files: z.array(path) }),
  },
  /** Which source each document of a split looks like to the run's experts: mean shares of the gate, in the order of `sources`. */
  'runs.experts': {
    input: ofRun.extend({ features: path.optional() }),
    output: z.object({
      sources: z.array(z.string()),
      documents: z.array(z.object({ document: z.int(), name: z.string(), tokens: count, shares: z.array(z.number()) })),
      labels: z.array(z.object({ label: z.string(), tokens: count, shares: z.array(z.number()) })),
    }),
  },
  /** Each token of one sentence of a target document, counted from 0. */
  'runs.tokenGates': {
    input: z.strictObject({ run: runId, document: z.int(), sentence: count }),
    output: z.object({
      sentences: count,
      tokens: z.array(
        z.object({
          start: count,
          end: count,
          text: z.string(),
          gold: z.string().nullable(),
          predicted: z.string().nullable(),
          /** In the order of the gated components. */
          gates: z.array(gateShares),
        }),
      ),
      components: z.array(z.enum(components)),
    }),
  },
  /**
   * Source against target: the run's tagger on the source documents, their labels seen through the label map. Needs a label map;
   * `trainedOn`: these documents were in the training of the run, so the score says what was retained, not what generalises.
   */
  'runs.source': {
    input: ofRunAndSource,
    output: z.object({ source: z.string(), score, trainedOn: z.boolean(), mapped: z.record(z.string(), z.string()) }),
  },
  /**
   * Retention: the run's tagger on the source's test documents through the label map, beside a model of the same settings that is trained
   * for this on the source alone; takes as long as that training. `difference`: transfer - source-only, paired by document.
   */
  'runs.retention': { input: ofRunAndSource, output: retention },
  /** What `runs.retention` found last; null where it was not asked for since the run's last training. */
  'runs.keptRetention': {
    input: z.strictObject({ run: runId }),
    output: z.object({ retention: retention.nullable() }),
  },
};
