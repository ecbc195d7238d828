/** Answers the calls on recipes. */
import { decoderWays } from '../../worker/domain/zoo.ts';
import type { recipeCalls } from '../api/recipe-calls.ts';
import type { CoreContext } from './context.ts';
import { estimateTraining } from './estimate.ts';
import type { HandlersOf } from './handlers.ts';
import { recipeForm, recipeOfGrid } from './recipe-form.ts';
import { listRecipes, resolveRecipe } from './recipes.ts';

/** One handler a call on recipes. */
export function recipeHandlers(context: CoreContext): HandlersOf<typeof recipeCalls> {
  return {
    'recipes.list': () => listRecipes(),
    'recipes.resolve': ({ recipe, settings }) => ({
      recipe: resolveRecipe(recipe, settings),
      ways: decoderWays(recipe),
    }),
    'recipes.form': () => recipeForm(),
    'recipes.grid': (input) => recipeOfGrid(input),
    'training.estimate': (input) => estimateTraining(context, input),
  };
}
