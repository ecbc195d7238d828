/** Benchmarks: throughput of training and tagging on two column files, without a project. */
import type { CallOutput, CheckedInput } from '../api/contract.ts';
import { onBackend } from './backends.ts';
import type { CoreContext } from './context.ts';
import { resolveRecipe } from './recipes.ts';

/** @throws AppError `recipe-unknown`, `recipe-invalid`; the worker's own. */
export function bench(context: CoreContext, input: CheckedInput<'bench.run'>): Promise<CallOutput<'bench.run'>> {
  const { what, sourceFile, targetFile, seconds, batchSize } = input;
  const recipe = resolveRecipe(input.recipe, input.settings);
  return onBackend(context, input.engine, async (engine, reason) => {
    const { engine: facts, ...result } = await context.jobs.run<'bench'>('bench.run', (job) => ({
      job: { kind: 'bench', what, recipe, sourceFile, targetFile, seconds, batchSize, engine },
      onEvent: ({ done, total }) =>
        context.emit('job.progress', { job, done: Math.floor(done), total: Math.ceil(total) }),
    }));
    return { ...result, engine: { ...facts, reason } };
  });
}
