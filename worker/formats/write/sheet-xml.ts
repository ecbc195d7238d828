/** The XML of a workbook's parts (ECMA-376 SpreadsheetML): rows, sheets, styles and what ties them together. */

/** A text is always written as text, never as a formula; null leaves the cell empty. */
export type CellValue = string | number | null;

export interface Column {
  readonly header: string;
  /** In characters of the default font. */
  readonly width: number;
  /** Show numbers with three decimals. */
  readonly isScore: boolean;
}

/** A sheet of the workbook and the number in its part's name. */
export interface SheetEntry {
  readonly name: string;
  readonly number: number;
  readonly columns: readonly Column[];
  /** Rows with the header. */
  readonly rows: number;
}

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const relationships = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packageRelationships = 'http://schemas.openxmlformats.org/package/2006/relationships';
const contentType = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** Positions in `cellXfs` of {@link stylesXml}. */
const style = { header: 1, text: 2, score: 3 } as const;

/** Path of a sheet's part in the archive. */
export function sheetPath(number: number): string {
  return `xl/worksheets/sheet${number}.xml`;
}

/** A sheet up to its first row: frozen header row, column widths. */
export function sheetStart(columns: readonly Column[]): string {
  const widths = columns.map(
    (column, i) => `<col min="${i + 1}" max="${i + 1}" width="${column.width}" customWidth="1"/>`,
  );
  return (
    `${declaration}<worksheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0">` +
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>' +
    `<sheetFormatPr defaultRowHeight="15"/><cols>${widths.join('')}</cols><sheetData>`
  );
}

/** A sheet from its last row on: the filter over all columns. */
export function sheetEnd(columns: readonly Column[], rows: number): string {
  return `</sheetData><autoFilter ref="A1:${columnLetters(columns.length)}${rows}"/></worksheet>`;
}

/** The bold first row. */
export function headerRow(columns: readonly Column[]): string {
  const cells = columns.map((column, i) => textCell(`${columnLetters(i + 1)}1`, column.header, style.header));
  return `<row r="1">${cells.join('')}</row>`;
}

/** Row `number` (1-based). Texts must have been made safe by `cellText`; numbers must be finite. */
export function rowXml(number: number, columns: readonly Column[], values: readonly CellValue[]): string {
  let cells = '';
  for (const [i, column] of columns.entries()) {
    const value = values[i] ?? null;
    if (value === null) continue;
    const place = `${columnLetters(i + 1)}${number}`;
    if (typeof value === 'string') cells += textCell(place, value, style.text);
    else cells += `<c r="${place}"${column.isScore ? ` s="${style.score}"` : ''}><v>${value}</v></c>`;
  }
  return `<row r="${number}">${cells}</row>`;
}

/** Text cells have the number format `@`, so that "3/4" stays text when somebody edits it. */
export function stylesXml(): string {
  return (
    `${declaration}<styleSheet xmlns="${main}"><numFmts count="1"><numFmt numFmtId="164" formatCode="0.000"/></numFmts>` +
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font>' +
    '<font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>' +
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>' +
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>' +
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>' +
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>' +
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>' +
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>' +
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>' +
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
  );
}

/** The list of sheets, with the hidden names by which Excel knows each filter. */
export function workbookXml(sheets: readonly SheetEntry[]): string {
  const list = sheets.map((sheet, i) => `<sheet name="${sheet.name}" sheetId="${i + 1}" r:id="rId${sheet.number}"/>`);
  const filters = sheets.map(
    (sheet, i) =>
      `<definedName name="_xlnm._FilterDatabase" localSheetId="${i}" hidden="1">` +
      `'${sheet.name}'!$A$1:$${columnLetters(sheet.columns.length)}$${sheet.rows}</definedName>`,
  );
  return (
    `${declaration}<workbook xmlns="${main}" xmlns:r="${relationships}"><bookViews><workbookView/></bookViews>` +
    `<sheets>${list.join('')}</sheets><definedNames>${filters.join('')}</definedNames></workbook>`
  );
}

/** Where the workbook finds its sheets and styles. */
export function workbookRelationshipsXml(sheets: readonly SheetEntry[]): string {
  const targets = sheets.map(
    ({ number }) =>
      `<Relationship Id="rId${number}" Type="${relationships}/worksheet" Target="worksheets/sheet${number}.xml"/>`,
  );
  const styles = `<Relationship Id="styles" Type="${relationships}/styles" Target="styles.xml"/>`;
  return `${declaration}<Relationships xmlns="${packageRelationships}">${targets.join('')}${styles}</Relationships>`;
}

/** Where a reader of the package finds the workbook. */
export function packageRelationshipsXml(): string {
  const workbook = `<Relationship Id="workbook" Type="${relationships}/officeDocument" Target="xl/workbook.xml"/>`;
  return `${declaration}<Relationships xmlns="${packageRelationships}">${workbook}</Relationships>`;
}

/** What each part of the package is. */
export function contentTypesXml(sheets: readonly SheetEntry[]): string {
  const parts = sheets.map(({ number }) => override(`/${sheetPath(number)}`, `${contentType}.worksheet+xml`));
  parts.push(
    override('/xl/workbook.xml', `${contentType}.sheet.main+xml`),
    override('/xl/styles.xml', `${contentType}.styles+xml`),
  );
  return (
    `${declaration}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
    `<Default Extension="xml" ContentType="application/xml"/>${parts.join('')}</Types>`
  );
}

function override(part: string, type: string): string {
  return `<Override PartName="${part}" ContentType="${type}"/>`;
}

function textCell(place: string, text: string, styleNumber: number): string {
  return `<c r="${place}" s="${styleNumber}" t="inlineStr"><is><t xml:space="preserve">${escapeXml(text)}</t></is></c>`;
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Excel reads `_x000B_` in a text as the character it names (ST_Xstring), so a literal one escapes its underscore. */
function escapeXml(text: string): string {
  const literal = text.includes('_x') ? text.replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_') : text;
  return literal.replace(/[&<>]/g, (character) => entities[character] ?? character);
}

/** A, B, …, Z, AA, … for column 1, 2, … */
function columnLetters(column: number): string {
  const first = Math.floor((column - 1) / 26);
  const last = String.fromCharCode(65 + ((column - 1) % 26));
  return first === 0 ? last : columnLetters(first) + last;
}
