/** The entity table as entities.csv: the twin of sheet Entities, for spreadsheet programs (UTF-8 with BOM, CR LF). */
import { stringify } from 'csv-stringify/sync';
import { csvText } from './cells.ts';
import { chosenColumns, entityRows } from './entity-rows.ts';
import type { EntityRow } from './entity-rows.ts';
import { openOutputFile } from './output-file.ts';
import type { EntityWriter, RunDescription } from './tagged-note.ts';

/**
 * Start `folder`/entities.csv. A field that a spreadsheet could take for a formula gets a leading `'` (CWE-1236)
 * and its row a 1 in the last column, `escaped`; entities.jsonl has the same entities unescaped.
 * @throws AppError when the folder cannot be written to.
 */
export async function openEntityCsv(folder: string, run: RunDescription): Promise<EntityWriter> {
  const file = await openOutputFile(folder, 'entities.csv');
  await file.write(`\ufeff${lines([[...chosenColumns(run), 'escaped']])}`);
  return {
    async write(note) {
      await file.write(lines(entityRows(note, run).map(escapedRow)));
    },
    fail: () => Promise.resolve(),
    async close() {
      return [await file.commit()];
    },
    discard: () => file.discard(),
  };
}

function escapedRow(row: EntityRow): EntityRow {
  let escapes = 0;
  const fields = row.map((field) => {
    if (typeof field === 'number') return field;
    const { value, escaped } = csvText(field);
    if (escaped) escapes++;
    return value;
  });
  return [...fields, escapes > 0 ? 1 : 0];
}

function lines(rows: EntityRow[]): string {
  // Of itself csv-stringify would quote only what holds a whole CR LF.
  return stringify(rows, { record_delimiter: '\r\n', quoted_match: /[\r\n]/ });
}
