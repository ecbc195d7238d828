/** Between character spans and token labels: flattens overlaps, aligns gold with the tokens, and maps predictions back. */
import { sentenceRange, type AnnotatedDocument, type Span, type TokenTable } from '../domain/document.ts';
import type { TokenSpan } from '../domain/tags.ts';

export interface FlattenedSpans {
  /** The kept spans in order of their start; none overlaps another. */
  readonly spans: Span[];
  /** How many were left out: overlapped, repeated or empty. */
  readonly dropped: number;
}

/**
 * Flattens overlaps longest-first; ties: earlier start, then label order. A discontinuous span counts with its envelope.
 * The order of the input does not matter.
 */
export function flattenSpans(spans: readonly Span[]): FlattenedSpans {
  const points = [...new Set(spans.flatMap((span) => [span.start, span.end]))].sort((a, b) => a - b);
  const rank = new Map(points.map((point, index) => [point, index]));
  /** covered[k]: is the stretch from points[k] to points[k + 1] taken? */
  const covered = new Uint8Array(points.length);
  const kept: Span[] = [];
  for (const span of [...spans].sort(byLength)) {
    const first = rank.get(span.start) ?? 0;
    const end = rank.get(span.end) ?? 0;
    // What was kept before is at least as long, so an overlap always covers one of the two ends.
    if (end <= first || covered[first] === 1 || covered[end - 1] === 1) continue;
    covered.fill(1, first, end);
    kept.push(span);
  }
  return { spans: kept.sort((a, b) => a.start - b.start), dropped: spans.length - kept.length };
}

function byLength(a: Span, b: Span): number {
  return (
    b.end - b.start - (a.end - a.start) || byPosition(a, b) || fragmentText(a).localeCompare(fragmentText(b), 'en')
  );
}

function byPosition(a: Span, b: Span): number {
  return a.start - b.start || a.end - b.end || compareText(a.label, b.label);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function fragmentText(span: Span): string {
  return span.fragments === undefined ? '' : JSON.stringify(span.fragments);
}

/** The gold that scores are computed against: overlaps flattened longest-first, offsets verbatim (not moved to tokens). */
export function goldSpans(document: Pick<AnnotatedDocument, 'spans'>): Span[] {
  return flattenSpans(document.spans).spans;
}

export interface AlignedSpans {
  /** For each sentence its spans in order, token indexes counted from the sentence's first token; none overlaps another. */
  readonly sentenceSpans: TokenSpan[][];
  /** Spans whose edges were moved to token borders: an edge inside a token takes the whole token, blanks at an edge are left out. */
  readonly widened: number;
  /** Spans that crossed a sentence border and were cut to the sentence that holds most of their tokens (ties: the earlier). */
  readonly clipped: number;
  /** Spans left out: no token inside, or a token already taken by an earlier span. */
  readonly dropped: number;
}

/** Turns character spans (flattened, any order) into token spans of sentences. A discontinuous span is its envelope. */
export function alignSpans(tokens: TokenTable, spans: readonly Span[]): AlignedSpans {
  const sentenceSpans: TokenSpan[][] = Array.from(tokens.sentenceEnds, () => []);
  const taken = new Uint8Array(tokens.starts.length);
  let widened = 0;
  let clipped = 0;
  let dropped = 0;
  for (const span of [...spans].sort(byPosition)) {
    const first = countUpTo(tokens.ends, span.start);
    const end = countUpTo(tokens.starts, span.end - 1);
    const range = end > first ? longestInOneSentence(tokens, first, end) : undefined;
    if (range === undefined || taken.subarray(range.first, range.end).includes(1)) {
      dropped += 1;
      continue;
    }
    if (tokens.starts[first] !== span.start || tokens.ends[end - 1] !== span.end) widened += 1;
    if (range.first !== first || range.end !== end) clipped += 1;
    taken.fill(1, range.first, range.end);
    const [offset] = sentenceRange(tokens, range.sentence);
    sentenceSpans[range.sentence]?.push({ start: range.first - offset, end: range.end - offset, label: span.label });
  }
  for (const ofSentence of sentenceSpans) ofSentence.sort((a, b) => a.start - b.start);
  return { sentenceSpans, widened, clipped, dropped };
}

/** How many of the ascending values are at most `limit`. */
function countUpTo(values: Int32Array, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Of the tokens [first, end) those in the sentence that holds most of them. */
function longestInOneSentence(tokens: TokenTable, first: number, end: number) {
  let sentence = countUpTo(tokens.sentenceEnds, first);
  let longest = { sentence, first, end: first };
  for (let at = first; at < end; sentence++) {
    const until = Math.min(end, tokens.sentenceEnds[sentence] ?? end);
    if (until - at > longest.end - longest.first) longest = { sentence, first: at, end: until };
    at = until;
  }
  return longest;
}

/**
 * Character spans of token spans of sentence `sentenceIndex`, from the first token's start to the last token's end.
 * @throws RangeError for a span that is empty or not inside the sentence.
 */
export function tokenSpansToSpans(tokens: TokenTable, sentenceIndex: number, tokenSpans: readonly TokenSpan[]): Span[] {
  const [first, end] = sentenceRange(tokens, sentenceIndex);
  return tokenSpans.map((span) => {
    const start = tokens.starts[first + span.start];
    const stop = tokens.ends[first + span.end - 1];
    const isInside = span.start >= 0 && span.end > span.start && first + span.end <= end;
    if (!isInside || start === undefined || stop === undefined) throw new RangeError('span outside its sentence');
    return { start, end: stop, label: span.label };
  });
}
