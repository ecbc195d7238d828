/** Calls of the wizard: its draft, looking at folders, label statistics, splits, label map, documents. */
import { z } from 'zod';
import { formatNames } from '../../worker/domain/document.ts';
import {
  annotationCounts,
  auditKind,
  auditRow,
  count,
  formatChoice,
  page,
  path,
  role,
  share,
  sourceName,
  split,
} from './views.ts';

const nothing = z.strictObject({});

export const wizardSteps = ['source', 'target', 'splits', 'labels', 'embeddings', 'model', 'summary'] as const;

/** Left out: the project's only source, or the one without a name of its own. */
const ofSource = z.strictObject({ source: sourceName.optional() });

const chosenFolder = z.strictObject({ folder: path, format: formatChoice });

/** What was chosen so far; the label map is kept apart, see `labelMap.save`. */
export const wizardDraft = z.strictObject({
  step: z.enum(wizardSteps).default('source'),
  /** Steps that the user has gone on from; a default counts as chosen once it has been seen. */
  visited: z.array(z.enum(wizardSteps)).default([]),
  /** The folder of the source without a name of its own. */
  source: chosenFolder.nullable().default(null),
  /** The named sources that are being set up, each with the folder that was chosen last. */
  sources: z.array(z.strictObject({ name: sourceName, folder: chosenFolder.nullable() })).default([]),
  target: chosenFolder.nullable().default(null),
  splits: z.strictObject({ dev: share, test: share, seed: z.int() }).nullable().default(null),
  embeddings: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('none') }),
      z.strictObject({ kind: z.literal('file'), path }),
      /** Trained in this project; `reference` as `embeddings.list` has it. */
      z.strictObject({ kind: z.literal('own'), reference: z.string() }),
    ])
    .default({ kind: 'none' }),
  /** The folder of token features; null for none. */
  features: path.nullable().default(null),
  /** The sources that the training learns from; null for all of the project, whichever come. */
  learnsFrom: z.array(sourceName).nullable().default(null),
  recipe: z.string().nullable().default(null),
  settings: z.array(z.string()).default([]),
  seed: z.int().default(1),
  targetFraction: z.number().positive().max(1).default(1),
});
export type WizardDraft = z.infer<typeof wizardDraft>;

/** Source label to target label; null keeps the source label separate. */
export const labelMap = z.record(z.string(), z.string().nullable());
export type LabelMap = z.infer<typeof labelMap>;

const labelShares = z.object({ label: z.string(), train: count, dev: count, test: count });

export const example = z.object({
  document: z.int(),
  name: z.string(),
  start: count,
  end: count,
  left: z.string(),
  span: z.string(),
  right: z.string(),
});

const spanView = z.object({
  start: count,
  end: count,
  label: z.string(),
  fragments: z
    .array(z.tuple([count, count]).readonly())
    .readonly()
    .optional(),
});

export const setupCalls = {
  /** The draft as it was saved last; defaults in a new project. */
  'wizard.get': { input: nothing, output: z.object({ draft: wizardDraft, savedAt: z.string().nullable(), labelMap }) },
  'wizard.save': { input: z.strictObject({ draft: wizardDraft }), output: z.object({ savedAt: z.string() }) },

  /** Looks at a folder before it is imported: reads at most `documents` documents, stores nothing. */
  'corpora.detect': {
    input: z.strictObject({
      folder: path,
      format: formatChoice.default('auto'),
      documents: z.int().min(0).max(1000).default(50),
    }),
    output: z.object({
      format: z.enum(formatNames),
      /** Documents (for columns: files) found. */
      documents: count,
      files: count,
      withoutPartner: count,
      /** Folders inside that are called after a split (train, dev, test, validation …), each to be imported by itself. */
      parts: z.array(z.object({ split, folder: path })),
      preview: z.object({
        documents: count,
        failed: count,
        annotations: annotationCounts,
        labels: z.array(z.object({ label: z.string(), count })),
        audit: z.object({ rows: count, kinds: z.array(auditKind), first: z.array(auditRow) }),
      }),
    }),
  },
  'corpora.labels': {
    input: z.strictObject({ role }),
    output: z.object({
      documents: z.array(z.object({ split: split.nullable(), documents: count })),
      labels: z.array(
        z.object({
          label: z.string(),
          spans: count,
          documents: count,
          bySplit: z.array(z.object({ split: split.nullable(), spans: count, documents: count })),
        }),
      ),
    }),
  },
  /** Examples from different documents where there are enough. */
  'corpora.examples': {
    input: z.strictObject({
      role,
      label: z.string(),
      split: split.optional(),
      limit: z.int().min(1).max(100).default(5),
    }),
    output: z.object({ examples: z.array(example) }),
  },
  /**
   * Shares out a role's documents again. Documents whose import named a split, and notes promoted from review, keep theirs unless
   * `all`; a preview stores nothing.
   */
  'corpora.resplit': {
    input: z.strictObject({
      role,
      dev: share,
      test: share,
      seed: z.int(),
      all: z.boolean().default(false),
      preview: z.boolean().default(false),
    }),
    output: z.object({
      train: count,
      dev: count,
      test: count,
      kept: count,
      /** Spans by split. */
      labels: z.array(labelShares),
      /** Runs of this project that were trained on other splits; their scores do not compare. */
      runs: count,
    }),
  },
  /** Takes an import back with its documents. */
  'corpora.remove': {
    input: z.strictObject({ import: z.int() }),
    output: z.object({ documents: count, annotations: count }),
  },
  'documents.list': {
    input: page.extend({
      role,
      split: split.optional(),
      /** Only documents that hold this label. */
      label: z.string().optional(),
      /** Part of the name. */
      name: z.string().optional(),
    }),
    output: z.object({
      total: count,
      documents: z.array(
        z.object({
          document: z.int(),
          name: z.string(),
          split: split.nullable(),
          tokens: count,
          sentences: count,
          spans: count,
          import: z.int(),
          /** The note it was promoted from, or null. */
          note: z.int().nullable(),
        }),
      ),
    }),
  },
  'documents.get': {
    input: z.strictObject({ document: z.int() }),
    output: z.object({
      document: z.int(),
      role,
      split: split.nullable(),
      name: z.string(),
      format: z.string(),
      text: z.string(),
      spans: z.array(spanView),
      /** Offsets where the sentences start and end. */
      sentences: z.array(z.tuple([count, count])),
    }),
  },

  /** Of the source that is named, else of the project's only one. */
  'labelMap.get': {
    input: ofSource,
    output: z.object({
      source: z.string(),
      /** Every label of the source is a key. */
      map: labelMap,
      targets: z.array(z.string()),
    }),
  },
  /** Source labels that are not named keep what they had. */
  'labelMap.save': {
    input: ofSource.extend({ map: labelMap }),
    output: z.object({ source: z.string(), map: labelMap }),
  },
  /** At most three target labels a source label, best first; none where nothing speaks for one. */
  'labelMap.suggest': {
    input: ofSource,
    output: z.object({
      source: z.string(),
      suggestions: z.array(
        z.object({
          source: z.string(),
          target: z.string(),
          /** 0..1. */
          score: z.number(),
          nameScore: z.number(),
          overlapScore: z.number(),
          reason: z.string(),
        }),
      ),
    }),
  },
};
