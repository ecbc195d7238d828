/** Studies: many trainings with one question. What each kind is made of, what one trial is, and how a glob names recipes. */
import { z } from 'zod';
import { AppError } from './errors.ts';
import { searchPlanSchema } from './search-trial.ts';
import { sourceNameSchema } from './task-names.ts';
import { recipeNames } from './zoo.ts';

export const studyKinds = ['curve', 'sweep', 'search'] as const;
export type StudyKind = (typeof studyKinds)[number];

const recipe = z.string().min(1);
const seed = z.int().min(0);
/** A share of the target's training documents, above 0 up to 1. */
const fraction = z.number().positive().max(1);
const common = {
  /** `path=value` over every recipe of the study. */
  settings: z.array(z.string()).default([]),
  /** Recipes of the team's own beside the zoo's, whole and by their names, which the study's recipes may say. */
  ownRecipes: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
  /** The sources that recipes with a source learn from; all of the project when left out. */
  sources: z.array(sourceNameSchema).min(1).optional(),
  /** A file of word vectors. */
  embeddings: z.string().min(1).optional(),
  /** The folder of token features that every recipe reads. */
  features: z.string().min(1).optional(),
  /** Keep the model of every trial in the project; without it only scores and epochs are kept. */
  keepModels: z.boolean().default(false),
};
const recipesAndSeeds = {
  recipes: z.array(recipe).min(1).max(200),
  /** Each recipe (and fraction) is trained once a seed; the seed also chooses the documents of a fraction. */
  seeds: z.array(seed).min(1).max(50),
};

/** Recipes at growing shares of the target's training documents. */
export const curveSpecSchema = z.strictObject({
  kind: z.literal('curve'),
  ...recipesAndSeeds,
  fractions: z.array(fraction).min(2).max(20),
  ...common,
});
/** Recipes beside each other on the same documents. */
export const sweepSpecSchema = z.strictObject({
  kind: z.literal('sweep'),
  ...recipesAndSeeds,
  targetFraction: fraction.default(1),
  ...common,
});
/** One recipe whose settings are searched. */
export const searchSpecSchema = z.strictObject({
  kind: z.literal('search'),
  recipe,
  trials: z.int().min(1).max(10000),
  seed: seed.default(1),
  targetFraction: fraction.default(1),
  search: searchPlanSchema.prefault({}),
  ...common,
});
export const studySpecSchema = z.discriminatedUnion('kind', [curveSpecSchema, sweepSpecSchema, searchSpecSchema]);
export type CurveSpec = z.infer<typeof curveSpecSchema>;
export type SweepSpec = z.infer<typeof sweepSpecSchema>;
export type SearchSpec = z.infer<typeof searchSpecSchema>;
export type StudySpec = z.infer<typeof studySpecSchema>;
/** A specification as it is given: defaults may be left out. */
export type StudySpecInput = z.input<typeof studySpecSchema>;

/** One training of a study, before it is run. */
export interface NewTrial {
  readonly recipe: string;
  /** All of them, the study's own included. */
  readonly settings: readonly string[];
  readonly seed: number;
  readonly targetFraction: number;
  /** Where in a search space it lies, as the search wrote it; null in other studies. */
  readonly point: unknown;
}

/**
 * `waiting`: not begun, or begun and lost with its process. `stopped`: ended early because it was hopeless; its epochs count.
 */
export const trialStatuses = ['waiting', 'running', 'done', 'stopped', 'failed'] as const;
export type TrialStatus = (typeof trialStatuses)[number];

/** Strict and lenient hits of one label in one document: label, gold, predicted, strict, lenient. */
export type LabelCountRow = readonly [label: string, gold: number, predicted: number, strict: number, lenient: number];

/**
 * The recipe names that patterns such as `ttn-*` or `dtn` name, in the order of the patterns and each once. `*` stands for any letters,
 * `?` for one; case does not matter.
 * @throws AppError `recipe-unknown` for a pattern that names none.
 */
export function recipesMatching(patterns: readonly string[], names: readonly string[] = recipeNames): string[] {
  const wanted = new Set<string>();
  for (const pattern of patterns) {
    const found = names.filter((name) => globExpression(pattern).test(name));
    if (found.length === 0) {
      throw new AppError('recipe-unknown', `No recipe is called "${pattern}".`, {
        details: {
          nextStep: '`notegraft recipes` lists the names; * stands for letters up to a hyphen, as in ttn-* or ttn-H*.',
        },
      });
    }
    for (const name of found) wanted.add(name);
  }
  return [...wanted];
}

/** `*` stops at a hyphen, so that `ttn-*` are the 27 of the paper and `ttn-*-crf` those with a CRF. */
function globExpression(pattern: string): RegExp {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '[^-]*')
    .replace(/\?/g, '.');
  return new RegExp(`^${escaped}$`, 'i');
}
