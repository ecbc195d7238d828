/** A text cut into stretches that carry a span and stretches that do not. */

export interface TextSpan {
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

export interface Stretch {
  readonly start: number;
  readonly text: string;
  /** Null between spans. */
  readonly label: string | null;
  /** The span that the reader came for. */
  readonly isFocus: boolean;
}

/** The part of a text from `from` to `to`. Where spans overlap the focus is kept, then whatever begins first and is longest. */
export function markedText(
  text: string,
  spans: readonly TextSpan[],
  focus: TextSpan | null,
  from: number,
  to: number,
): readonly Stretch[] {
  const isFocus = (span: TextSpan): boolean => focus?.start === span.start && focus.end === span.end;
  const wanted = [...(focus === null ? [] : [focus]), ...spans.filter((span) => !isFocus(span))];
  const kept: TextSpan[] = [];
  const inOrder = wanted
    .filter(({ start, end }) => start < to && end > from)
    .sort((a, b) => Number(isFocus(b)) - Number(isFocus(a)) || a.start - b.start || b.end - a.end);
  for (const span of inOrder) {
    if (kept.every((other) => span.end <= other.start || span.start >= other.end)) kept.push(span);
  }
  const stretches: Stretch[] = [];
  let at = from;
  const add = (end: number, label: string | null, focused: boolean): void => {
    if (end > at) stretches.push({ start: at, text: text.slice(at, end), label, isFocus: focused });
    at = Math.max(at, end);
  };
  for (const span of kept.sort((a, b) => a.start - b.start)) {
    add(span.start, null, false);
    add(Math.min(span.end, to), span.label, isFocus(span));
  }
  add(to, null, false);
  return stretches;
}

/** The sentences around a span, `radius` on either side, as one stretch of the text. */
export function sentencesAround(
  sentences: readonly (readonly [number, number])[],
  span: Pick<TextSpan, 'start' | 'end'>,
  radius: number,
): { readonly start: number; readonly end: number } {
  const first = sentences.findIndex(([, end]) => end > span.start);
  const last = sentences.findLastIndex(([start]) => start < span.end);
  if (first === -1 || last === -1) return { start: span.start, end: span.end };
  return {
    start: Math.min(span.start, sentences[Math.max(0, first - radius)]?.[0] ?? span.start),
    end: Math.max(span.end, sentences[Math.min(sentences.length - 1, last + radius)]?.[1] ?? span.end),
  };
}
