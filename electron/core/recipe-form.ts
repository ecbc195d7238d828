/** The recipe as a form: fields with the schema's own bounds and defaults, the grid of relations, and presets. */
import { z } from 'zod';
import { components, recipeSchema, type Sharing } from '../../worker/domain/recipe.ts';
import {
  formGroups,
  keyExplanations,
  relationSentence,
  relationSharing,
  relationTitles,
} from '../../worker/domain/recipe-form.ts';
import { recipePresets } from '../../worker/domain/recipe-presets.ts';
import { decoderWays, recipeNamed, recipeNames } from '../../worker/domain/zoo.ts';
import type { CallOutput, CheckedInput } from '../api/contract.ts';
import { gridChoice, type RecipeField } from '../api/recipe-calls.ts';

/** A number in JSON schema, as far as a form asks. */
const numberSchema = z.object({
  type: z.enum(['integer', 'number']),
  default: z.number(),
  minimum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMaximum: z.number().optional(),
});
const sectionSchema = z.object({ properties: z.record(z.string(), z.unknown()) });

/** Everything a window needs to draw advanced settings without knowing a key by name. */
export function recipeForm(): CallOutput<'recipes.form'> {
  const schema = z.toJSONSchema(recipeSchema, { io: 'input' });
  const sections = schema.properties ?? {};
  const fields = formGroups.flatMap(({ group }) =>
    Object.entries(sectionSchema.parse(sections[group]).properties)
      .filter(([, value]) => numberSchema.safeParse(value).success)
      .map(([key, value]) => fieldOf(group, key, value)),
  );
  const relations = components.flatMap((component) =>
    gridChoice.options.map((choice) => ({
      component,
      choice,
      title: relationTitles[choice],
      explanation: relationSentence(component, choice),
    })),
  );
  const presets = recipePresets.map((preset) => ({ ...preset, ways: decoderWays(preset.recipe) }));
  return { groups: [...formGroups], fields, relations, presets };
}

/** JSON schema writes the range of safe integers as a bound; nobody would choose it. */
function isBound(value: number | undefined): value is number {
  return value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER;
}

function fieldOf(group: string, key: string, schema: unknown): RecipeField {
  const field = numberSchema.parse(schema);
  const path = `${group}.${key}`;
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = field;
  const lowest = isBound(exclusiveMinimum) ? exclusiveMinimum : minimum;
  const highest = isBound(exclusiveMaximum) ? exclusiveMaximum : maximum;
  return {
    path,
    group,
    type: field.type,
    minimum: isBound(lowest) ? lowest : null,
    minimumIsExclusive: isBound(exclusiveMinimum),
    maximum: isBound(highest) ? highest : null,
    maximumIsExclusive: isBound(exclusiveMaximum),
    default: field.default,
    explanation: keyExplanations[path] ?? '',
  };
}

/** Recipes that a grid may mean: TTN and DTN, with either decoder. */
const gridRecipes = recipeNames.filter((name) => /^(ttn|dtn)(-|$)/.test(name));

/** The recipe that the choices mean: one that has a name where there is one, else a named one with its sharing changed. */
export function recipeOfGrid(grid: CheckedInput<'recipes.grid'>): CallOutput<'recipes.grid'> {
  const sharing = Object.fromEntries(components.map((component) => [component, relationSharing[grid[component]]]));
  const named = gridRecipes.find((name) => {
    const { sharing: own, decoder } = recipeNamed(name);
    const isAlike = components.every((component) => isSame(own[component], relationSharing[grid[component]]));
    return isAlike && decoder.kind === grid.decides;
  });
  if (named !== undefined) return { recipe: named, settings: [] };
  return {
    recipe: grid.decides === 'crf' ? 'dtn-hs-crf' : 'dtn-hs',
    settings: [
      'name=own-grid',
      ...components.map((component) => `sharing.${component}=${JSON.stringify(sharing[component])}`),
    ],
  };
}

function isSame(a: Sharing, b: Sharing): boolean {
  if (a.kind !== 'gated' || b.kind !== 'gated') return a.kind === b.kind;
  return a.independent === b.independent && a.gate === b.gate;
}
