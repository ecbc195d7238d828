/** The propose job: thinks of the next trial of a search, in a process of its own, so that core stays free meanwhile. */
import type { JobOf } from '../protocol-jobs.ts';
import type { JobEvents, JobResults } from '../protocol.ts';
import { proposeValues } from '../train/search.ts';
import { trialScores } from '../train/trial-scores.ts';

/** Ends with the values of the next trial; null when the space is exhausted. */
export async function* proposeJob(job: JobOf<'propose'>): AsyncGenerator<JobEvents['propose'], JobResults['propose']> {
  const { space, trials, seed, method, first } = job;
  const scores = trialScores(trials);
  const tried = trials.map(({ values }, i) => ({ values, score: scores[i] ?? null }));
  return { values: proposeValues(space, tried, { seed, method, first }) };
}
