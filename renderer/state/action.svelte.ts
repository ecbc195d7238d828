/** One thing that the user can start: whether it is under way, and how it failed. The place where a page's errors are caught. */
import { type ErrorRecord, toErrorRecord } from '../../worker/domain/errors.ts';

export interface Action<Input> {
  readonly isRunning: boolean;
  /** Why it failed last; null after a success, and for what the user cancelled. */
  readonly failure: ErrorRecord | null;
  /** Starts it unless it is under way. Never rejects; true where it succeeded. */
  run(input: Input): Promise<boolean>;
  clear(): void;
}

export function newAction<Input = void>(work: (input: Input) => Promise<unknown>): Action<Input> {
  let isRunning = $state(false);
  let failure = $state.raw<ErrorRecord | null>(null);
  return {
    get isRunning() {
      return isRunning;
    },
    get failure() {
      return failure;
    },
    async run(input) {
      if (isRunning) return false;
      isRunning = true;
      failure = null;
      try {
        await work(input);
        return true;
      } catch (thrown) {
        const error = toErrorRecord(thrown);
        if (error.code !== 'cancelled') failure = error;
        return false;
      } finally {
        isRunning = false;
      }
    },
    clear() {
      failure = null;
    },
  };
}
