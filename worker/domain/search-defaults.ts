/** The space that a search walks through when none is given: made from the keys that the recipe has. */
import { components, recipeKeys, type Component, type Recipe } from './recipe.ts';
import { learnsFromSource } from './tasks.ts';
import { parseSearchSpace, type SearchSpace } from './search-space.ts';

const unitSizes = ['characterEncoder.hiddenSize', 'wordEncoder.hiddenSize', 'decoder.hiddenSize'];
const dropouts = ['dropout.wordEmbedding', 'dropout.characterEncoder', 'dropout.wordEncoder', 'dropout.decoder'];

/**
 * Learning rate, batch size, dropout of each layer, unit sizes from half to double the recipe's own, how often a rare word is unknown; λ
 * where there are soft twins; the gates' width where there are gates; with `sharing`, how each component relates the tasks.
 * Ranges are our choice around the recipe's defaults; λ and unknown words as in the design (1e-5 … 0.1, 0.01 … 0.5).
 */
export function defaultSearchSpace(recipe: Recipe, { sharing }: { readonly sharing: boolean }): SearchSpace {
  const own = new Map(recipeKeys(recipe));
  const has = (key: string): boolean => own.has(key);
  const kinds = components.map((component) => recipe.sharing[component].kind);
  const gated = components.map((component) => `sharing.${component}.gate`).filter(has);
  const space: SearchSpace = {
    'training.learningRate': { kind: 'log', low: 0.0005, high: 0.01 },
    'training.batchSize': { kind: 'log-integer', low: 4, high: 64 },
    'wordEmbedding.unknownProbability': { kind: 'real', low: 0.01, high: 0.5 },
  };
  for (const key of dropouts.filter(has)) space[key] = { kind: 'real', low: 0, high: 0.7 };
  for (const key of unitSizes) {
    const size = own.get(key);
    if (typeof size === 'number' && size > 0)
      space[key] = { kind: 'log-integer', low: Math.max(1, Math.round(size / 2)), high: Math.min(2048, size * 2) };
  }
  if (sharing && learnsFromSource(recipe))
    for (const component of components) {
      const values = relations(recipe, component);
      if (values.length > 1) space[`sharing.${component}`] = { kind: 'categorical', values };
    }
  if (sharing || kinds.includes('soft') || kinds.includes('gated'))
    space['training.shareWeight'] = { kind: 'log', low: 0.00001, high: 0.1 };
  if (gated.length > 0) space['gate'] = { kind: 'categorical', values: ['vector', 'scalar'], keys: gated };
  return parseSearchSpace(space, recipe);
}

/** The relations that a component of this recipe can have; none where its own is not one of TTN's and DTN's. */
function relations({ sharing, decoder }: Recipe, component: Component): string[] {
  const { kind } = sharing[component];
  if (kind === 'shared-cell' || kind === 'layered' || kind === 'experts') return [];
  // Experts read characters that all tasks share.
  if (component === 'characterEncoder' && sharing.wordEncoder.kind === 'experts') return [];
  const plain = ['independent', 'soft', 'hard'];
  if (component !== 'decoder') return [...plain, 'gated', 'gated-hs'];
  if (decoder.labels === 'mapped') return [];
  // Without a hidden layer there is nothing to gate.
  return decoder.hiddenSize === 0 ? plain : [...plain, 'gated', 'gated-hs'];
}
