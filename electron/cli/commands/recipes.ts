/** notegraft recipes: the models that can be trained, and the keys of --set. */
import type { Command } from 'commander';
import { recipePresets } from '../../../worker/domain/recipe-presets.ts';
import { decoderWays } from '../../../worker/domain/zoo.ts';
import type { CallOutput } from '../../api/contract.ts';
import { table, wrapped } from '../table.ts';
import { type CommonOptions, newCommand, withTerminal } from '../terminal.ts';

type Recipes = CallOutput<'recipes.list'>;
type Sharing = Recipes['recipes'][number]['sharing'];

export function recipesCommand(): Command {
  return newCommand('recipes', 'list the recipes, when to choose each, and every key that --set takes').action(
    async (options: CommonOptions) => {
      await withTerminal(options, async ({ core, print }) => {
        const list = await core.call('recipes.list', {});
        print(list, () => recipesText(list));
      });
    },
  );
}

function recipesText({ recipes, keys }: Recipes): string {
  const columns = ['recipe', 'trains on', 'character encoder', 'word encoder', 'decoder'].map((title) => ({ title }));
  // The 27 and the second decoder are named by a rule each, said below the table.
  const own = recipes.filter(({ name }) => !name.startsWith('ttn-') && !name.endsWith('-crf'));
  const rows = own.map(({ name, tasks, sharing }) => [
    name,
    tasks.join(' + '),
    ...(tasks.length === 1
      ? ['', '', '']
      : [sharing.characterEncoder, sharing.wordEncoder, sharing.decoder].map(sharingText)),
  ]);
  const anyCode = ['ttn-XYZ', 'source + target', 'X: I independent, S soft, H hard', 'Y: alike', 'Z: alike'];
  const alone = own.flatMap(({ name }) => (decoderWays(name).length > 1 ? [] : [name]));
  const first = new Set<string>(recipePresets.map(({ recipe }) => recipe));
  const advice = recipes
    .filter((recipe) => first.has(recipe.name) || own.includes(recipe))
    .map((recipe) => [recipe.name, recipe.advice]);
  const settings = keys.map((key) => [key.path, JSON.stringify(key.default)]);
  return [
    table(columns, [...rows, anyCode]),
    wrapped(
      `Each but ${alone.join(', ')} also with -crf at the end (dtn-hs-crf, ttn-HHI-crf): the tags of a sentence are then decided together, by a CRF.`,
    ),
    table([{ title: 'recipe' }, { title: 'when to choose it' }], advice),
    table([{ title: 'key of --set' }, { title: 'default' }], settings),
  ].join('\n\n');
}

function sharingText(sharing: Sharing['decoder']): string {
  if (sharing.kind === 'layered') return `the source from layer ${sharing.sourceLayer}`;
  if (sharing.kind !== 'gated') return sharing.kind;
  return sharing.independent ? 'gated, with an independent copy' : 'gated';
}
