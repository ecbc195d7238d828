/** The job that writes notes tagged into a project: tables, JSON lines, brat, i2b2, as one export that appears whole. */
import { join } from 'node:path';
import type { PredictedSpan } from '../domain/document.ts';
import { AppError } from '../domain/errors.ts';
import { openEntityWriters } from '../formats/write/entity-writers.ts';
import type { GoldWriter } from '../formats/write/gold-writer.ts';
import { openI2b2Gold } from '../formats/write/i2b2-2010-writer.ts';
import type { JobOf, WriteFormat } from '../protocol-jobs.ts';
import type { JobEvents, JobResults, TaskDocument } from '../protocol.ts';

/** Notes between two reports of progress. */
const progressInterval = 50;

/**
 * Write every streamed note; what cannot be written without the notes' words is refused.
 * @throws AppError `usage` for brat or i2b2 without text; when the folder cannot be written to; `disk-full`.
 */
export async function* exportEntitiesJob(
  job: JobOf<'export-entities'>,
  notes: AsyncIterable<TaskDocument>,
): AsyncGenerator<JobEvents['export-entities'], JobResults['export-entities']> {
  refuseWithoutText(job);
  const tables = job.formats.filter((format): format is WriteFormat => format !== 'i2b2-2010');
  const i2b2Folder = join(job.outFolder, 'i2b2-2010');
  await using opened = new AsyncDisposableStack();
  const run = { ...job.run, withText: job.text, ...(job.columns === undefined ? {} : { columns: job.columns }) };
  const entities = opened.adopt(await openEntityWriters(job.outFolder, tables, run), (writer) => writer.discard());
  const i2b2: GoldWriter | null = job.formats.includes('i2b2-2010')
    ? opened.adopt(await openI2b2Gold(i2b2Folder), (writer) => writer.discard())
    : null;
  const totals = { notes: 0, failed: 0, entities: 0, widened: 0 };
  for await (const note of notes) {
    await entities.write({ ...note, spans: note.spans.map(withConfidence) });
    totals.widened += (await i2b2?.write(note))?.widened ?? 0;
    totals.notes++;
    totals.entities += note.spans.length;
    if (totals.notes % progressInterval === 0) yield { kind: 'progress', done: totals.notes };
  }
  for (const { name, message } of job.failed) {
    await entities.fail(name, { code: 'file-unreadable', message, details: {} });
    totals.failed++;
  }
  yield { kind: 'progress', done: totals.notes };
  const files = await entities.close();
  if (i2b2 !== null) {
    await i2b2.close();
    files.push(i2b2Folder);
  }
  return { ...totals, files };
}

/** A span that a reviewer set is certain. */
function withConfidence({ confidence = 1, ...span }: TaskDocument['spans'][number]): PredictedSpan {
  return { ...span, confidence };
}

function refuseWithoutText({ text, formats }: JobOf<'export-entities'>): void {
  const needing = formats.filter((format) => format === 'brat' || format === 'i2b2-2010');
  if (text || needing.length === 0) return;
  throw new AppError('usage', `${needing.join(' and ')} cannot be written without the text of the notes.`, {
    details: { nextStep: 'Write xlsx, csv or jsonl, or allow the text.' },
  });
}
