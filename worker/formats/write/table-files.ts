/** Writes tables: as the sheets of a workbook, or as CSV files beside each other (UTF-8 with BOM, CR LF). */
import { parse } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import type { Table, TableFormat } from '../../domain/tables.ts';
import { cellText, csvText } from './cells.ts';
import { openOutputFile } from './output-file.ts';
import { openWorkbook } from './workbook.ts';

/**
 * Write `folder`/`name`; the paths of the files. As CSV the first table has that name and each other NAME-TABLE, since a CSV file holds
 * one table; a text that a spreadsheet could take for a formula gets a leading `'` there (CWE-1236).
 * @throws AppError when the folder cannot be written to; `disk-full`.
 */
export async function writeTables(
  folder: string,
  name: string,
  format: TableFormat,
  tables: readonly Table[],
): Promise<string[]> {
  if (format === 'xlsx') return [await writeWorkbook(folder, name, tables)];
  const files: string[] = [];
  const { name: stem, ext } = parse(name);
  for (const [i, table] of tables.entries())
    files.push(await writeCsv(folder, i === 0 ? name : `${stem}-${table.name.toLowerCase()}${ext}`, table));
  return files;
}

async function writeWorkbook(folder: string, name: string, tables: readonly Table[]): Promise<string> {
  const workbook = await openWorkbook(folder, name);
  await using opened = new AsyncDisposableStack();
  opened.defer(() => workbook.discard());
  for (const { rows, ...layout } of tables) {
    const sheet = workbook.holdSheet(layout);
    for (const row of rows)
      await sheet.addRow(row.map((value) => (typeof value === 'string' ? cellText(value) : value)));
  }
  return await workbook.close();
}

async function writeCsv(folder: string, name: string, { columns, rows }: Table): Promise<string> {
  const file = await openOutputFile(folder, name);
  await using opened = new AsyncDisposableStack();
  opened.defer(() => file.discard());
  const safe = rows.map((row) => row.map((value) => (typeof value === 'string' ? csvText(value).value : value)));
  const lines = stringify([columns.map(({ header }) => header), ...safe], {
    record_delimiter: '\r\n',
    quoted_match: /[\r\n]/,
  });
  await file.write(`\ufeff${lines}`);
  return await file.commit();
}
