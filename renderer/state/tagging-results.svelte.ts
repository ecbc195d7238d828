/** Which entities and notes of a tagging are shown; kept per tagging while a note is open, so that one comes back to where one was. */
import type { CallOutput } from '../../electron/api/contract.ts';
import type { spanStates } from '../../electron/api/tagging-calls.ts';
import { callCore } from '../desk.svelte.ts';
import { taggingKey } from './tagging-live.svelte.ts';

export type EntityRow = CallOutput<'taggings.entities'>['entities'][number];
export type NoteRow = CallOutput<'taggings.notes'>['notes'][number];

export interface EntityFilters {
  /** Empty words mean all. */
  label: string;
  state: '' | (typeof spanStates)[number];
  text: string;
  note: string;
  /** In percent. */
  minimum: number;
  maximum: number;
  order: 'note' | 'confidence';
}

export interface NoteFilters {
  name: string;
  /** `open` and `reviewed` are tagged notes. */
  state: '' | 'open' | 'reviewed' | 'failed' | 'waiting';
  order: 'journal' | 'name' | 'uncertainty';
}

export interface ShownResults {
  view: 'entities' | 'notes' | 'failed';
  entities: EntityFilters;
  notes: NoteFilters;
  /** The places of the active rows. */
  activeEntity: number;
  activeNote: number;
}

interface PageOf {
  readonly offset: number;
  readonly limit: number;
}

const shown = new Map<string, ShownResults>();

export function resultsOf(tagging: number): ShownResults {
  const known = shown.get(taggingKey(tagging));
  if (known !== undefined) return known;
  const fresh = $state<ShownResults>({
    view: 'entities',
    entities: noEntityFilters(),
    notes: { name: '', state: '', order: 'uncertainty' },
    activeEntity: 0,
    activeNote: 0,
  });
  shown.set(taggingKey(tagging), fresh);
  return fresh;
}

export function noEntityFilters(): EntityFilters {
  return { label: '', state: '', text: '', note: '', minimum: 0, maximum: 100, order: 'note' };
}

/** Whether anything is left out. */
export function isFiltered({ label, state, text, note, minimum, maximum }: EntityFilters): boolean {
  return [label, state, text.trim(), note.trim()].some((word) => word !== '') || minimum > 0 || maximum < 100;
}

/** A page of the entities that fit. Reads the filters before it waits. @throws AppError */
export async function askForEntities(
  tagging: number,
  filters: EntityFilters,
  page: PageOf,
): Promise<{ total: number; rows: readonly EntityRow[] }> {
  const { label, state, text, note, minimum, maximum, order } = filters;
  const { total, entities } = await callCore('taggings.entities', {
    ...{ tagging, order, ...page },
    ...(label === '' ? {} : { label }),
    ...(state === '' ? {} : { state }),
    ...(text.trim() === '' ? {} : { text: text.trim() }),
    ...(note.trim() === '' ? {} : { name: note.trim() }),
    ...(minimum === 0 ? {} : { minimumConfidence: minimum / 100 }),
    ...(maximum === 100 ? {} : { maximumConfidence: maximum / 100 }),
  });
  return { total, rows: entities };
}

const noteStates = {
  '': {},
  open: { status: 'tagged', reviewed: false },
  reviewed: { status: 'tagged', reviewed: true },
  failed: { status: 'failed' },
  waiting: { status: 'waiting' },
} as const;

/** A page of the notes that fit. Reads the filters before it waits. @throws AppError */
export async function askForNotes(
  tagging: number,
  { name, state, order }: NoteFilters,
  page: PageOf,
): Promise<{ total: number; rows: readonly NoteRow[] }> {
  const words = name.trim() === '' ? {} : { name: name.trim() };
  const { total, notes } = await callCore('taggings.notes', {
    tagging,
    order,
    ...page,
    ...words,
    ...noteStates[state],
  });
  return { total, rows: notes };
}
