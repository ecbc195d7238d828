/** The line structure of notes: which newlines end a sentence, and which were only put there to wrap it. */
import {
  firstCharacter,
  gapAfter,
  isCapital,
  isDigit,
  isSmall,
  lengthAt,
  wordAt,
  type TokenText,
} from './token-text.ts';

/** What the lines of a whole text tell about each of them. */
export interface LineStyle {
  /** Usual length of a full line, in UTF-16 units. */
  readonly width: number;
  /** `lower`: no capitals at all; `upper`: nearly all capitals, so that capitals do not make a heading. */
  readonly letterCase: 'mixed' | 'lower' | 'upper';
}

/** A line at least this long that had no room for the next word counts as wrapped. */
const shortestWrappedLine = 40;
/** A heading has at most this many tokens; looking no farther keeps time linear. */
const longestHeading = 12;
/** Longer lines are never headings (UTF-16 units). */
const longestHeadingLine = 100;

/** Line width (the length that 19 of 20 lines do not exceed) and letter case of a text. */
export function lineStyle(text: string): LineStyle {
  const lengths = text
    .split(/\r\n|[\n\r\f\u0085\u2028\u2029]/)
    .map((line) => line.trimEnd().length)
    .filter((length) => length > 0)
    .sort((a, b) => a - b);
  const capitals = text.match(/\p{Lu}/gu)?.length ?? 0;
  const small = text.match(/\p{Ll}/gu)?.length ?? 0;
  const letterCase = capitals === 0 ? 'lower' : capitals > 3 * small ? 'upper' : 'mixed';
  return { width: lengths[Math.floor(0.95 * lengths.length)] ?? 0, letterCase };
}

/** Does the single newline after token i end a sentence that has no full stop there? `lineFirst` opens the line of token i. */
export function newlineBreaks(source: TokenText, style: LineStyle, lineFirst: number, i: number): boolean {
  if (firstCharacter(source, i) === ':') return true;
  if (isListItem(source, i + 1) || isLabelledLine(source, i + 1)) return true;
  if (isCapitalLine(source, style, lineFirst, i)) return true;
  const length = lineLength(source, lineFirst, i);
  if (isSmall(firstCharacter(source, i + 1))) return style.width >= shortestWrappedLine && length < style.width / 2;
  return !isWrapped(source, style, lineFirst, i);
}

/** Was the line of token i full, so that the next word did not fit? */
export function isWrapped(source: TokenText, style: LineStyle, lineFirst: number, i: number): boolean {
  const length = lineLength(source, lineFirst, i);
  if (length < shortestWrappedLine) return false;
  return length + 1 + chunkLength(source, source.starts[i + 1] ?? 0, style.width - length) > style.width;
}

/** UTF-16 units up to the next blank, at most `limit`. */
function chunkLength(source: TokenText, start: number, limit: number): number {
  let end = start;
  while (end < source.text.length && end - start < limit && !/\s/.test(source.text.charAt(end))) end += 1;
  return end - start;
}

/** Is token i the bullet or number of a list item (`-`, `•`, `#`, `1.`, `2)`, `a.`, `b)`, `(3)`), a blank behind it? */
export function isListItem(source: TokenText, i: number): boolean {
  const mark = firstCharacter(source, i);
  if (lengthAt(source, i) === 1 && '-*•·–—#◦▪■●►'.includes(mark)) return gapAfter(source, i) === 'space';
  if (mark === '(') return isListNumber(source, i + 1) && closesListNumber(source, i + 2, ')');
  return isListNumber(source, i) && closesListNumber(source, i + 1, isDigit(mark) || isSmall(mark) ? '.)' : ')');
}

function isListNumber(source: TokenText, i: number): boolean {
  const length = lengthAt(source, i);
  const first = firstCharacter(source, i);
  if (gapAfter(source, i) !== 'none' || length === 0) return false;
  return isDigit(first) ? length <= 2 : length === 1 && (isSmall(first) || isCapital(first));
}

function closesListNumber(source: TokenText, i: number, marks: string): boolean {
  return lengthAt(source, i) === 1 && marks.includes(firstCharacter(source, i)) && gapAfter(source, i) === 'space';
}

/** Does token i open a line such as `Past medical history: …` or `BP: 120/80`? */
export function isLabelledLine(source: TokenText, i: number): boolean {
  if (!isCapital(firstCharacter(source, i))) return false;
  for (let j = i + 1; j < i + longestHeading; j++) {
    const gap = gapAfter(source, j - 1);
    if (gap === 'line' || gap === 'block') return false;
    const mark = firstCharacter(source, j);
    if (mark === ':') return !isDigit(firstCharacter(source, j - 1));
    if (lengthAt(source, j) === 0 || '.,;?!'.includes(mark)) return false;
  }
  return false;
}

/** Is the line that ends with token i a heading in capitals? */
function isCapitalLine(source: TokenText, style: LineStyle, lineFirst: number, i: number): boolean {
  if (style.letterCase === 'upper' || i - lineFirst >= longestHeading) return false;
  if (lineLength(source, lineFirst, i) > longestHeadingLine) return false;
  const line = source.text.slice(source.starts[lineFirst], source.ends[i]);
  return /\p{Lu}{3}/u.test(line) && !/\p{Ll}/u.test(line) && /[\p{Lu})]$/u.test(wordAt(source, i));
}

function lineLength(source: TokenText, lineFirst: number, i: number): number {
  return (source.ends[i] ?? 0) - (source.starts[lineFirst] ?? 0);
}
