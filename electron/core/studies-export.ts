/** A study as a file: a workbook, CSV files or JSON. */
import { basename, dirname } from 'node:path';
import type { CallOutput, CheckedInput } from '../api/contract.ts';
import type { CoreContext } from './context.ts';
import { searchResult } from './search.ts';
import { studyTables } from './studies-tables.ts';
import { describeStudy } from './studies.ts';
import { requireFolder, writeWholeFile } from './whole-file.ts';

/** What the file holds, for what is said when it cannot be written. */
const what = 'the study';

/** @throws AppError `study-not-found`, `file-not-found` (no such folder), `file-unwritable`, `disk-full`. */
export async function exportStudy(
  context: CoreContext,
  { study: id, format, file }: CheckedInput<'studies.export'>,
): Promise<CallOutput<'studies.export'>> {
  const store = context.project();
  const study = describeStudy(store, id);
  const search = study.kind === 'search' ? searchResult(store, id) : null;
  if (format === 'json') {
    writeWholeFile(file, what, [Buffer.from(`${JSON.stringify({ study, search }, null, 2)}\n`)]);
    return { study: id, files: [file] };
  }
  requireFolder(file, what);
  const { files } = await context.jobs.run<'export-tables'>('studies.export', () => ({
    job: {
      kind: 'export-tables',
      format,
      folder: dirname(file),
      name: basename(file),
      tables: studyTables(study, search),
    },
    onEvent: () => undefined,
  }));
  return { study: id, files };
}
