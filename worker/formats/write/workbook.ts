/** An .xlsx workbook written row by row, so that its size is bounded by the disk and not by memory. */
import { openOutputFile } from './output-file.ts';
import {
  contentTypesXml,
  headerRow,
  packageRelationshipsXml,
  rowXml,
  sheetEnd,
  sheetPath,
  sheetStart,
  stylesXml,
  workbookRelationshipsXml,
  workbookXml,
} from './sheet-xml.ts';
import type { CellValue, Column, SheetEntry } from './sheet-xml.ts';
import { openZipFile } from './zip-file.ts';
import type { ZipPart } from './zip-file.ts';

/** A sheet's name (at most 26 characters, none of `:\/?*[]'&<>"`) and columns. */
export interface SheetLayout {
  readonly name: string;
  readonly columns: readonly Column[];
}

export interface SheetWriter {
  /** One value a column. Past the last row a sheet can hold, the rows go on in NAME_2, NAME_3, …, each with a header. */
  addRow(values: readonly CellValue[]): Promise<void>;
}

/** A workbook being written; sheets appear in the order in which they were asked for. */
export interface WorkbookWriter {
  /** A sheet whose rows go straight to disk; at most one a workbook. */
  streamSheet(layout: SheetLayout): SheetWriter;
  /** A sheet whose compressed rows wait in memory until `close`. */
  holdSheet(layout: SheetLayout): SheetWriter;
  /** Finish the file and put it in place; its path. */
  close(): Promise<string>;
  discard(): Promise<void>;
}

/** Data rows a sheet can hold below its header: Excel's 1,048,576 less one. */
export const maxDataRows = 1_048_575;
/** Characters of XML gathered before they are compressed. */
const chunkLength = 64 * 1024;

/** Start `folder`/`name`. @throws AppError as `openOutputFile` does; `usage` beyond 4 GiB. */
export async function openWorkbook(folder: string, name: string, rowsPerSheet = maxDataRows): Promise<WorkbookWriter> {
  const file = await openOutputFile(folder, name);
  const zip = openZipFile(file);
  const sheets: OpenSheet[] = [];
  let parts = 0;

  function addSheet(layout: SheetLayout, openPart: (path: string) => Promise<ZipPart>): SheetWriter {
    const sheet = openSheet(layout, rowsPerSheet, async () => {
      const number = ++parts;
      return { number, part: await openPart(sheetPath(number)) };
    });
    sheets.push(sheet);
    return sheet;
  }

  async function addPart(path: string, xml: string): Promise<void> {
    const part = zip.holdPart(path);
    await part.write(xml);
    await part.end();
  }

  return {
    streamSheet: (layout) => addSheet(layout, (path) => zip.openPart(path)),
    holdSheet: (layout) => addSheet(layout, (path) => Promise.resolve(zip.holdPart(path))),
    async close() {
      for (const sheet of sheets) await sheet.end();
      const entries = sheets.flatMap((sheet) => sheet.entries);
      await addPart('xl/styles.xml', stylesXml());
      await addPart('xl/workbook.xml', workbookXml(entries));
      await addPart('xl/_rels/workbook.xml.rels', workbookRelationshipsXml(entries));
      await addPart('_rels/.rels', packageRelationshipsXml());
      await addPart('[Content_Types].xml', contentTypesXml(entries));
      await zip.finish();
      return file.commit();
    },
    discard: () => file.discard(),
  };
}

interface NumberedPart {
  readonly number: number;
  readonly part: ZipPart;
}

interface OpenSheet extends SheetWriter {
  /** The sheets that have ended: NAME, NAME_2, … */
  readonly entries: readonly SheetEntry[];
  end(): Promise<void>;
}

/** A sheet that moves to a further part when one is full. An empty sheet still gets its header. */
function openSheet(layout: SheetLayout, rowsPerSheet: number, nextPart: () => Promise<NumberedPart>): OpenSheet {
  const { name, columns } = layout;
  const entries: SheetEntry[] = [];
  let current: NumberedPart | undefined;
  let xml = '';
  let rows = 0;

  async function begin(): Promise<NumberedPart> {
    current = await nextPart();
    xml = sheetStart(columns) + headerRow(columns);
    rows = 1;
    return current;
  }

  async function flush({ part }: NumberedPart): Promise<void> {
    const chunk = xml;
    xml = '';
    await part.write(chunk);
  }

  async function finish(): Promise<void> {
    const ending = current ?? (await begin());
    xml += sheetEnd(columns, rows);
    await flush(ending);
    await ending.part.end();
    const suffix = entries.length === 0 ? '' : `_${entries.length + 1}`;
    entries.push({ name: name + suffix, number: ending.number, columns, rows });
    current = undefined;
  }

  return {
    entries,
    async addRow(values) {
      if (rows > rowsPerSheet) await finish();
      const open = current ?? (await begin());
      rows++;
      xml += rowXml(rows, columns, values);
      if (xml.length >= chunkLength) await flush(open);
    },
    end: finish,
  };
}
