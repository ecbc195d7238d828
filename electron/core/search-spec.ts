/** A search's specification made definite: its recipe by name, its space written out and checked. */
import { AppError } from '../../worker/domain/errors.ts';
import type { Recipe } from '../../worker/domain/recipe.ts';
import { defaultSearchSpace } from '../../worker/domain/search-defaults.ts';
import {
  keysOf,
  parseSearchSpace,
  type SearchSpace,
  type SearchValues,
  valuesOf,
} from '../../worker/domain/search-space.ts';
import { recipesMatching, type SearchSpec } from '../../worker/domain/study.ts';
import { recipeNames } from '../../worker/domain/zoo.ts';
import { ownRecipeNames, studyRecipe } from './recipes.ts';

/**
 * The recipe by its name and the space written out. A space that was not given leaves out what the settings fix.
 * @throws AppError `recipe-unknown`, `recipe-invalid`, `search-space-invalid`, also where a given space holds what the settings fix.
 */
export function definiteSearch(spec: SearchSpec): SearchSpec {
  const [name = spec.recipe] = recipesMatching([spec.recipe], [...ownRecipeNames(spec), ...recipeNames]);
  const recipe = studyRecipe(spec, name, spec.settings);
  return { ...spec, recipe: name, search: { ...spec.search, space: definiteSpace(spec, recipe) } };
}

/** The space of a definite specification. @throws AppError `search-space-invalid`. */
export function spaceOf(spec: SearchSpec): SearchSpace {
  return parseSearchSpace(spec.search.space, studyRecipe(spec, spec.recipe, spec.settings));
}

/** The recipe's own values in the space, or null where one lies outside it. */
export function ownValues(spec: SearchSpec): SearchValues | null {
  return valuesOf(spaceOf(spec), studyRecipe(spec, spec.recipe, spec.settings));
}

function definiteSpace({ search, settings }: SearchSpec, recipe: Recipe): SearchSpace {
  const fixed = new Set(settings.map((setting) => setting.slice(0, setting.indexOf('='))));
  const isFixed = ([name, dimension]: [string, SearchSpace[string]]): boolean =>
    keysOf(name, dimension).some((key) => fixed.has(key));
  if (typeof search.space === 'string') {
    const own = defaultSearchSpace(recipe, { sharing: search.space === 'with-sharing' });
    return parseSearchSpace(Object.fromEntries(Object.entries(own).filter((entry) => !isFixed(entry))), recipe);
  }
  const space = parseSearchSpace(search.space, recipe);
  const twice = Object.entries(space).find(isFixed);
  if (twice === undefined) return space;
  throw new AppError('search-space-invalid', `${twice[0]} is both searched and set to a value.`, {
    details: { nextStep: 'Leave it out of the space, or out of --set.' },
  });
}
