/** Benchmarks: throughput of training and tagging on two column files, without a project. */
import type { CallOutput, CheckedInput } from '../api/contract.ts';
import type { CoreContext } from './context.ts';
import { resolveRecipe } from './recipes.ts';

/** @throws AppError `recipe-unknown`, `recipe-invalid`; the worker's own. */
export function bench(context: CoreContext, input: CheckedInput<'bench.run'>): Promise<CallOutput<'bench.run'>> {
  const { what, sourceFile, targetFile, seconds, batchSize } = input;
  const recipe = resolveRecipe(input.recipe, input.settings);
  return context.jobs.run<'bench'>('bench.run', (job) => ({
    job: { kind: 'bench', what, recipe, sourceFile, targetFile, seconds, batchSize },
    onEvent: ({ done, total }) =>
      context.emit('job.progress', { job, done: Math.floor(done), total: Math.ceil(total) }),
  }));
}
