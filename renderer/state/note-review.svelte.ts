/** What a reviewer can do to a note, by key or by button: each act is one step of review and says what came of it. */
import { callCore } from '../desk.svelte.ts';
import { newAction } from './action.svelte.ts';
import type { Reader } from './note-reader.svelte.ts';
import type { ShownSpan } from './note-spans.ts';
import { characterStep, type Unit, type Way, wordEnd, wordStart } from './note-steps.ts';
import type { OpenNote } from './note.svelte.ts';
import type { Review } from './review.svelte.ts';
import { goTo } from './router.svelte.ts';

export type Reviewer = ReturnType<typeof newReviewer>;

const kindNames: Readonly<Record<string, string>> = {
  accept: 'accepting',
  reject: 'rejecting',
  relabel: 'the label',
  resize: 'the boundaries',
  add: 'adding',
  delete: 'deleting',
  'accept-all': 'accepting all',
};

/** `tagging` is null for a document, which is only read. */
export function newReviewer(note: OpenNote, reader: Reader, review: Review) {
  const tagging = note.review?.tagging ?? null;
  let picker = $state<'relabel' | 'add' | null>(null);
  let isAllDone = $state(false);

  const finish = newAction(async () => {
    if (tagging === null || !(await review.mark(true))) return;
    await openNext(tagging, undefined);
  });
  const skip = newAction(async () => {
    if (tagging !== null) await openNext(tagging, note.id);
  });

  async function openNext(of: number, after: number | undefined): Promise<void> {
    const { note: next, left } = await callCore('review.next', {
      tagging: of,
      ...(after === undefined ? {} : { after }),
    });
    if (next !== null) goTo('note', next);
    else if (left === 0) isAllDone = true;
    else reader.say('This was the last note in the order of uncertainty.');
    if (next === null && left === 0) reader.say('Every note of this tagging is reviewed.');
  }

  function wordsOf(span: ShownSpan | undefined): string {
    return span === undefined ? '' : note.text.slice(span.start, span.end);
  }

  async function judge(kind: 'accept' | 'reject' | 'delete'): Promise<void> {
    const span = reader.current;
    if (tagging === null || span === undefined) return;
    const following = reader.neighbour('forward');
    if (following !== undefined) reader.select(following.entity);
    const step = await review.apply(() => ({ kind, entity: span.entity }));
    if (step === null) reader.select(span.entity);
    else if (following === undefined) {
      const word = { accept: 'Accepted', reject: 'Rejected', delete: 'Deleted' }[kind];
      reader.say(`${word}: ${wordsOf(span)}. This was the last entity.`);
    }
  }

  function boundary(span: ShownSpan, which: 'start' | 'end', way: Way, unit: Unit): { start: number; end: number } {
    const from = span[which];
    const byWord = which === 'start' ? wordStart : wordEnd;
    const moved = unit === 'word' ? byWord(note.text, from, way) : characterStep(note.text, from, way);
    return { start: span.start, end: span.end, [which]: moved };
  }

  return {
    finish,
    skip,
    /** True when the last note has been marked as reviewed. */
    get isAllDone() {
      return isAllDone;
    },
    get picker() {
      return picker;
    },
    accept: () => judge('accept'),
    reject: () => judge('reject'),
    remove: () => judge('delete'),
    async acceptAll(): Promise<void> {
      const step = await review.apply(() => ({ kind: 'accept-all' }));
      if (step !== null) reader.say(`${step.spans.length} accepted.`);
    },
    async resize(which: 'start' | 'end', way: Way, unit: Unit): Promise<void> {
      const entity = reader.selected;
      const step = await review.apply(() => {
        const span = review.find(entity);
        if (span === undefined || tagging === null) return null;
        const moved = boundary(span, which, way, unit);
        const isPossible = moved.start < moved.end && moved[which] !== span[which];
        return isPossible ? { kind: 'resize', entity: span.entity, ...moved } : null;
      });
      const span = step?.spans[0];
      reader.say(
        span === undefined ? 'The boundary cannot be moved further.' : `Now: ${note.text.slice(span.start, span.end)}`,
      );
    },
    /** Ask for a label: for what is marked, else for the chosen entity. */
    openPicker(): void {
      if (tagging === null) return;
      if (reader.marked !== null) picker = 'add';
      else if (reader.current !== undefined) picker = 'relabel';
      else reader.say('Choose an entity or mark some words first.');
    },
    closePicker(): void {
      picker = null;
    },
    async choose(label: string): Promise<void> {
      const wanted = picker;
      picker = null;
      const { selected, marked } = reader;
      const step =
        wanted === 'add'
          ? await review.apply(() => (marked === null ? null : { kind: 'add', ...marked, label }))
          : await review.apply(() => (selected === null ? null : { kind: 'relabel', entity: selected, label }));
      const entity = step?.spans[0]?.entity;
      if (entity !== undefined) reader.select(entity);
    },
    async walk(way: 'undo' | 'redo'): Promise<void> {
      const step = await review[way]();
      if (step === null) return;
      const word = way === 'undo' ? 'Undone' : 'Redone';
      if (step.kind === null) {
        reader.say(way === 'undo' ? 'There is nothing to undo.' : 'There is nothing to redo.');
        return;
      }
      const [span] = step.spans;
      if (span !== undefined) reader.select(span.entity);
      else if (step.gone.includes(reader.selected ?? -1)) reader.select(null);
      reader.say(`${word}: ${kindNames[step.kind] ?? step.kind}.`);
    },
    async unmark(): Promise<void> {
      if (await review.mark(false)) reader.say('This note waits for review again.');
    },
  };
}
