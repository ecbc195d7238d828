/** Text addressed by line and token, as i2b2 files address it: lines from 1, tokens from 0. */
import type { TokenTable } from '../domain/document.ts';
import { agrees, type Piece } from './repair.ts';
import { lineRanges } from './text-lines.ts';

/** First and last token (inclusive) of a stretch of text. */
export interface TokenAddress {
  readonly startLine: number;
  readonly startToken: number;
  readonly endLine: number;
  readonly endToken: number;
}

/** How a file counts tokens and lines; tools disagree, so it is found out per file. */
export interface Counting {
  /** `each`: every white space character ends a token, so two in a row hold an empty one; `runs`: white space in runs. */
  readonly tokens: 'each' | 'runs' | 'blanks';
  /** Whether a lone CR ends a line. */
  readonly universalNewlines: boolean;
}

/** A text cut into addressable tokens, empty ones included where they count. */
export interface TokenLines {
  readonly counting: Counting;
  readonly text: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** Index of each line's first token, and the number of tokens at the end. */
  readonly lineFirst: readonly number[];
}

/** The annotations of one file as far as they are needed to find out how it counts. */
export interface AddressedText {
  readonly addresses: readonly TokenAddress[];
  /** Ways to read the stated text; one that fits is enough. */
  readonly surfaces: readonly string[];
}

/**
 * Cut the text the way in which most annotations state the text that is there: single white space characters first, then
 * runs of white space, then single blanks only. `fits` tells how many annotations agree with each way that was tried.
 */
export function chooseTokenLines(
  text: string,
  annotations: readonly AddressedText[],
): { lines: TokenLines; fits: number; firstFits: number } {
  let best: { lines: TokenLines; fits: number } | undefined;
  let firstFits = 0;
  for (const counting of countings(text)) {
    const lines = cutTokenLines(text, counting);
    const fits = annotations.reduce((sum, annotation) => sum + Number(fitsText(lines, annotation)), 0);
    if (best === undefined) firstFits = fits;
    if (best === undefined || fits > best.fits) best = { lines, fits };
    if (fits === annotations.length) break;
  }
  return { lines: best?.lines ?? cutTokenLines(text, firstCounting), fits: best?.fits ?? 0, firstFits };
}

const firstCounting: Counting = { tokens: 'each', universalNewlines: false };

function countings(text: string): Counting[] {
  const tokenWays = ['each', 'runs', 'blanks'] as const;
  const lineWays = /\r(?!\n)/.test(text) && text.includes('\n') ? [false, true] : [false];
  return lineWays.flatMap((universalNewlines) => tokenWays.map((tokens) => ({ tokens, universalNewlines })));
}

/** Cut a text in one way of counting. Time is linear in the length of the text. */
export function cutTokenLines(text: string, counting: Counting): TokenLines {
  const starts: number[] = [];
  const ends: number[] = [];
  const lineFirst: number[] = [];
  const separator = counting.tokens === 'each' ? /\s/g : counting.tokens === 'runs' ? /\s+/g : / /g;
  for (const line of lineRanges(text, counting.universalNewlines)) {
    lineFirst.push(starts.length);
    let from = line.start;
    const push = (to: number): void => {
      if (to === from && counting.tokens === 'runs') return;
      starts.push(from);
      ends.push(to);
    };
    for (const found of text.slice(line.start, line.end).matchAll(separator)) {
      push(line.start + found.index);
      from = line.start + found.index + found[0].length;
    }
    push(line.end);
  }
  lineFirst.push(starts.length);
  return { counting, text, starts, ends, lineFirst };
}

/** The characters from an address's first token to its last; undefined where the file has no such line or token. */
export function charactersAt(lines: TokenLines, address: TokenAddress): Piece | undefined {
  const first = tokenIndex(lines, address.startLine, address.startToken);
  const last = tokenIndex(lines, address.endLine, address.endToken);
  if (first === undefined || last === undefined) return undefined;
  return [lines.starts[first] ?? 0, lines.ends[last] ?? 0];
}

/** Where to start looking for an address that does not exist: the line's nearest token, if there is such a line. */
export function nearestCharacter(lines: TokenLines, address: TokenAddress): number | undefined {
  const count = tokensOfLine(lines, address.startLine);
  if (count === undefined) return undefined;
  const first = lines.lineFirst[address.startLine - 1] ?? 0;
  return lines.starts[first + Math.max(0, Math.min(address.startToken, count - 1))];
}

/** Number of tokens of a line (1-based); undefined where there is no such line. */
export function tokensOfLine(lines: TokenLines, line: number): number | undefined {
  const first = lines.lineFirst[line - 1];
  const end = lines.lineFirst[line];
  return first === undefined || end === undefined ? undefined : end - first;
}

function tokenIndex(lines: TokenLines, line: number, token: number): number | undefined {
  const count = tokensOfLine(lines, line);
  if (count === undefined || token >= count) return undefined;
  return (lines.lineFirst[line - 1] ?? 0) + token;
}

function fitsText(lines: TokenLines, annotation: AddressedText): boolean {
  const pieces = annotation.addresses.map((address) => charactersAt(lines, address));
  if (!pieces.every((piece) => piece !== undefined)) return false;
  return annotation.surfaces.some((surface) => agrees(lines.text, pieces, surface));
}

/** The file's own tokens and sentences: one sentence a line, without empty tokens and empty lines. */
export function tokenTableOf(lines: TokenLines): TokenTable {
  const starts: number[] = [];
  const ends: number[] = [];
  const sentenceEnds: number[] = [];
  for (let line = 0; line + 1 < lines.lineFirst.length; line++) {
    const before = starts.length;
    for (let i = lines.lineFirst[line] ?? 0; i < (lines.lineFirst[line + 1] ?? 0); i++) {
      const start = lines.starts[i] ?? 0;
      const end = lines.ends[i] ?? 0;
      if (lines.text.slice(start, end).trim() === '') continue;
      starts.push(start);
      ends.push(end);
    }
    if (starts.length > before) sentenceEnds.push(starts.length);
  }
  return { starts: Int32Array.from(starts), ends: Int32Array.from(ends), sentenceEnds: Int32Array.from(sentenceEnds) };
}
