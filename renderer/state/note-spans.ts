/** What a note or a document shows of its entities, whichever of the two it is, and how they lie above each other. */
import type { NoteSpanView } from '../../electron/api/tagging-calls.ts';

export interface ShownSpan extends Omit<NoteSpanView, 'state'> {
  /** `gold`: annotated in the corpus. */
  readonly state: NoteSpanView['state'] | 'gold';
  /** More than one where the annotation is discontinuous. */
  readonly parts: readonly (readonly [start: number, end: number])[];
}

/** A span and the line under the text that it draws on: 0 is the nearest. */
export interface PlacedSpan {
  readonly span: ShownSpan;
  readonly lane: number;
}

export const stateNames: Readonly<Record<ShownSpan['state'], string>> = {
  open: 'open',
  accepted: 'accepted',
  changed: 'changed',
  rejected: 'rejected',
  added: 'added',
  deleted: 'deleted',
  gold: 'annotated',
};

/** By place, the longer first. */
export function inOrder(spans: readonly ShownSpan[]): ShownSpan[] {
  return spans.toSorted((a, b) => a.start - b.start || b.end - a.end || a.entity - b.entity);
}

/** Spans that overlap get lanes of their own. `ordered` is in the order of the text. */
export function placeSpans(ordered: readonly ShownSpan[], lanes: number): PlacedSpan[] {
  const ends: number[] = [];
  return ordered.map((span) => {
    const free = ends.findIndex((end) => end <= span.start);
    const lane = free === -1 ? ends.length : free;
    ends[lane] = span.end;
    return { span, lane: Math.min(lane, lanes - 1) };
  });
}

/** The span that a click at an offset means: the shortest there, and on a second click the next longer one. */
export function spanAt(ordered: readonly ShownSpan[], offset: number, selected: number | null): ShownSpan | undefined {
  const there = ordered
    .filter(({ parts }) => parts.some(([start, end]) => start <= offset && offset < end))
    .toSorted((a, b) => a.end - a.start - (b.end - b.start));
  const current = there.findIndex(({ entity }) => entity === selected);
  return there[(current + 1) % Math.max(1, there.length)];
}

/** As it is said in a list and to a screen reader. */
export function percent(confidence: number): string {
  return `${Math.round(confidence * 100)} %`;
}
