/** The rows of the entity table, the same for the workbook and its CSV twin. */
import { cellText, contextAfter, contextBefore } from './cells.ts';
import { countUpTo, lineStarts, sentenceNumber } from './positions.ts';
import type { RunDescription, TaggedNote } from './tagged-note.ts';

/** Code units of context on either side of an entity. */
export const contextLength = 60;

/** The columns of the entity table, in order. Sentence and line count from 1. */
export const entityColumns = [
  'note',
  'sentence',
  'line',
  'start',
  'end',
  'label',
  'text',
  'left context',
  'right context',
  'confidence',
  'run',
  'model hash',
] as const;
export type EntityColumn = (typeof entityColumns)[number];

/** What `start` and `end` mean, in words for the sheet Run. */
export const offsetMeaning =
  'start and end count UTF-16 code units of the note from 0, end exclusive; sentence and line count from 1';

const textColumns: readonly EntityColumn[] = ['text', 'left context', 'right context'];

/** The columns that a run's tables have: those asked for, and without text none that hold words of the note. */
export function chosenColumns({ columns, withText = true }: RunDescription): EntityColumn[] {
  return entityColumns.filter(
    (column) => (columns === undefined || columns.includes(column)) && (withText || !textColumns.includes(column)),
  );
}

/** One value for each of {@link chosenColumns}; every text is safe for a cell. */
export type EntityRow = readonly (string | number)[];

/** A note's entities in the order of the text, one row each. */
export function entityRows(note: TaggedNote, run: RunDescription): EntityRow[] {
  const { text, tokens } = note;
  const lines = lineStarts(text);
  const name = cellText(note.name);
  const runLabel = cellText(run.runLabel);
  const sorted = note.spans.toSorted((a, b) => a.start - b.start || a.end - b.end);
  const chosen = new Set(chosenColumns(run));
  const isChosen = entityColumns.map((column) => chosen.has(column));
  return sorted.map((span) =>
    [
      name,
      sentenceNumber(tokens, span.start),
      countUpTo(lines, span.start),
      span.start,
      span.end,
      cellText(span.label),
      cellText(text.slice(span.start, span.end)),
      cellText(contextBefore(text, span.start, contextLength)),
      cellText(contextAfter(text, span.end, contextLength)),
      roundedConfidence(span.confidence),
      runLabel,
      run.modelHash,
    ].filter((_, index) => isChosen[index]),
  );
}

/** A confidence with four decimals: more digits only look like knowledge. */
export function roundedConfidence(confidence: number): number {
  return Math.round(confidence * 10_000) / 10_000;
}
