/** Recipes: the names that exist, their keys, and a named recipe with settings over it. */
import { parseRecipe, type Recipe, recipeKeys, withSettings } from '../../worker/domain/recipe.ts';
import { recipeAdvice } from '../../worker/domain/recipe-presets.ts';
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

/** A recipe given by name or as a whole, with settings over it. @throws AppError `recipe-unknown`, `recipe-invalid`. */
export function resolveRecipe(recipe: string | Record<string, unknown>, settings: readonly string[]): Recipe {
  return withSettings(typeof recipe === 'string' ? recipeNamed(recipe) : parseRecipe(recipe), settings);
}
