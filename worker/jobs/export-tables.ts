/** The job that writes tables to a file: its own process, as every file is written by one. */
import { writeTables } from '../formats/write/table-files.ts';
import type { JobOf } from '../protocol-jobs.ts';
import type { JobResults } from '../protocol.ts';

/** @throws AppError when the folder cannot be written to; `disk-full`. */
export async function* exportTablesJob({
  folder,
  name,
  format,
  tables,
}: JobOf<'export-tables'>): AsyncGenerator<never, JobResults['export-tables']> {
  return { files: await writeTables(folder, name, format, tables) };
}
