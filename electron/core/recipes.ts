/** Recipes: the names that exist, their keys, and a named recipe with settings over it. */
import { parseRecipe, type Recipe, recipeKeys, withSettings } from '../../worker/domain/recipe.ts';
import { AppError } from '../../worker/domain/errors.ts';
import { recipeAdvice } from '../../worker/domain/recipe-presets.ts';
import type { StudySpec } from '../../worker/domain/study.ts';
import { withFeatures } from '../../worker/domain/token-features.ts';
import { recipeNamed, recipeNames } from '../../worker/domain/zoo.ts';
import type { CallOutput } from '../api/contract.ts';

/** Keys that name or define a recipe; changing them by a setting would make another recipe. */
const identity = /^(schema|name|tasks|sharing)(\.|$)/;

/** Every recipe with its sharing, and the keys that settings may change with their defaults those of the baseline. */
export function listRecipes(): CallOutput<'recipes.list'> {
  return {
    recipes: recipeNames.map((name) => {
      const recipe = recipeNamed(name);
      return { name, tasks: recipe.tasks, sharing: recipe.sharing, advice: recipeAdvice(name) };
    }),
    keys: recipeKeys(recipeNamed('baseline'))
      .filter(([path]) => !identity.test(path))
      .map(([path, value]) => ({ path, default: value })),
  };
}

/** A recipe that a study names: one of its own, or of the zoo. @throws AppError `recipe-unknown`, `recipe-invalid`. */
export function studyRecipe(
  { ownRecipes, features }: Pick<StudySpec, 'ownRecipes' | 'features'>,
  name: string,
  settings: readonly string[],
): Recipe {
  return withFeatures(resolveRecipe(ownRecipes?.[name] ?? name, settings), features);
}

/**
 * The names of a study's own recipes.
 * @throws AppError `recipe-invalid` for one that is no recipe, goes by another name inside, or has the name of one of the zoo.
 */
export function ownRecipeNames({ ownRecipes = {} }: Pick<StudySpec, 'ownRecipes'>): string[] {
  for (const [name, given] of Object.entries(ownRecipes)) {
    const recipe = parseRecipe(given);
    if (recipe.name === name && !recipeNames.includes(name)) continue;
    throw new AppError('recipe-invalid', `A recipe of your own is called "${recipe.name}", as another one is.`, {
      details: { nextStep: 'Give it a name of its own: `"name"` in its file.' },
    });
  }
  return Object.keys(ownRecipes);
}

/** A recipe given by name or as a whole, with settings over it. @throws AppError `recipe-unknown`, `recipe-invalid`. */
export function resolveRecipe(recipe: string | Record<string, unknown>, settings: readonly string[]): Recipe {
  return withSettings(typeof recipe === 'string' ? recipeNamed(recipe) : parseRecipe(recipe), settings);
}
