/** Lines of a decoded file, with their places in the text. */

/** A line's text without its line end, at [start, end) of the file. */
export interface TextLine {
  readonly start: number;
  readonly end: number;
}

/**
 * Lines ended by LF or CRLF; in `universal` mode a lone CR ends a line too, as it does in Python's text files.
 * A file without any LF has lone CRs as its line ends in either mode. A last line without an end counts.
 */
export function lineRanges(text: string, universal: boolean): TextLine[] {
  const ends = universal || !text.includes('\n') ? /\r\n|\n|\r/g : /\r?\n/g;
  const lines: TextLine[] = [];
  let start = 0;
  for (const found of text.matchAll(ends)) {
    lines.push({ start, end: found.index });
    start = found.index + found[0].length;
  }
  if (start < text.length) lines.push({ start, end: text.length });
  return lines;
}

/** The lines of an annotation file with their 1-based numbers; blank ones are left out. */
export function annotationLines(text: string): { number: number; content: string }[] {
  return text
    .split(/\r\n|\n|\r/)
    .map((content, index) => ({ number: index + 1, content }))
    .filter(({ content }) => content.trim() !== '');
}
