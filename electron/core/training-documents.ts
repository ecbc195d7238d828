/** The documents of a training as the worker gets them: the source first, its labels as the recipe wants them. */
import { AppError } from '../../worker/domain/errors.ts';
import type { Recipe } from '../../worker/domain/recipe.ts';
import type { TaskDocument } from '../../worker/protocol.ts';
import type { DocumentEntry } from '../store/documents.ts';
import type { ProjectStore } from '../store/project-store.ts';
import { labelMapOf } from './label-map.ts';
import { streamDocuments } from './streaming.ts';

/** Entries of the documents that a run is trained and scored on. */
export interface Selected {
  readonly target: readonly DocumentEntry[];
  readonly source: readonly DocumentEntry[];
}

/**
 * Source documents first; those without a split are there to train on. For a recipe with mapped labels their spans carry the target
 * labels of the project's label map, and spans whose label stays separate are left out.
 */
export function* streamTraining(
  store: ProjectStore,
  selected: Selected,
  recipe: Recipe,
): Generator<readonly TaskDocument[]> {
  const source = streamDocuments(store.documents, selected.source, () => 'train');
  if (recipe.decoder.labels === 'own') yield* source;
  else {
    const map = new Map(Object.entries(labelMapOf(store)));
    for (const chunk of source) yield chunk.map((document) => relabelled(document, map));
  }
  yield* streamDocuments(store.documents, selected.target);
}

/** @throws AppError `data-missing` where the recipe wants mapped labels and the project maps none. */
export function requireLabelMap(store: ProjectStore, recipe: Recipe): void {
  if (recipe.decoder.labels === 'own' || Object.values(labelMapOf(store)).some((target) => target !== null)) return;
  throw new AppError('data-missing', `The recipe ${recipe.name} needs source labels that stand for target labels.`, {
    details: {
      nextStep:
        'Map them in the set-up wizard or with `notegraft labels --map`, or train a recipe that keeps labels apart, such as yang-t-b.',
    },
  });
}

function relabelled(document: TaskDocument, map: ReadonlyMap<string, string | null>): TaskDocument {
  const spans = document.spans.flatMap((span) => {
    const label = map.get(span.label) ?? null;
    return label === null ? [] : [{ ...span, label }];
  });
  return { ...document, spans };
}
