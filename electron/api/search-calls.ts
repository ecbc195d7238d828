/** Calls of searches beyond those that every study has: what one has found. */
import { z } from 'zod';
import { recipeSchema } from '../../worker/domain/recipe.ts';
import { searchSpaceSchema, searchValuesSchema } from '../../worker/domain/search-space.ts';
import { searchMethods } from '../../worker/domain/search-trial.ts';
import { trialStatuses } from '../../worker/domain/study.ts';
import { studyId } from './study-calls.ts';
import { count, errorRecord, figure, runId } from './views.ts';

const searchTrial = z.object({
  trial: count,
  status: z.enum(trialStatuses),
  /** Where in the space it lies, by dimension. */
  values: searchValuesSchema,
  run: runId.nullable(),
  epochs: count,
  /** The epoch after which it was ended because it was hopeless. */
  stoppedAfter: count.nullable(),
  /** The search's figure: on dev the best epoch's so far, on test that epoch's when the trial is done. */
  dev: z.number().nullable(),
  test: z.number().nullable(),
  error: errorRecord.nullable(),
});
export type SearchTrialView = z.infer<typeof searchTrial>;

export const searchCalls = {
  'search.result': {
    input: z.strictObject({ study: studyId }),
    output: z.object({
      study: studyId,
      recipe: z.string(),
      figure,
      method: z.enum(searchMethods),
      /** Trials there will be, unless the space has fewer points. */
      planned: count,
      /** Epochs after which trials are compared. */
      rungs: z.array(count),
      dimensions: z.array(
        z.object({ name: z.string(), keys: z.array(z.string()), dimension: searchSpaceSchema.valueType }),
      ),
      trials: z.array(searchTrial),
      /** The trial of the recipe's own values; null where they lie outside the space. */
      defaults: count.nullable(),
      /** What was found, in sentences. */
      statements: z.array(z.string()),
      /** The best on dev of the trials that were trained to their end, and its whole recipe. */
      best: z.object({ trial: count, recipe: recipeSchema }).nullable(),
    }),
  },
};
export type SearchResult = z.infer<(typeof searchCalls)['search.result']['output']>;
