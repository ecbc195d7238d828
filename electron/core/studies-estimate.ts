/** What a study would be before it starts: its trials, what their documents lack, and at most how long. */
import type { StudySpec } from '../../worker/domain/study.ts';
import type { CallOutput } from '../api/contract.ts';
import type { CoreContext } from './context.ts';
import { findVectors } from './embeddings.ts';
import { estimateWith } from './estimate.ts';
import { studyRecipe } from './recipes.ts';
import { sourcesChosenFor } from './sources.ts';
import { definiteSpec, planTrials } from './studies-plan.ts';

/** Recipes that are measured; the others are taken to be like these. */
const measuredRecipes = 2;

/**
 * The plan of a study. A few of its recipes (first and last of the zoo's order: the simplest and the most elaborate) are measured on all
 * cores. Trials beside each other on a core each are at least as quick as one after the other on all, so the sum is an upper bound.
 * @throws AppError as `planTrials` and `estimateTraining`.
 */
export async function planStudy(context: CoreContext, given: StudySpec): Promise<CallOutput<'studies.plan'>> {
  const store = context.project();
  const spec = definiteSpec(given);
  const planned = planTrials(store, spec);
  const recipes = spec.kind === 'search' ? [spec.recipe] : spec.recipes;
  const targetFraction = spec.kind === 'curve' ? Math.max(...spec.fractions) : spec.targetFraction;
  const measured = [...new Set([recipes[0], recipes.at(-1)])]
    .flatMap((recipe) => recipe ?? [])
    .slice(0, measuredRecipes);
  const vectors = spec.embeddings === undefined ? null : await findVectors(store, spec.embeddings);
  let seconds = 0;
  for (const recipe of measured) {
    const sources = sourcesChosenFor(studyRecipe(spec, recipe, spec.settings), spec.sources);
    const asked = {
      recipe: spec.ownRecipes?.[recipe] ?? recipe,
      settings: spec.settings,
      targetFraction,
      seed: 1,
      ...(sources && { sources: [...sources] }),
      ...(spec.features !== undefined && { features: spec.features }),
    };
    const cost = await estimateWith(context, asked, vectors);
    seconds += cost.secondsAtMost / measured.length;
  }
  const trials = spec.kind === 'search' ? spec.trials : planned.length;
  const bySize = Map.groupBy(planned, (trial) => trial.targetFraction);
  return {
    trials,
    recipes,
    sizes: [...bySize].map(([fraction, members]) => ({
      fraction,
      documents: members[0]?.targetDocuments ?? 0,
      missing: [...new Set(members.flatMap(({ missingLabels }) => missingLabels))].sort(),
    })),
    secondsEach: seconds,
    secondsAtMost: seconds * trials,
  };
}
