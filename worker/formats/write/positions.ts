/** From an offset in a text to a line, a sentence or a code point. */
import type { TokenTable } from '../../domain/document.ts';

/** How many values of a sorted array are at most `limit`. */
export function countUpTo(sorted: ArrayLike<number>, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? Infinity) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Offsets (UTF-16 code units) at which the text's lines start; a line ends with CR LF, LF or CR. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  for (const newline of text.matchAll(/\r\n|\n|\r/g)) starts.push(newline.index + newline[0].length);
  return starts;
}

/** The 1-based sentence that holds the first token ending after `offset`; 1 for a text without tokens. */
export function sentenceNumber(tokens: TokenTable, offset: number): number {
  const token = countUpTo(tokens.ends, offset);
  const sentence = countUpTo(tokens.sentenceEnds, token) + 1;
  return Math.max(1, Math.min(sentence, tokens.sentenceEnds.length));
}

/** A function from UTF-16 offsets of this text to code point offsets, the unit that brat counts in. */
export function codePointOffsets(text: string): (offset: number) => number {
  const pairs = [...text.matchAll(/[\ud800-\udbff][\udc00-\udfff]/g)].map((pair) => pair.index);
  if (pairs.length === 0) return (offset) => offset;
  // A pair that starts at p takes two code units and is passed by every offset from p + 2 on.
  return (offset) => offset - countUpTo(pairs, offset - 2);
}
