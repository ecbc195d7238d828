/** The documents of a training: which ones, and how the worker gets them. */
import { AppError } from '../../worker/domain/errors.ts';
import { expertsOf } from '../../worker/domain/experts.ts';
import { nestedSubset } from '../../worker/domain/random.ts';
import type { Recipe } from '../../worker/domain/recipe.ts';
import { plainSource, roleText, sourcesOf, taskText, type Task } from '../../worker/domain/task-names.ts';
import type { TaskDocument } from '../../worker/protocol.ts';
import type { DocumentEntry } from '../store/documents.ts';
import type { ProjectStore } from '../store/project-store.ts';
import { noDocuments } from './corpora.ts';
import { labelMapOf } from './label-map.ts';
import { withProjectSources } from './sources.ts';
import { relabelled, streamDocuments } from './streaming.ts';

/** Entries of the documents that a run is trained and scored on. */
export interface Selected {
  /** With the sources it learns from as its tasks. */
  readonly recipe: Recipe;
  readonly target: readonly DocumentEntry[];
  /** Of all sources, in the order of the recipe's tasks. */
  readonly source: readonly DocumentEntry[];
}

/**
 * The documents a run is trained and scored on; experts do without annotations of the target, and where its dev documents have none, those
 * of the sources choose the epoch. In an order that does not depend on the order of import. `sources` as
 * {@link withProjectSources} takes them.
 * @throws AppError `data-missing`, `usage`, `recipe-invalid`.
 */
export function selectDocuments(
  store: ProjectStore,
  given: Recipe,
  targetFraction: number,
  seed: number,
  sources?: readonly Task[],
): Selected {
  const target = store.documents.list('target');
  if (target.length === 0) throw noDocuments('target');
  const recipe = withProjectSources(store, given, sources);
  const inSplit = (split: DocumentEntry['split']): DocumentEntry[] => target.filter((entry) => entry.split === split);
  const train = nestedSubset(inSplit('train'), targetFraction, seed);
  const dev = inSplit('dev');
  const isZeroResource = expertsOf(recipe) !== null;
  const sourceDev = isZeroResource && !hasAnnotations(dev);
  if (train.length === 0) throw splitMissing('train');
  if (dev.length === 0 && !sourceDev) throw splitMissing('dev');
  for (const [documents, purpose] of [
    [train, 'to train on'],
    [dev, 'to choose the best epoch by (dev)'],
  ] as const) {
    if (isZeroResource || hasAnnotations(documents)) continue;
    throw new AppError('data-missing', `The target documents ${purpose} hold no annotation.`, {
      details: {
        nextStep: 'Import annotated target documents for that split, or run `notegraft split` with another seed.',
      },
    });
  }
  const chosen = new Set(train);
  return {
    recipe,
    target: [...inSplit('train').filter((entry) => chosen.has(entry)), ...dev, ...inSplit('test')],
    source: sourcesOf(recipe.tasks).flatMap((source) => selectSource(store, recipe, source, sourceDev)),
  };
}

/**
 * Source documents first; those without a split are there to train on. For a recipe with mapped labels their spans carry the target
 * labels of their source's label map, and spans whose label stays separate are left out.
 */
export function* streamTraining(store: ProjectStore, selected: Selected): Generator<readonly TaskDocument[]> {
  const source = streamDocuments(store.documents, selected.source, (split) => (split === 'dev' ? 'dev' : 'train'));
  if (selected.recipe.decoder.labels === 'own' || hasNoTargetLabels(store, selected.recipe)) yield* source;
  else {
    const maps = new Map(sourcesOf(selected.recipe.tasks).map((task) => [task, labelMapOf(store, task)]));
    yield* relabelled(source, (label, task) => maps.get(task)?.[label] ?? null);
  }
  yield* streamDocuments(store.documents, selected.target);
}

function selectSource(store: ProjectStore, recipe: Recipe, task: Task, withDev: boolean): DocumentEntry[] {
  const isWanted = ({ split }: DocumentEntry): boolean =>
    split === null || split === 'train' || (withDev && split === 'dev');
  const source = store.documents.list(task).filter(isWanted);
  requireLabelMap(store, recipe, task);
  if (hasAnnotations(source)) return source;
  if (task !== plainSource)
    throw new AppError('data-missing', `The ${taskText(task)} has no annotated documents to train on.`, {
      details: {
        nextStep: `Import some with \`notegraft import … --role ${roleText(task)} --split train\`, or leave it out with --sources.`,
      },
    });
  throw new AppError(
    'data-missing',
    `The recipe ${recipe.name} needs annotated source documents, and there are none.`,
    {
      details: {
        nextStep: 'Import a source corpus with `notegraft import … --role source`, or train the recipe baseline.',
      },
    },
  );
}

/** @throws AppError `data-missing` where the recipe wants mapped labels and the source maps none. */
function requireLabelMap(store: ProjectStore, recipe: Recipe, source: Task): void {
  if (recipe.decoder.labels === 'own' || hasNoTargetLabels(store, recipe)) return;
  if (Object.values(labelMapOf(store, source)).some((target) => target !== null)) return;
  const which = source === plainSource ? '' : ` of the ${taskText(source)}`;
  throw new AppError(
    'data-missing',
    `The recipe ${recipe.name} needs source labels${which} that stand for target labels.`,
    {
      details: {
        nextStep:
          'Map them in the set-up wizard or with `notegraft labels --map`, or train a recipe that keeps labels apart, such as yang-t-b.',
      },
    },
  );
}

function hasAnnotations(entries: readonly DocumentEntry[]): boolean {
  return entries.some(({ spans }) => spans > 0);
}

/** Has the target no label to map to, while the recipe does without? The sources' labels then stand as they are. */
function hasNoTargetLabels(store: ProjectStore, recipe: Recipe): boolean {
  return expertsOf(recipe) !== null && store.documentLists.labelNames('target').length === 0;
}

function splitMissing(split: 'train' | 'dev'): AppError {
  const purpose = split === 'train' ? 'to train on' : 'to tell when to stop';
  return new AppError('data-missing', `The target has no ${split} documents, which are needed ${purpose}.`, {
    details: {
      nextStep: `Import some with --role target --split ${split}, or share out the documents with \`notegraft split\`.`,
    },
  });
}
