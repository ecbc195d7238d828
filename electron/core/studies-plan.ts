/** What a study will train: its specification made definite, its trials, and what their documents hold. */
import { createHash } from 'node:crypto';
import { AppError } from '../../worker/domain/errors.ts';
import { nestedSubset } from '../../worker/domain/random.ts';
import { type NewTrial, recipesMatching, type StudySpec } from '../../worker/domain/study.ts';
import { recipeNames } from '../../worker/domain/zoo.ts';
import type { DocumentEntry } from '../store/documents.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { PlannedTrial } from '../store/studies.ts';
import { noDocuments } from './corpora.ts';
import { ownRecipeNames, studyRecipe } from './recipes.ts';
import { definiteSearch } from './search-spec.ts';
import { requireFeatures } from '../../worker/domain/token-features.ts';
import { sourcesChosenFor } from './sources.ts';
import { selectDocuments } from './training-documents.ts';
import type { VectorsForTraining } from './embeddings.ts';

/**
 * A specification with its globs replaced by names, fractions in order, and each value once.
 * @throws AppError `recipe-unknown`, `search-space-invalid`.
 */
export function definiteSpec(spec: StudySpec): StudySpec {
  if (spec.kind === 'search') return definiteSearch(spec);
  const recipes = recipesMatching(spec.recipes, [...ownRecipeNames(spec), ...recipeNames]);
  const seeds = [...new Set(spec.seeds)];
  if (spec.kind === 'sweep') return { ...spec, recipes, seeds };
  return { ...spec, recipes, seeds, fractions: [...new Set(spec.fractions)].sort((a, b) => a - b) };
}

/**
 * Every trial of a curve or a sweep, seed by seed, so that what is there after some of them compares all recipes. A search begins
 * with none. Nothing is stored.
 * @throws AppError `recipe-invalid`, `data-missing`, `study-impossible` where a training with these values could not be, or two
 * fractions come to the same documents.
 */
export function planTrials(store: ProjectStore, spec: StudySpec): PlannedTrial[] {
  const plan = trialPlanner(store);
  const { settings, sources } = spec;
  const requireDocuments = (name: string, targetFraction: number, seed: number): void => {
    const recipe = studyRecipe(spec, name, settings);
    requireFeatures(recipe, spec.features);
    selectDocuments(store, recipe, targetFraction, seed, sourcesChosenFor(recipe, sources));
  };
  if (spec.kind === 'search') {
    requireDocuments(spec.recipe, spec.targetFraction, spec.seed);
    return [];
  }
  const fractions = spec.kind === 'curve' ? spec.fractions : [spec.targetFraction];
  if (!store.documents.list('target').some(({ split }) => split === 'test')) throw noDocuments('target', 'test');
  for (const recipe of spec.recipes) requireDocuments(recipe, 1, 1);
  if (spec.kind === 'curve') requireDistinctSizes(store, fractions);
  return spec.seeds.flatMap((seed) =>
    fractions.flatMap((targetFraction) =>
      spec.recipes.map((recipe) => plan({ recipe, settings, seed, targetFraction, point: null })),
    ),
  );
}

/** Completes trials with what is known of their training documents. */
export function trialPlanner(store: ProjectStore): (trial: NewTrial) => PlannedTrial {
  const target = store.documents.list('target');
  const train = target.filter(({ split }) => split === 'train');
  const labels = new Map<number, Set<string>>();
  for (const { document, label } of store.documentLists.spansByDocument('target'))
    labels.set(document, (labels.get(document) ?? new Set()).add(label));
  const labelsOf = (entries: readonly DocumentEntry[]): Set<string> =>
    new Set(entries.flatMap(({ id }) => [...(labels.get(id) ?? [])]));
  const tested = labelsOf(target.filter(({ split }) => split === 'test'));
  return (trial) => {
    const chosen = nestedSubset(train, trial.targetFraction, trial.seed);
    const trained = labelsOf(chosen);
    const missingLabels = [...tested].filter((label) => !trained.has(label)).sort();
    return { ...trial, targetDocuments: chosen.length, missingLabels };
  };
}

/**
 * A fingerprint of the documents and splits, the word vectors and the recipes with all their defaults: what a study must find again to go on. A
 * later version may train something else under a name; its scores do not belong beside the earlier ones.
 */
export function studyFingerprint(store: ProjectStore, spec: StudySpec, vectors: VectorsForTraining | null): string {
  const documents = [...store.documents.sources(), 'target'].flatMap((role) =>
    store.documents.list(role).map(({ hash, split, spans }) => [role, hash, split, spans]),
  );
  const names = spec.kind === 'search' ? [spec.recipe] : spec.recipes;
  const recipes = names.map((name) => studyRecipe(spec, name, spec.settings));
  return createHash('sha256')
    .update(JSON.stringify([documents, vectors?.sha256 ?? null, recipes]))
    .digest('hex');
}

function requireDistinctSizes(store: ProjectStore, fractions: readonly number[]): void {
  const train = store.documents.list('target').filter(({ split }) => split === 'train');
  const sizes = fractions.map((fraction) => nestedSubset(train, fraction, 1).length);
  const twice = sizes.findIndex((size, i) => size === sizes[i - 1]);
  if (twice === -1 && sizes.length >= 2) return;
  const [one, other] = [fractions[twice - 1] ?? 1, fractions[twice] ?? 1];
  const problem =
    twice === -1
      ? 'A learning curve needs at least two different fractions.'
      : `With ${train.length} target training documents the fractions ${one} and ${other} are both ${sizes[twice]} of them.`;
  throw new AppError('study-impossible', problem, {
    details: { nextStep: 'Choose fractions further apart, or import more target documents.' },
  });
}
