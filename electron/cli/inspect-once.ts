/** Runs of older versions, or whose inspection failed, are inspected when a report asks for it. */
import { AppError } from '../../worker/domain/errors.ts';
import type { Terminal } from './terminal.ts';

/** Inspect a run unless its report on the split is there. @throws AppError as `runs.inspect` does, other than for what is not scored yet. */
export async function inspectOnce(core: Terminal['core'], run: number, split: 'dev' | 'test'): Promise<void> {
  if (!(await isInspected(core, run, split))) await core.call('runs.inspect', { run });
}

/** Whether the run's report on the split is there. @throws AppError `run-not-found`. */
export function isInspected(core: Terminal['core'], run: number, split: 'dev' | 'test'): Promise<boolean> {
  return core.call('runs.report', { run, split }).then(
    () => true,
    (thrown: unknown) => {
      if (thrown instanceof AppError && thrown.code === 'data-missing') return false;
      throw thrown;
    },
  );
}
