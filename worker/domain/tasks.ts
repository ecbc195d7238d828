/** Which sources a recipe learns from, and how much each counts. */
import { AppError } from './errors.ts';
import type { Recipe } from './recipe.ts';
import { sourcesOf, type Task } from './task-names.ts';

/** Does the recipe learn from a source beside the target? */
export function learnsFromSource({ tasks }: Pick<Recipe, 'tasks'>): boolean {
  return sourcesOf(tasks).length > 0;
}

/**
 * The recipe with these sources as its tasks, the target last. One that learns from no source stays as it is.
 * @throws AppError `recipe-invalid` where a weight is set for a source that is not among them.
 */
export function withSources(recipe: Recipe, sources: readonly Task[]): Recipe {
  if (!learnsFromSource(recipe)) return recipe;
  const unknown = Object.keys(recipe.training.sourceWeights).find((name) => !sources.includes(name));
  if (unknown !== undefined)
    throw new AppError('recipe-invalid', `training.sourceWeights names "${unknown}", which is no source of this run.`, {
      details: { nextStep: `Name ${sources.join(', ')}, or leave it out.` },
    });
  return { ...recipe, tasks: [...sources, 'target'] };
}

/** λ_k of L = L_target + Σ λ_k·L_k (SC-LSTM Eq. 4); that of the target is 1. */
export function lossWeight({ sourceWeight, sourceWeights }: Recipe['training'], task: Task): number {
  if (task === 'target') return 1;
  return new Map(Object.entries(sourceWeights)).get(task) ?? sourceWeight;
}
