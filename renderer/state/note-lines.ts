/** A note's text as lines that can be drawn one at a time, each cut where entities begin and end. Offsets are UTF-16 code units. */
import type { PlacedSpan } from './note-spans.ts';

/** A line of the text, or a part of a very long one. `end` is before the line break. */
export interface TextLine {
  /** As editors count, from 1. */
  readonly number: number;
  readonly start: number;
  readonly end: number;
  /** False for the later parts of a long line. */
  readonly isFirstPart: boolean;
}

/** A stretch of a line whose every character lies in the same spans. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly spans: readonly PlacedSpan[];
}

/** Longer lines are drawn in parts, so that a note without line breaks scrolls as well. */
const longestPart = 2000;

/** Lines end at LF, CRLF or CR. */
export function splitLines(text: string): TextLine[] {
  const lines: TextLine[] = [];
  let start = 0;
  let number = 1;
  for (const { 0: lineBreak, index } of text.matchAll(/\r\n|\n|\r/g)) {
    addLine(lines, text, { number, start, end: index });
    number += 1;
    start = index + lineBreak.length;
  }
  addLine(lines, text, { number, start, end: text.length });
  return lines;
}

/** The line that holds an offset. */
export function lineAt(lines: readonly TextLine[], offset: number): number {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((lines[middle]?.start ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The spans that touch each line; lines without any are absent. */
export function spansByLine(lines: readonly TextLine[], placed: readonly PlacedSpan[]): Map<number, PlacedSpan[]> {
  const found = new Map<number, PlacedSpan[]>();
  for (const entry of placed) {
    const last = lineAt(lines, Math.max(entry.span.start, entry.span.end - 1));
    for (let index = lineAt(lines, entry.span.start); index <= last; index++) {
      const here = found.get(index);
      if (here === undefined) found.set(index, [entry]);
      else here.push(entry);
    }
  }
  return found;
}

/** Cuts a line at the boundaries of its spans and at further offsets, such as the caret's. An empty line gives no piece. */
export function cutLine(line: TextLine, spans: readonly PlacedSpan[], further: readonly number[]): Piece[] {
  const cuts = new Set([line.start, line.end]);
  for (const offset of [...spans.flatMap(({ span }) => span.parts.flat()), ...further]) {
    if (offset > line.start && offset < line.end) cuts.add(offset);
  }
  const offsets = [...cuts].sort((a, b) => a - b);
  return offsets.slice(0, -1).map((start, index) => ({
    start,
    end: offsets[index + 1] ?? line.end,
    spans: spans.filter(({ span }) => span.parts.some((part) => part[0] <= start && start < part[1])),
  }));
}

function addLine(lines: TextLine[], text: string, line: { number: number; start: number; end: number }): void {
  const { number, end } = line;
  let { start } = line;
  while (end - start > longestPart) {
    const middle = partEnd(text, start);
    lines.push({ number, start, end: middle, isFirstPart: start === line.start });
    start = middle;
  }
  lines.push({ number, start, end, isFirstPart: start === line.start });
}

/** After a blank where there is one, never inside a surrogate pair. */
function partEnd(text: string, start: number): number {
  const limit = start + longestPart;
  const blank = text.lastIndexOf(' ', limit - 1) + 1;
  if (blank > start + longestPart / 2) return blank;
  return /[\udc00-\udfff]/.test(text[limit] ?? '') ? limit - 1 : limit;
}
