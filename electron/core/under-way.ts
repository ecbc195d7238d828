/** What is under way in the open project: told before another is opened, and stopped where the user wants that. */
import { AppError } from '../../worker/domain/errors.ts';
import type { CoreContext } from './context.ts';

/** The work that core does for calls that were not answered yet. */
export interface UnderWay {
  isBusy(): boolean;
  /** Counts as under way until it settles. */
  watch<T>(answer: Promise<T>): Promise<T>;
  /**
   * Resolves when nothing works on the open project any more. With `stopRunning`, trainings are put aside and all else is cancelled.
   * @throws AppError `project-busy` naming what runs, unless it is to be stopped.
   */
  leave(stopRunning: boolean): Promise<void>;
}

/** Starts with nothing under way. */
export function openUnderWay(context: CoreContext): UnderWay {
  const answers = new Set<Promise<unknown>>();
  const isBusy = (): boolean => context.jobs.list().length + context.studies.size > 0;

  return {
    isBusy,
    watch(answer) {
      const forget = (): unknown => answers.delete(answer);
      answers.add(answer);
      answer.then(forget, forget);
      return answer;
    },
    async leave(stopRunning) {
      if (!isBusy()) return;
      if (!stopRunning) throw busyError(context);
      for (const study of context.studies.values()) study.cancel();
      // What a call stores at its end goes into the project that it worked on.
      await context.jobs.stop(() => Promise.allSettled(answers));
    },
  };
}

function busyError(context: CoreContext): AppError {
  return new AppError('project-busy', `Under way in the open project: ${whatRuns(context).join(', ')}.`, {
    details: {
      nextStep: 'Stop it or wait for its end. A training, a study or a tagging that is stopped can go on later.',
    },
  });
}

function whatRuns({ jobs, studies, trainings }: CoreContext): string[] {
  const known = [
    ...[...studies.keys()].map((study) => `study ${study}`),
    ...[...trainings.keys()].map((run) => `the training of run ${run}`),
  ];
  const trained = new Set(trainings.values());
  const others = jobs.list().filter(({ job, call }) => !trained.has(job) && !call.startsWith('studies.'));
  return [...known, ...new Set(others.map(({ call }) => nameOf(call)))];
}

function nameOf(call: string): string {
  if (call.startsWith('tagging.')) return 'a tagging';
  if (call === 'corpora.import') return 'an import';
  if (call === 'embeddings.train') return 'a training of word vectors';
  if (call.endsWith('.export')) return 'an export';
  return 'scores or measurements';
}
