/** Reads the tokens of a text while sentences are looked for: words, first characters, and what lies between two tokens. */

export interface TokenText {
  readonly text: string;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** `none`: the tokens touch; `line`: one newline; `block`: a blank line or a form feed. */
export type Gap = 'none' | 'space' | 'line' | 'block';

/** Characters of token i; empty outside the text. */
export function wordAt(source: TokenText, i: number): string {
  return source.text.slice(source.starts[i], source.ends[i] ?? source.starts[i]);
}

/** First UTF-16 unit of token i; empty outside the text. */
export function firstCharacter(source: TokenText, i: number): string {
  const start = source.starts[i];
  return start === undefined ? '' : (source.text[start] ?? '');
}

/** UTF-16 units of token i; 0 outside the text. */
export function lengthAt(source: TokenText, i: number): number {
  return (source.ends[i] ?? 0) - (source.starts[i] ?? 0);
}

/** Does token i touch the next one? */
export function touchesNext(source: TokenText, i: number): boolean {
  return source.ends[i] === source.starts[i + 1];
}

/** What lies between token i and the next. */
export function gapAfter(source: TokenText, i: number): Gap {
  const from = source.ends[i] ?? 0;
  const to = source.starts[i + 1] ?? from;
  if (from === to) return 'none';
  let lines = 0;
  for (let at = from; at < to; at++) {
    const code = source.text.charCodeAt(at);
    if (code === 0x0b || code === 0x0c || code === 0x2029) return 'block';
    const isLine = code === 0x0a || code === 0x85 || code === 0x2028;
    if (isLine || (code === 0x0d && source.text.charCodeAt(at + 1) !== 0x0a)) lines += 1;
    if (lines > 1) return 'block';
  }
  return lines === 0 ? 'space' : 'line';
}

/** A letter with case that is a capital. */
export function isCapital(character: string): boolean {
  return character !== character.toLowerCase() && character === character.toUpperCase();
}

/** A letter with case that is a small one. */
export function isSmall(character: string): boolean {
  return character !== character.toUpperCase() && character === character.toLowerCase();
}

/** An ASCII digit. */
export function isDigit(character: string): boolean {
  return character >= '0' && character <= '9';
}
