/** Text made safe for a spreadsheet cell: same words, nothing that breaks a workbook or runs as a formula. */

/** Characters a cell may hold: Excel refuses more than 32,767. */
const maxCellCharacters = 32_000;
/** Excel refuses more than 253 line feeds in a cell. */
const maxLineFeeds = 250;

const replacement = '\ufffd';
// XML 1.0 forbids these even when escaped.
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/**
 * The text as a cell may hold it: CR LF and CR become LF, control characters and lone surrogates U+FFFD,
 * and what is longer than 32,000 characters is cut and ends with "…".
 */
export function cellText(text: string): string {
  // Cutting first leaves room for CR LF and keeps a megabyte of text from being cleaned in vain.
  const head = text.length > 2 * maxCellCharacters ? text.slice(0, 2 * maxCellCharacters) : text;
  const clean = head.replace(/\r\n?/g, '\n').replace(forbidden, replacement).toWellFormed();
  const short = clean.length > maxCellCharacters ? `${cutAt(clean, maxCellCharacters - 1)}…` : clean;
  let lineFeeds = 0;
  return short.replace(/\n/g, () => (++lineFeeds > maxLineFeeds ? ' ' : '\n'));
}

/** Up to `length` code units before `offset`, never half a surrogate pair; line breaks and tabs shown as spaces. */
export function contextBefore(text: string, offset: number, length: number): string {
  let start = Math.max(0, offset - length);
  if (splitsPair(text, start)) start++;
  return onOneLine(text.slice(start, offset));
}

/** Up to `length` code units from `offset` on, never half a surrogate pair; line breaks and tabs shown as spaces. */
export function contextAfter(text: string, offset: number, length: number): string {
  return onOneLine(cutAt(text.slice(offset), length));
}

/** A CSV field: a leading `'` where a spreadsheet program could take the text for a formula, and whether it was added. */
export function csvText(text: string): { value: string; escaped: boolean } {
  // The full-width signs are normalised to formulas by some programs.
  const escaped = /^[=+\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]/.test(text);
  return { value: escaped ? `'${text}` : text, escaped };
}

function cutAt(text: string, length: number): string {
  if (text.length <= length) return text;
  return text.slice(0, splitsPair(text, length) ? length - 1 : length);
}

function splitsPair(text: string, offset: number): boolean {
  return /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(Math.max(0, offset - 1), offset + 1));
}

function onOneLine(text: string): string {
  return text.replace(/\r\n|[\r\n\t\v\f\u0085\u2028\u2029]/g, ' ');
}
