/** Taking suggestions of a label map as they are. */
import type { LabelMap } from './setup-calls.ts';

/**
 * The best suggestion of each source label that is still separate, where its score (0 to 1) is at least `least`. Suggestions as
 * `labelMap.suggest` has them: best first.
 */
export function suggestionsToAccept<S extends { readonly source: string; readonly score: number }>(
  map: LabelMap,
  suggestions: readonly S[],
  least: number,
): S[] {
  return Object.entries(map).flatMap(([label, target]) => {
    const best = target === null ? suggestions.find(({ source }) => source === label) : undefined;
    return best !== undefined && best.score >= least ? [best] : [];
  });
}
