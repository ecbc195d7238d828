/** Cuts verbatim text into fine tokens with exact UTF-16 offsets; the text itself is never normalised. */
import type { TokenTable } from '../domain/document.ts';
import { sentenceEnds } from './sentences.ts';

/**
 * Tokens and sentences of a note. Words keep their letters, accents and short codes (`CD68`); a number keeps its decimal
 * point or thousands comma; digits are split from the unit that follows (`5mg`); every other mark is a token of its own
 * (hyphen, slash, apostrophe, full stop), except that `'s` stays together and so do three or more equal marks (`____`).
 * Emoji are never cut. Control characters count as space. Never throws; time is linear in the length of the text.
 */
export function tokenTable(text: string): TokenTable {
  let capacity = 64 + (text.length >> 2);
  let starts = new Int32Array(capacity);
  let ends = new Int32Array(capacity);
  let count = 0;
  for (let at = 0; at < text.length;) {
    const kind = kindAt(text, at);
    if (kind === space || kind === joiner) {
      at = after(text, at);
      continue;
    }
    if (count === capacity) {
      capacity *= 2;
      starts = grown(starts, capacity);
      ends = grown(ends, capacity);
    }
    starts[count] = at;
    at = tokenEnd(text, at, kind);
    ends[count] = at;
    count += 1;
  }
  starts = starts.slice(0, count);
  ends = ends.slice(0, count);
  return { starts, ends, sentenceEnds: sentenceEnds(text, starts, ends) };
}

// Kinds of character. A mark (combining accent, variation selector) continues whatever token stands before it.
const space = 0;
const letter = 1;
const digit = 2;
const mark = 3;
/** Soft hyphen and zero-width joiners: inside a word they belong to it, elsewhere they are space. */
const joiner = 4;
/** Letters of scripts written without spaces: each is a token. */
const ideograph = 5;
const symbol = 6;

const zeroWidthJoiner = 0x200d;
const kinds = kindTable();

function kindTable(): Uint8Array {
  const table = new Uint8Array(0x10000);
  for (let code = 0; code < table.length; code++) table[code] = kindOf(String.fromCharCode(code));
  return table;
}

function kindOf(character: string): number {
  if (/[\u00ad\u200c\u200d]/.test(character)) return joiner;
  if (/[\s\p{Cc}\p{Cf}\p{Z}]/u.test(character)) return space;
  if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(character)) return ideograph;
  if (/[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u.test(character)) {
    return /\p{M}/u.test(character) ? mark : ideograph;
  }
  if (/\p{L}/u.test(character)) return letter;
  if (/\p{Nd}/u.test(character)) return digit;
  if (/\p{M}/u.test(character)) return mark;
  return symbol;
}

/** Kind of the code point at `at`; past the end it is space. */
function kindAt(text: string, at: number): number {
  if (at >= text.length) return space;
  const code = text.charCodeAt(at);
  const isPair = code >= 0xd800 && code <= 0xdbff && isLowSurrogate(text, at + 1);
  return isPair ? kindOf(text.slice(at, at + 2)) : (kinds[code] ?? symbol);
}

function isLowSurrogate(text: string, at: number): boolean {
  const code = at < text.length ? text.charCodeAt(at) : 0;
  return code >= 0xdc00 && code <= 0xdfff;
}

/** Offset after the code point at `at`. */
function after(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xd800 && code <= 0xdbff && isLowSurrogate(text, at + 1) ? at + 2 : at + 1;
}

function tokenEnd(text: string, start: number, kind: number): number {
  if (kind === letter || kind === mark) return wordEnd(text, start);
  if (kind === digit) return marksEnd(text, numberEnd(text, start));
  if (kind === ideograph) return marksEnd(text, after(text, start));
  return symbolEnd(text, start);
}

/** Directly behind a number a word ends at the next digit, so that `3x5` gives three tokens. */
function wordEnd(text: string, start: number): number {
  const followsNumber = start > 0 && kindAt(text, start - 1) === digit;
  let at = start;
  let end = start;
  for (;;) {
    const kind = kindAt(text, at);
    if (kind !== letter && kind !== digit && kind !== mark && kind !== joiner) return end;
    if (kind === digit && (followsNumber || endsInSmallLetters(text, start, at))) return end;
    at = after(text, at);
    if (kind !== joiner) end = at;
  }
}

/** Digits behind four small letters are a citation or a lost blank (`fibres4`, `atropine1%`), not part of a name. */
function endsInSmallLetters(text: string, start: number, end: number): boolean {
  return end - start >= 4 && /^[\p{Ll}]{4}$/u.test(text.slice(end - 4, end));
}

function digitsEnd(text: string, start: number): number {
  let at = start;
  while (kindAt(text, at) === digit) at = after(text, at);
  return at;
}

/** `0.5`, `1,250`, `1,250.75`; but `12.03.2011` and `2,5` come apart at their marks. */
function numberEnd(text: string, start: number): number {
  const whole = digitsEnd(text, start);
  let end = whole;
  if (whole - start <= 3) {
    while (text[end] === ',' && digitsEnd(text, end + 1) === end + 4) end += 4;
  }
  if (text[end] !== '.' || kindAt(text, end + 1) !== digit) return end;
  const fraction = digitsEnd(text, end + 1);
  const isDotted = text[fraction] === '.' && kindAt(text, fraction + 1) === digit;
  const followsDotted = start >= 2 && text[start - 1] === '.' && kindAt(text, start - 2) === digit;
  return isDotted || followsDotted ? end : fraction;
}

function marksEnd(text: string, start: number): number {
  let at = start;
  while (kindAt(text, at) === mark) at = after(text, at);
  return at;
}

function symbolEnd(text: string, start: number): number {
  const character = text[start];
  if (character === '.' && kindAt(text, start + 1) === digit && (start === 0 || kindAt(text, start - 1) === space)) {
    return digitsEnd(text, start + 1);
  }
  if ((character === "'" || character === '’') && isPossessive(text, start)) return start + 2;
  const run = runEnd(text, start);
  if (run - start >= 3) return run;
  return emojiEnd(text, marksEnd(text, after(text, start)));
}

/** The `'s` of "patient's". */
function isPossessive(text: string, at: number): boolean {
  const next = text[at + 1];
  return (next === 's' || next === 'S') && at > 0 && kindAt(text, at - 1) === letter && kindAt(text, at + 2) !== letter;
}

function runEnd(text: string, start: number): number {
  const code = text.charCodeAt(start);
  let at = start + 1;
  if (code < 0x80) while (at < text.length && text.charCodeAt(at) === code) at += 1;
  return at;
}

/** Carries on over the second half of a flag, skin tones, and what a zero-width joiner glues to an emoji. */
function emojiEnd(text: string, start: number): number {
  let at = start;
  if (at >= 2 && isFlagLetter(text, at - 2) && isFlagLetter(text, at)) at += 2;
  for (;;) {
    const code = at < text.length ? (text.codePointAt(at) ?? 0) : 0;
    if (code >= 0x1f3fb && code <= 0x1f3ff) at = marksEnd(text, at + 2);
    else if (code === zeroWidthJoiner && kindAt(text, at + 1) === symbol) at = marksEnd(text, after(text, at + 1));
    else return at;
  }
}

function isFlagLetter(text: string, at: number): boolean {
  const code = at < text.length ? (text.codePointAt(at) ?? 0) : 0;
  return code >= 0x1f1e6 && code <= 0x1f1ff;
}

function grown(values: Int32Array<ArrayBuffer>, capacity: number): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(capacity);
  wider.set(values);
  return wider;
}
