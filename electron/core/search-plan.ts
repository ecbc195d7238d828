/** How a search thinks of its trials while it runs: a worker proposes them, successive halving ends the hopeless ones. */
import { settingsOf, searchValuesSchema } from '../../worker/domain/search-space.ts';
import type { SearchTrial } from '../../worker/domain/search-trial.ts';
import { isHopeless, rungsOf } from '../../worker/domain/successive-halving.ts';
import type { SearchSpec } from '../../worker/domain/study.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { TrialEntry } from '../store/studies.ts';
import type { CoreContext } from './context.ts';
import { studyRecipe } from './recipes.ts';
import { ownValues, spaceOf } from './search-spec.ts';
import { trialPlanner } from './studies-plan.ts';
import type { StudyPlan } from './studies-runner.ts';

/**
 * The plan of a search whose specification is definite. All trials train with the search's seed and so on the same documents. The recipe's own
 * values come first and are trained to their end whatever comes: what is found is measured against them.
 */
export function searchPlan(context: CoreContext, store: ProjectStore, study: number, spec: SearchSpec): StudyPlan {
  const { seed, targetFraction, settings, search } = spec;
  const recipe = studyRecipe(spec, spec.recipe, settings);
  const space = spaceOf(spec);
  const first = ownValues(spec);
  const planned = trialPlanner(store);
  const { epochs } = recipe.training;
  const rungs = search.halving === null ? [] : rungsOf(search.halving, epochs);
  return {
    total: spec.trials,
    async propose(trials) {
      if (trials.length >= spec.trials) return null;
      const { values } = await context.jobs.run<'propose'>('studies.start', () => ({
        job: {
          kind: 'propose',
          method: search.method,
          seed,
          space,
          first,
          trials: trials.map((trial) => told(store, trial)),
        },
        onEvent: () => undefined,
      }));
      if (values === null) return null;
      return planned({
        recipe: spec.recipe,
        settings: [...settings, ...settingsOf(space, values, recipe)],
        seed,
        targetFraction,
        point: values,
      });
    },
    isHopeless(trial, soFar) {
      const isOwn = first !== null && trial.number === 1;
      if (search.halving === null || isOwn || !rungs.includes(soFar.length)) return false;
      const others = store.studies.trials(study).filter(({ id }) => id !== trial.id);
      const compared = others.map((other) => ({ curve: curveOf(store, other), isDone: other.status === 'done' }));
      return isHopeless(
        soFar.map(({ devMicroF1 }) => devMicroF1),
        compared,
        search.halving,
        epochs,
      );
    },
  };
}

function told(store: ProjectStore, trial: TrialEntry): SearchTrial {
  const { status, point } = trial;
  return {
    values: searchValuesSchema.parse(point),
    curve: curveOf(store, trial),
    state: status === 'waiting' ? 'running' : status,
  };
}

/** Strict micro F1 on dev after each epoch. */
function curveOf(store: ProjectStore, { run }: TrialEntry): number[] {
  return run === null ? [] : store.runs.epochs(run).map(({ devMicroF1 }) => devMicroF1);
}
