/** Recipes with a mixture of experts over their sources. */
import type { Recipe, Sharing } from './recipe.ts';

/** How experts are set. */
export type Experts = Extract<Sharing, { kind: 'experts' }>;

/** A recipe's experts; null where it has none. */
export function expertsOf({ sharing }: Pick<Recipe, 'sharing'>): Experts | null {
  return sharing.wordEncoder.kind === 'experts' ? sharing.wordEncoder : null;
}
