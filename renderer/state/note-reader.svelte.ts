/** Where the reader of a note is: the entity chosen, the caret and what it marks, what the list shows, and what is said about it. */
import { percent, type ShownSpan, spanAt, stateNames } from './note-spans.ts';
import { lineAt, splitLines, type TextLine } from './note-lines.ts';
import { characterStep, lineStep, ordered, trimmed, type Unit, type Way, wordEnd, wordStart } from './note-steps.ts';
import type { OpenNote } from './note.svelte.ts';

export interface Caret {
  readonly anchor: number;
  readonly head: number;
}

export interface ListFilter {
  /** Empty: all. */
  label: string;
  state: string;
}

export type Reader = ReturnType<typeof newReader>;

/** `spans` are in the order of the text. */
export function newReader(note: OpenNote, spans: () => readonly ShownSpan[]) {
  const lines: readonly TextLine[] = splitLines(note.text);
  const filter = $state<ListFilter>({ label: '', state: '' });
  let selected = $state<number | null>(null);
  let caret = $state.raw<Caret | null>(null);
  let isExtending = $state(false);
  /** A place to bring into view; a new object each time. */
  let goal = $state.raw<{ readonly offset: number } | null>(null);
  let place = $state.raw<{ readonly start: number; readonly end: number } | null>(null);
  let message = $state('');
  const listed = $derived(
    spans().filter(
      ({ label, state }) =>
        (filter.label === '' || filter.label === label) && (filter.state === '' || filter.state === state),
    ),
  );
  const current = $derived(spans().find(({ entity }) => entity === selected));
  const marked = $derived.by(() => {
    if (caret === null || caret.anchor === caret.head) return null;
    const { start, end } = ordered(note.text, caret.anchor, caret.head);
    return trimmed(note.text, start, end);
  });

  function say(text: string): void {
    // The same words twice are spoken twice.
    message = message === text ? `${text}\u00a0` : text;
  }

  function describe(span: ShownSpan): string {
    const words = note.text.slice(span.start, Math.min(span.end, span.start + 200)).replace(/\s+/g, ' ');
    const sure = span.confidence === null ? '' : `, ${percent(span.confidence)}`;
    return `${words}: ${span.label}${sure}, ${stateNames[span.state]}`;
  }

  function select(entity: number | null): void {
    selected = entity;
    caret = null;
    isExtending = false;
    const span = spans().find((other) => other.entity === entity);
    if (span === undefined) return;
    goal = { offset: span.start };
    const position = listed.findIndex((other) => other.entity === entity);
    say(`${describe(span)}${position === -1 ? '' : `. ${position + 1} of ${listed.length}`}`);
  }

  /** The entity before or after the chosen one in the list; without a chosen one, seen from the last place. */
  function neighbour(way: Way): ShownSpan | undefined {
    const index = listed.findIndex(({ entity }) => entity === selected);
    if (index !== -1) return listed[index + (way === 'forward' ? 1 : -1)];
    const from = current?.start ?? caret?.head ?? goal?.offset ?? 0;
    return way === 'forward' ? listed.find(({ start }) => start >= from) : listed.findLast(({ start }) => start < from);
  }

  function step(way: Way): void {
    const next = neighbour(way);
    if (next !== undefined) select(next.entity);
    else
      say(
        listed.length === 0
          ? 'No entity is listed.'
          : way === 'forward'
            ? 'This is the last entity.'
            : 'This is the first entity.',
      );
  }

  function mark(anchor: number, head: number): void {
    selected = null;
    caret = { anchor, head };
    goal = { offset: head };
    if (marked !== null) say(`Marked: ${note.text.slice(marked.start, marked.end)}`);
    else say(`Caret before: ${note.text.slice(head, head + 40).split(/\r|\n/)[0] ?? ''}`);
  }

  function headAfter({ anchor, head }: Caret, unit: Unit | 'line' | 'line end', way: Way, extends_: boolean): number {
    if (unit === 'line') return lineStep(lines, head, way);
    if (unit === 'line end') {
      const line = lines[lineAt(lines, head)];
      return way === 'forward' ? (line?.end ?? head) : (line?.start ?? head);
    }
    if (unit === 'character') return characterStep(note.text, head, way);
    const movesEnd = extends_ && (way === 'forward' ? head >= anchor : head > anchor);
    return movesEnd ? wordEnd(note.text, head, way) : wordStart(note.text, head, way);
  }

  return {
    lines,
    filter,
    get selected() {
      return selected;
    },
    get current() {
      return current;
    },
    /** The entities that the filter leaves, in the order of the text. */
    get listed() {
      return listed;
    },
    get caret() {
      return caret;
    },
    /** What the caret marks, without blanks at its ends; null where that is nothing. */
    get marked() {
      return marked;
    },
    get isExtending() {
      return isExtending;
    },
    get goal() {
      return goal;
    },
    /** The place that the address named, where no entity lies. */
    get place() {
      return place;
    },
    get message() {
      return message;
    },
    say,
    describe,
    select,
    neighbour,
    step,
    /** A click: entities that overlap take turns. */
    selectAt(offset: number): void {
      const span = spanAt(spans(), offset, selected);
      if (span !== undefined) select(span.entity);
      else {
        selected = null;
        caret = null;
      }
    },
    /** Show a place and choose the entity there. */
    show(start: number, end: number | null): void {
      const span = spanAt(spans(), start, null);
      if (span !== undefined) select(span.entity);
      if (span?.start !== start || (end !== null && span.end !== end)) place = { start, end: end ?? start + 1 };
      goal = { offset: start };
    },
    mark,
    /** From the chosen entity, or from `otherwise`. */
    startCaret(otherwise: number): void {
      const offset = current?.start ?? otherwise;
      isExtending = false;
      mark(offset, offset);
    },
    toggleExtending(): void {
      if (caret === null) return;
      isExtending = !isExtending;
      if (isExtending) caret = { anchor: caret.head, head: caret.head };
      say(isExtending ? 'Marking: arrows extend the mark.' : 'Marking ended.');
    },
    moveCaret(unit: Unit | 'line' | 'line end', way: Way, withShift: boolean): void {
      if (caret === null) return;
      const extends_ = withShift || isExtending;
      const head = headAfter(caret, unit, way, extends_);
      mark(extends_ ? caret.anchor : head, head);
    },
    leaveCaret(): void {
      caret = null;
      isExtending = false;
      say('Caret left.');
    },
  };
}
