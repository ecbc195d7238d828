/** Starts a training and leads to its page. */
import type { CallInput } from '../../electron/api/contract.ts';
import { callCore, onCoreEvent } from '../desk.svelte.ts';
import { goTo } from './router.svelte.ts';

/** Resolves when the run has started; how it ends shows on its page. @throws AppError what keeps it from starting. */
export async function startTraining(input: CallInput<'training.train'>): Promise<void> {
  const started = Promise.withResolvers<number>();
  const forget = onCoreEvent((name, data) => {
    if (name === 'run.started' && 'run' in data) started.resolve(data.run);
  });
  callCore('training.train', input).catch(started.reject);
  try {
    goTo('run', await started.promise);
  } finally {
    forget();
  }
}
