/** Calls on recipes: those that there are, what a setting makes of one, the wizard's form and grid, and what a training would cost. */
import { z } from 'zod';
import { components, decoderKinds, recipeSchema } from '../../worker/domain/recipe.ts';
import { count, recipeChoice, recipeEntry, sourceName } from './views.ts';

const nothing = z.strictObject({});

/** Relations of the wizard's grid: `gated` is DTN's with an independent copy, `gated-hs` DTN(HS)'s without. */
export const gridChoice = z.enum(['independent', 'soft', 'hard', 'gated', 'gated-hs']);
export type GridChoice = z.infer<typeof gridChoice>;

/** A name of a model, and what decides its tags under that name. */
export const decoderWay = z.object({ recipe: z.string(), decides: z.enum(decoderKinds) });

/** One key of a recipe as a form field. */
export const recipeField = z.object({
  path: z.string(),
  group: z.string(),
  type: z.enum(['integer', 'number']),
  /** Bounds as the schema has them; exclusive where said. */
  minimum: z.number().nullable(),
  minimumIsExclusive: z.boolean(),
  maximum: z.number().nullable(),
  maximumIsExclusive: z.boolean(),
  default: z.number(),
  explanation: z.string(),
});
export type RecipeField = z.infer<typeof recipeField>;

export const recipeCalls = {
  'recipes.list': {
    input: nothing,
    output: z.object({
      recipes: z.array(recipeEntry),
      keys: z.array(z.object({ path: z.string(), default: z.unknown() })),
    }),
  },
  'recipes.resolve': {
    input: z.strictObject({ recipe: z.string(), settings: z.array(z.string()) }),
    /** `ways`: its name, then the same model with the other decoder, where it comes with two. */
    output: z.object({ recipe: recipeSchema, ways: z.array(decoderWay) }),
  },

  'recipes.form': {
    input: nothing,
    output: z.object({
      groups: z.array(z.object({ group: z.string(), title: z.string(), explanation: z.string() })),
      fields: z.array(recipeField),
      relations: z.array(
        z.object({ component: z.enum(components), choice: gridChoice, title: z.string(), explanation: z.string() }),
      ),
      presets: z.array(
        z.object({
          recipe: z.string(),
          title: z.string(),
          explanation: z.string(),
          needsSource: z.boolean(),
          /** Shown at once; the others when asked for. */
          isFirst: z.boolean(),
          /** Itself, then the same model with the other decoder, where it comes with two. */
          ways: z.array(decoderWay),
        }),
      ),
    }),
  },
  /** The recipe of a grid: a name, and the settings over it where no recipe has that name. `decides`: what decides the tags. */
  'recipes.grid': {
    input: z.strictObject({
      characterEncoder: gridChoice,
      wordEncoder: gridChoice,
      decoder: gridChoice,
      decides: z.enum(['crf', 'tag-lstm']).default('crf'),
    }),
    output: z.object({ recipe: z.string(), settings: z.array(z.string()) }),
  },

  /** Time and memory of a training, measured on this machine with the project's own documents. */
  'training.estimate': {
    input: z.strictObject({
      recipe: recipeChoice,
      settings: z.array(z.string()).default([]),
      targetFraction: z.number().positive().max(1).default(1),
      seed: z.int().default(1),
      sources: z.array(sourceName).min(1).optional(),
      /** Word vectors, as a training takes them. */
      embeddings: z.string().min(1).optional(),
      /** A folder of token features, likewise; it is not read. */
      features: z.string().min(1).optional(),
    }),
    output: z.object({
      parameters: count,
      /** What a training is expected to take, beyond what is in use already; it says the same before it starts. */
      memoryBytes: count,
      secondsPerEpoch: z.number(),
      /** If every epoch is run; patience usually ends it earlier. */
      secondsAtMost: z.number(),
      epochsAtMost: count,
      tokensPerSecond: z.number(),
      backend: z.string(),
      threads: count,
      /** When the probe ran; an earlier one of the same shape is used again. */
      measuredAt: z.string(),
    }),
  },
};
