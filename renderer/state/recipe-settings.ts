/** Settings over a recipe as the window holds them: a list of `path=value`. */
import type { GridChoice } from '../../electron/api/recipe-calls.ts';
import type { Recipe, Sharing } from '../../worker/domain/recipe.ts';

/** The settings with one of them set, or taken away where `value` is null. */
export function withSetting(settings: readonly string[], path: string, value: number | null): string[] {
  const others = settings.filter((setting) => pathOf(setting) !== path);
  return value === null ? others : [...others, `${path}=${value}`];
}

export function pathOf(setting: string): string {
  return setting.slice(0, setting.indexOf('='));
}

/** The number at a path such as `training.epochs`. */
export function numberAt(recipe: Recipe, path: string): number | undefined {
  const value = path
    .split('.')
    .reduce<unknown>(
      (part, name) => (typeof part === 'object' && part !== null ? Reflect.get(part, name) : undefined),
      recipe,
    );
  return typeof value === 'number' ? value : undefined;
}

/** `training.batchesPerEpoch` is written `Batches per epoch`. */
export function settingTitle(path: string): string {
  const words = (path.split('.').at(-1) ?? path).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The cell of the grid that a sharing stands in; null for one that the grid does not offer. */
export function gridChoiceOf(sharing: Sharing): GridChoice | null {
  if (sharing.kind === 'shared-cell' || sharing.kind === 'layered' || sharing.kind === 'experts') return null;
  if (sharing.kind !== 'gated') return sharing.kind;
  if (sharing.gate !== 'vector') return null;
  return sharing.independent ? 'gated' : 'gated-hs';
}
