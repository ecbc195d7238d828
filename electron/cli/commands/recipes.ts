/** notegraft recipes: the models that can be trained, and the keys of --set. */
import type { Command } from 'commander';
import type { CallOutput } from '../../api/contract.ts';
import { table } from '../table.ts';
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
  const rows = recipes.map(({ name, tasks, sharing }) => [
    name,
    tasks.join(' + '),
    ...(tasks.length === 1
      ? ['', '', '']
      : [sharing.characterEncoder, sharing.wordEncoder, sharing.decoder].map(sharingText)),
  ]);
  const advice = recipes
    .filter(({ name }) => !name.startsWith('ttn-') || name === 'ttn-HHI')
    .map((recipe) => [recipe.name, recipe.advice]);
  const settings = keys.map((key) => [key.path, JSON.stringify(key.default)]);
  return [
    table(columns, rows),
    table([{ title: 'recipe' }, { title: 'when to choose it' }], advice),
    table([{ title: 'key of --set' }, { title: 'default' }], settings),
  ].join('\n\n');
}

function sharingText(sharing: Sharing['decoder']): string {
  if (sharing.kind === 'layered') return `the source from layer ${sharing.sourceLayer}`;
  if (sharing.kind !== 'gated') return sharing.kind;
  return sharing.independent ? 'gated, with an independent copy' : 'gated';
}
