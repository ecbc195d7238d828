/** What a search is told to do, and its trials as they are told to whoever thinks of the next one. */
import { z } from 'zod';
import { searchValuesSchema } from './search-space.ts';
import { halvingSchema } from './successive-halving.ts';

/** `random` draws evenly from the space and looks at no score. */
export const searchMethods = ['bayesian', 'random'] as const;

/** How a search goes about it. */
export const searchPlanSchema = z.strictObject({
  method: z.enum(searchMethods).default('bayesian'),
  /** Left out: the recipe's own space; `with-sharing`: and how each component relates the tasks; else as `parseSearchSpace` takes it. */
  space: z.union([z.enum(['own', 'with-sharing']), z.record(z.string(), z.unknown())]).default('own'),
  /** When hopeless trials are ended; null lets every trial end by itself. */
  halving: halvingSchema.nullable().prefault({}),
});
export type SearchPlan = z.infer<typeof searchPlanSchema>;

/** A trial: where in the space, dev F1 after each epoch (0..1), and how it stands. */
export const searchTrialSchema = z.strictObject({
  values: searchValuesSchema,
  curve: z.array(z.number()),
  state: z.enum(['running', 'done', 'stopped', 'failed']),
});
export type SearchTrial = z.infer<typeof searchTrialSchema>;
