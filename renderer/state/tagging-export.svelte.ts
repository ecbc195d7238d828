/** What an export of a tagging writes, and how it goes. */
import type { CallInput, CallOutput } from '../../electron/api/contract.ts';
import { entityColumn, taggingFormat } from '../../electron/api/tagging-calls.ts';
import { askShell, callCore, onCoreEvent } from '../desk.svelte.ts';
import { type Action, newAction } from './action.svelte.ts';
import { jobs, shareDone } from './jobs.svelte.ts';
import { counted } from './amounts.ts';
import { say } from './toasts.svelte.ts';

export type Format = CallInput<'taggings.export'>['formats'][number];
export type ColumnName = NonNullable<CallInput<'taggings.export'>['columns']>[number];

export const columnNames: readonly ColumnName[] = entityColumn.options;

/** Columns that hold words of a note. */
const wordColumns: readonly ColumnName[] = ['text', 'left context', 'right context'];
/** Formats that mark places in the note's text, and so need it. */
const textFormats: readonly Format[] = ['brat', 'i2b2-2010'];

export interface ExportChoices {
  formats: Record<Format, boolean>;
  withText: boolean;
  layer: 'reviewed' | 'raw';
  onlyReviewed: boolean;
  columns: Record<ColumnName, boolean>;
  /** Empty until chosen. */
  folder: string;
}

export interface TaggingExport {
  readonly choices: ExportChoices;
  /** Why it cannot start yet, as a sentence; null where it can. */
  readonly problem: string | null;
  /** 0…1, or null where nobody knows; undefined while nothing is written. */
  readonly progress: number | null | undefined;
  /** Null until something was written. */
  readonly result: CallOutput<'taggings.export'> | null;
  readonly choosing: Action<void>;
  readonly writing: Action<void>;
}

export function needsText(format: Format): boolean {
  return textFormats.includes(format);
}

export function holdsWords(column: ColumnName): boolean {
  return wordColumns.includes(column);
}

/** Call while a component is set up. */
export function newExport(tagging: number): TaggingExport {
  const choices = $state<ExportChoices>({
    formats: { xlsx: true, csv: false, jsonl: false, brat: false, 'i2b2-2010': false },
    withText: true,
    layer: 'reviewed',
    onlyReviewed: false,
    columns: Object.fromEntries(columnNames.map((name) => [name, true])) as Record<ColumnName, boolean>,
    folder: '',
  });
  let job = $state<string | null>(null);
  let result = $state.raw<CallOutput<'taggings.export'> | null>(null);
  $effect(() =>
    onCoreEvent((name, data) => {
      if (name === 'job.started' && 'call' in data && data.call === 'taggings.export') job = data.job;
    }),
  );

  function formats(): Format[] {
    const { withText } = choices;
    return taggingFormat.options.filter((format) => choices.formats[format] && (withText || !needsText(format)));
  }

  function columns(): ColumnName[] {
    return columnNames.filter((name) => choices.columns[name] && (choices.withText || !holdsWords(name)));
  }

  const choosing = newAction(async () => {
    const { path } = await askShell('dialog.openFolder', { title: 'Choose a folder for the export' });
    if (path !== null) choices.folder = path;
  });
  const writing = newAction(async () => {
    result = null;
    const { folder, layer, onlyReviewed, withText } = choices;
    const written = await callCore('taggings.export', {
      ...{ tagging, formats: formats(), outFolder: folder, layer, onlyReviewed, text: withText },
      columns: columns(),
    });
    result = written;
    say(`Exported ${counted(written.entities, 'entity', 'entities')} of ${counted(written.notes, 'note')}.`);
  });

  return {
    choices,
    get problem() {
      if (formats().length === 0) return 'Choose a format.';
      if (columns().length === 0) return 'Choose a column.';
      return choices.folder === '' ? 'Choose a folder.' : null;
    },
    get progress() {
      if (!writing.isRunning) return undefined;
      const running = jobs.running.find(({ id }) => id === job);
      return running === undefined ? null : shareDone(running);
    },
    get result() {
      return result;
    },
    choosing,
    writing,
  };
}
