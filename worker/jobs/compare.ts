/** The comparison job: the paired difference of two runs that were scored on the same documents. */
import { AppError } from '../domain/errors.ts';
import { scoreDifference } from '../evaluate/report.ts';
import type { JobOf } from '../protocol-jobs.ts';
import type { JobEvents, JobResults } from '../protocol.ts';

/** @throws AppError `runs-not-comparable` where the documents differ. */

export async function* compareJob(job: JobOf<'compare'>): AsyncGenerator<JobEvents['compare'], JobResults['compare']> {
  const { first, second, bootstrap } = job;
  const isSame =
    first.length === second.length && first.every((entry, i) => entry.fingerprint === second[i]?.fingerprint);
  if (!isSame) {
    throw new AppError('runs-not-comparable', 'The two runs were scored on different documents.', {
      details: { nextStep: 'Score both on the same documents.' },
    });
  }
  return { difference: scoreDifference(first, second, bootstrap) };
}
