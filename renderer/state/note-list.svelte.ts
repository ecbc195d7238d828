/** What the list of notes shows: the documents of the target or a source, or the notes of a tagging, and how they are filtered. Kept while other pages are open. */
import type { Task } from '../../worker/domain/task-names.ts';
import { callCore } from '../desk.svelte.ts';
import { addressOf } from './router.svelte.ts';

/** The documents of the target or a source by its name, or a tagging. */
export type Collection = `documents:${Task}` | `tagging-${number}`;

/** One line of the list; the page decides which of it is a column. */
export interface NoteRow {
  readonly id: number;
  readonly name: string;
  /** Null where there is nothing to open, as for a note that failed. */
  readonly address: string | null;
  readonly part: string;
  readonly tokens: number;
  readonly entities: number;
  readonly meanConfidence: number | null;
  readonly changes: number;
}

export const statuses = {
  open: { title: 'To review', filter: { status: 'tagged', reviewed: false } },
  reviewed: { title: 'Reviewed', filter: { status: 'tagged', reviewed: true } },
  failed: { title: 'Could not be tagged', filter: { status: 'failed' } },
  waiting: { title: 'Waits to be tagged', filter: { status: 'waiting' } },
} as const;
type StatusName = keyof typeof statuses;

export const splitTitles = { train: 'Training', dev: 'Development', test: 'Test' } as const;
type SplitName = keyof typeof splitTitles;

export const orders = { uncertainty: 'Most uncertain first', name: 'By name', journal: 'As they were tagged' } as const;
type OrderName = keyof typeof orders;

/** Empty words mean all. */
export const noteList = $state<{
  collection: Collection | '';
  name: string;
  label: string;
  split: SplitName | '';
  status: StatusName | '';
  order: OrderName;
  /** The place of the active row. */
  active: number;
}>({ collection: '', name: '', label: '', split: '', status: '', order: 'uncertainty', active: 0 });

export function taggingOf(collection: Collection | ''): number | null {
  const id = /^tagging-(\d+)$/.exec(collection)?.[1];
  return id === undefined ? null : Number(id);
}

/** Whose documents are shown; null where it is a tagging. */
export function documentsTask(collection: Collection | ''): Task | null {
  return collection.startsWith('documents:') ? collection.slice('documents:'.length) : null;
}

/** Another collection has other labels and parts. */
export function showCollection(collection: Collection): void {
  if (noteList.collection === collection) return;
  Object.assign(noteList, { collection, label: '', split: '', status: '', active: 0 });
}

/** The rows of a page of the list. Reads the filters before it waits. */
export async function askForRows(page: {
  offset: number;
  limit: number;
}): Promise<{ total: number; rows: readonly NoteRow[] }> {
  const { collection, name, label, split, status, order } = noteList;
  const words = { ...(name.trim() === '' ? {} : { name: name.trim() }), ...(label === '' ? {} : { label }) };
  const tagging = taggingOf(collection);
  if (tagging !== null) {
    const state = status === '' ? {} : statuses[status].filter;
    const { total, notes } = await callCore('taggings.notes', { tagging, order, ...page, ...words, ...state });
    return { total, rows: notes.map(rowOfNote) };
  }
  const role = documentsTask(collection);
  if (role === null) return { total: 0, rows: [] };
  const { total, documents } = await callCore('documents.list', {
    role,
    ...page,
    ...words,
    ...(split === '' ? {} : { split }),
  });
  return {
    total,
    rows: documents.map(({ document, name: title, split: part, tokens, spans }): NoteRow => ({
      ...{ id: document, name: title, tokens, entities: spans, meanConfidence: null, changes: 0 },
      part: part === null ? 'Not divided' : splitTitles[part],
      address: addressOf('note', document, { kind: 'document' }),
    })),
  };
}

function rowOfNote({
  note,
  name,
  status,
  tokens,
  entities,
  meanConfidence,
  reviewed,
  changes,
  error,
}: {
  note: number;
  name: string;
  status: 'waiting' | 'tagged' | 'failed';
  tokens: number;
  entities: number;
  meanConfidence: number | null;
  reviewed: boolean;
  changes: number;
  error: { message: string } | null;
}): NoteRow {
  const title = status === 'tagged' ? statuses[reviewed ? 'reviewed' : 'open'].title : statuses[status].title;
  return {
    ...{ id: note, name, tokens, entities, meanConfidence, changes },
    part: error === null ? title : `${title}: ${error.message}`,
    address: status === 'tagged' ? addressOf('note', note) : null,
  };
}
