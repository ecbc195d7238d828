/** The sources of a project: which there are, which one a call means, and which a recipe learns from. */
import { AppError } from '../../worker/domain/errors.ts';
import type { Recipe } from '../../worker/domain/recipe.ts';
import { plainSource, sourcesOf, type Task } from '../../worker/domain/task-names.ts';
import { learnsFromSource, withSources } from '../../worker/domain/tasks.ts';
import type { ProjectStore } from '../store/project-store.ts';

/**
 * The source that is meant: the named one, else the only one, else the one without a name of its own, else the first. `source` where there
 * is none at all.
 * @throws AppError `data-missing` for a name that the project does not hold.
 */
export function meantSource(store: ProjectStore, name: Task | undefined): Task {
  const all = store.documents.sources();
  if (name !== undefined) return requireSources(all, [name])[0] ?? name;
  const [first = plainSource] = all;
  return all.includes(plainSource) ? plainSource : first;
}

/**
 * The recipe with the sources that it learns from as its tasks: those chosen; else those that it names itself; else all of the project.
 * @throws AppError `usage` where sources are chosen for a recipe without; `data-missing` for a name that the project does not hold.
 */
export function withProjectSources(store: ProjectStore, recipe: Recipe, chosen: readonly Task[] | undefined): Recipe {
  if (!learnsFromSource(recipe)) {
    if (chosen === undefined) return recipe;
    throw new AppError('usage', `The recipe ${recipe.name} learns from no source, so none can be chosen.`, {
      details: { nextStep: 'Leave out --sources, or choose another recipe with `notegraft recipes`.' },
    });
  }
  const all = store.documents.sources();
  const own = sourcesOf(recipe.tasks);
  const isOpen = own.length === 1 && own[0] === plainSource;
  if (chosen !== undefined) return withSources(recipe, requireSources(all, [...new Set(chosen)]));
  if (!isOpen) return withSources(recipe, requireSources(all, own));
  return all.length === 0 ? recipe : withSources(recipe, all);
}

/** Of the sources chosen for several recipes, those that this one is to learn from: none for a recipe without a source. */
export function sourcesChosenFor(recipe: Recipe, chosen: readonly Task[] | undefined): readonly Task[] | undefined {
  return learnsFromSource(recipe) ? chosen : undefined;
}

function requireSources(all: readonly Task[], names: readonly Task[]): readonly Task[] {
  const unknown = names.find((name) => !all.includes(name));
  if (unknown === undefined) return names;
  throw new AppError('data-missing', `The project has no source "${unknown}".`, {
    details: {
      nextStep:
        all.length === 0
          ? `Import it with \`notegraft import … --role source:${unknown}\`.`
          : `Choose from ${all.join(', ')}, or import it with \`notegraft import … --role source:${unknown}\`.`,
    },
  });
}
