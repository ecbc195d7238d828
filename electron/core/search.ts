/** What a search has found: its trials with their values, the best of them, and its recipe. */
import { type Figure, figureOf, figureWords } from '../../worker/domain/figures.ts';
import type { Recipe } from '../../worker/domain/recipe.ts';
import { keysOf, searchValuesSchema } from '../../worker/domain/search-space.ts';
import { AppError } from '../../worker/domain/errors.ts';
import { bestWithin, rungsOf } from '../../worker/domain/successive-halving.ts';
import type { SearchSpec } from '../../worker/domain/study.ts';
import { withSources } from '../../worker/domain/tasks.ts';
import type { CallOutput } from '../api/contract.ts';
import type { SearchTrialView } from '../api/search-calls.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { TrialEntry } from '../store/studies.ts';
import { studyRecipe } from './recipes.ts';
import { ownValues, spaceOf } from './search-spec.ts';
import { figureOfTrial } from './run-facts.ts';

/**
 * What a search has found so far: every trial with its values and scores, the best of those that were trained to their end, and its recipe.
 * @throws AppError `study-not-found`, also for a study that is no search.
 */
export function searchResult(store: ProjectStore, id: number): CallOutput<'search.result'> {
  const study = store.studies.find(id);
  if (study?.spec.kind !== 'search') throw noSearch(id, study !== undefined);
  const { spec } = study;
  const space = spaceOf(spec);
  const base = studyRecipe(spec, spec.recipe, spec.settings);
  const entries = store.studies.trials(id);
  const trials = entries.map((trial) => viewOf(store, trial));
  const best = trials
    .filter(({ status, dev }) => status === 'done' && dev !== null)
    .reduce<SearchTrialView | null>((before, trial) => ((trial.dev ?? 0) > (before?.dev ?? -1) ? trial : before), null);
  const chosen = entries.find(({ number }) => number === best?.trial);
  const figure = figureOfTrial(store, entries[0]?.run ?? null);
  const { method, halving } = spec.search;
  return {
    study: id,
    recipe: spec.recipe,
    figure,
    method,
    planned: spec.trials,
    rungs: halving === null ? [] : rungsOf(halving, base.training.epochs),
    dimensions: Object.entries(space).map(([name, dimension]) => ({
      name,
      keys: [...keysOf(name, dimension)],
      dimension,
    })),
    trials,
    statements: statementsOf(trials, best, ownValues(spec) === null ? undefined : trials[0], figure),
    defaults: ownValues(spec) === null ? null : (trials[0]?.trial ?? null),
    best: best === null || chosen === undefined ? null : { trial: best.trial, recipe: bestRecipe(base, spec, chosen) },
  };
}

function statementsOf(
  trials: readonly SearchTrialView[],
  best: SearchTrialView | null,
  own: SearchTrialView | undefined,
  figure: Figure,
): string[] {
  if (best === null) return [];
  const percent = (share: number): string => (share * 100).toFixed(1);
  const stopped = trials.filter(({ status }) => status === 'stopped').length;
  const early = stopped === 0 ? '' : ` Ended early: ${stopped} of ${trials.length} trials.`;
  const found = `Best on dev: trial ${best.trial} with ${figureWords[figure].name} ${percent(best.dev ?? 0)}`;
  if (own?.trial === best.trial) return [`${found}, which is the recipe as it is: nothing better was found.${early}`];
  const against =
    own === undefined || own.dev === null
      ? ''
      : `, ${percent((best.dev ?? 0) - own.dev)} points above the recipe as it is (${percent(own.dev)})`;
  return [
    `${found}${against}.${early}`,
    'It was chosen by dev with one seed, so a part of the gain is luck: train it and the recipe as it is with other seeds before you rely on it.',
  ];
}

/** The recipe of a trial under a name that tells it from the one it began with, and with the sources that were chosen for it. */
function bestRecipe(base: Recipe, spec: SearchSpec, { settings }: TrialEntry): Recipe {
  const name = `${base.name.slice(0, 55)}-searched`;
  const recipe = { ...studyRecipe(spec, spec.recipe, settings), name };
  return spec.sources === undefined ? recipe : withSources(recipe, spec.sources);
}

function viewOf(store: ProjectStore, trial: TrialEntry): SearchTrialView {
  const epochs = trial.run === null ? [] : store.runs.epochs(trial.run);
  const test = trial.run === null ? null : store.runs.scores(trial.run).test;
  return {
    trial: trial.number,
    status: trial.status,
    values: searchValuesSchema.parse(trial.point ?? {}),
    run: trial.run,
    epochs: epochs.length,
    stoppedAfter: trial.stoppedAfter,
    dev: epochs.length === 0 ? null : bestWithin(epochs.map(({ devMicroF1 }) => devMicroF1)),
    test: test === null ? null : figureOf(test),
    error: trial.error,
  };
}

function noSearch(id: number, isStudy: boolean): AppError {
  const message = isStudy ? `Study ${id} is not a search.` : `There is no study ${id} in this project.`;
  return new AppError('study-not-found', message, {
    details: { nextStep: 'See which studies there are with `notegraft studies`.' },
  });
}
