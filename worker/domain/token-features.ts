/** Whether a recipe and what a user gives agree about token features. */
import { AppError } from './errors.ts';
import { parseRecipe, type Recipe } from './recipe.ts';

/** The recipe, reading token features where a folder of them is given: with the sections' defaults where it does not say more. */
export function withFeatures(recipe: Recipe, folder: string | undefined): Recipe {
  return folder === undefined || recipe.tokenFeatures ? recipe : parseRecipe({ ...recipe, tokenFeatures: {} });
}

/** @throws AppError `features-invalid` where the recipe reads token features and no folder is given, or the other way round. */
export function requireFeatures(recipe: Recipe, folder: string | undefined): void {
  if (recipe.tokenFeatures && folder === undefined) {
    throw new AppError('features-invalid', 'This model reads token features, and no folder of them is given.', {
      details: {
        nextStep: 'Name the folder that holds them with --features of `notegraft train`, `evaluate` or `tag`.',
      },
    });
  }
  if (!recipe.tokenFeatures && folder !== undefined) {
    throw new AppError('features-invalid', 'This model was trained without token features.', {
      details: { nextStep: 'Leave --features out, or train a model with it.' },
    });
  }
}
