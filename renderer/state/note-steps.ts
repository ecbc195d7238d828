/** Where the next word, character or line begins or ends from an offset on: what the caret and the boundaries of entities move by. */
import { lineAt, type TextLine } from './note-lines.ts';

export type Unit = 'word' | 'character';
export type Way = 'forward' | 'back';

/** A number or word with its inner marks, or one other character that is not blank. */
const word = /[\p{L}\p{N}\p{M}]+(?:['’_][\p{L}\p{N}\p{M}]+)*|[^\s]/gu;
/** Text on either side that is looked at; longer words are passed in several steps. */
const reach = 400;
const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The end of the next word, or the end of the one before. */
export function wordEnd(text: string, from: number, way: Way): number {
  const ends = wordsAround(text, from).map(({ end }) => end);
  if (way === 'forward') return ends.find((end) => end > from) ?? from;
  return ends.findLast((end) => end < from) ?? from;
}

/** The start of the next word, or the start of the one before. */
export function wordStart(text: string, from: number, way: Way): number {
  const starts = wordsAround(text, from).map(({ start }) => start);
  if (way === 'forward') return starts.find((start) => start > from) ?? from;
  return starts.findLast((start) => start < from) ?? from;
}

/** One character as a reader counts: an accent, a joined emoji and CRLF are never divided. */
export function characterStep(text: string, from: number, way: Way): number {
  const base = wellFormedBefore(text, Math.max(0, from - reach));
  const window = text.slice(base, from + reach);
  const starts = [...characters.segment(window)].map(({ index }) => base + index);
  if (way === 'forward') return starts.find((start) => start > from) ?? Math.min(text.length, base + window.length);
  return starts.findLast((start) => start < from) ?? from;
}

/** The offset as far into the line above or below. */
export function lineStep(lines: readonly TextLine[], from: number, way: Way): number {
  const index = lineAt(lines, from);
  const line = lines[index];
  const next = lines[index + (way === 'forward' ? 1 : -1)];
  if (line === undefined || next === undefined) return from;
  return Math.min(next.end, next.start + (from - line.start));
}

/** Without the blanks at its ends; null where there is nothing else. */
export function trimmed(text: string, start: number, end: number): { start: number; end: number } | null {
  const covered = text.slice(start, end);
  const kept = covered.trim();
  if (kept === '') return null;
  const from = start + covered.indexOf(kept);
  return { start: from, end: from + kept.length };
}

/** Two ends of a choice in the text, in order, widened so that no surrogate pair is cut. */
export function ordered(text: string, one: number, other: number): { start: number; end: number } {
  const end = Math.max(one, other);
  return {
    start: wellFormedBefore(text, Math.min(one, other)),
    end: wellFormedBefore(text, end) === end ? end : end + 1,
  };
}

function wordsAround(text: string, from: number): { start: number; end: number }[] {
  const base = wellFormedBefore(text, Math.max(0, from - reach));
  const window = text.slice(base, from + reach);
  return [...window.matchAll(word)].map(({ 0: found, index }) => ({
    start: base + index,
    end: base + index + found.length,
  }));
}

function wellFormedBefore(text: string, offset: number): number {
  const isInside = /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(Math.max(0, offset - 1), offset + 1));
  return isInside && offset > 0 ? offset - 1 : offset;
}
