/** The export job: a project's annotated documents, written in a format that other tools read. */
import { openBratGold } from '../formats/write/brat-writer.ts';
import { openConllGold } from '../formats/write/conll-writer.ts';
import type { GoldWriter } from '../formats/write/gold-writer.ts';
import { openI2b2Gold } from '../formats/write/i2b2-2010-writer.ts';
import type { JobOf } from '../protocol-jobs.ts';
import type { JobEvents, JobResults, TaskDocument } from '../protocol.ts';

/** Documents between two reports of progress. */
const progressInterval = 50;

const openers: Record<JobOf<'export'>['format'], (folder: string) => GoldWriter | Promise<GoldWriter>> = {
  'i2b2-2010': openI2b2Gold,
  brat: openBratGold,
  conll: openConllGold,
};

/**
 * Write every document; the files appear in the job's folder when all are complete.
 * @throws AppError when the folder cannot be written to; `disk-full`.
 */
export async function* exportJob(
  job: JobOf<'export'>,
  documents: AsyncIterable<TaskDocument>,
): AsyncGenerator<JobEvents['export'], JobResults['export']> {
  const writer = await openers[job.format](job.outFolder);
  try {
    const totals = { documents: 0, annotations: 0, widened: 0, skipped: 0 };
    for await (const document of documents) {
      const counts = await writer.write(document);
      totals.documents++;
      totals.annotations += counts.annotations;
      totals.widened += counts.widened;
      totals.skipped += counts.skipped;
      if (totals.documents % progressInterval === 0) yield { kind: 'progress', done: totals.documents };
    }
    yield { kind: 'progress', done: totals.documents };
    return { ...totals, files: await writer.close() };
  } finally {
    await writer.discard();
  }
}
