/** Studies that this window's core has under way: what their events told so far, and how one is started, gone on with and stopped. */
import type { CallInput, CallOutput } from '../../electron/api/contract.ts';
import type { EventData } from '../../electron/api/events.ts';
import { askShell, callCore, onConnect, onCoreEvent } from '../desk.svelte.ts';
import { counted } from './amounts.ts';
import { say } from './toasts.svelte.ts';

export type StudyFormat = CallInput<'studies.export'>['format'];

export interface LiveStudy {
  readonly progress: EventData<'study.progress'> | null;
  /** The last epoch of each trial that runs, by its number. */
  readonly epochs: ReadonlyMap<number, EventData<'study.epoch'>>;
  readonly isStopping: boolean;
}

type Listener = (study: number) => void;

let live = $state.raw<ReadonlyMap<number, LiveStudy>>(new Map());
const startListeners = new Set<Listener>();

export const studies = {
  /** Undefined where this core does not run the study. */
  of(study: number): LiveStudy | undefined {
    return live.get(study);
  },
};

/** Once, at the start. */
export function watchStudies(): void {
  // A core that was started again runs none.
  onConnect(() => (live = new Map()));
  onCoreEvent((name, data) => {
    if (!('study' in data)) return;
    const { study } = data;
    if (name === 'study.started') begin(study);
    else if (name === 'study.progress' && 'ended' in data) change(study, () => ({ progress: data }));
    else if (name === 'study.epoch' && 'epochs' in data) {
      change(study, ({ epochs }) => ({ epochs: new Map(epochs).set(data.trial, data) }));
    } else if (name === 'study.trial' && 'trial' in data) {
      change(study, ({ epochs }) => ({ epochs: new Map([...epochs].filter(([trial]) => trial !== data.trial)) }));
    } else if (name === 'study.changed') live = new Map([...live].filter(([id]) => id !== study));
  });
}

/** Starts a study; its number as soon as there is one. How it ends later is kept with it. @throws AppError */
export function startStudy(input: CallInput<'studies.start'>): Promise<number> {
  return untilStarted(() => callCore('studies.start', input));
}

/** Goes on with a study. @throws AppError */
export function resumeStudy(input: CallInput<'studies.resume'>): Promise<number> {
  return untilStarted(() => callCore('studies.resume', input));
}

/** Stops a study; its finished trials stay. @throws AppError */
export async function stopStudy(study: number): Promise<void> {
  change(study, () => ({ isStopping: true }));
  await callCore('studies.cancel', { study });
}

/** What a study is written as, and what that is good for. */
export const studyFileKinds = [
  { format: 'xlsx', label: 'Workbook (xlsx), a sheet for each table', kind: 'Excel workbook' },
  { format: 'csv', label: 'Tables (csv), a file for each', kind: 'Tables' },
  { format: 'json', label: 'JSON, all of it, for programs', kind: 'JSON' },
] as const satisfies readonly { format: StudyFormat; label: string; kind: string }[];

/** Asks where to, writes the study there and says where it lies. @throws AppError */
export async function exportStudy(study: number, format: StudyFormat): Promise<void> {
  const { path } = await askShell('dialog.saveFile', {
    title: `Export study ${study}`,
    suggestedName: `study-${study}.${format}`,
    kind: studyFileKinds.find((entry) => entry.format === format)?.kind ?? format,
    extension: format,
  });
  if (path === null) return;
  const { files } = await callCore('studies.export', { study, format, file: path });
  const others = files.length > 1 ? `, with ${counted(files.length - 1, 'more file')} beside it` : '';
  say(`Study exported to ${path}${others}.`);
}

/** The study that begins next, or the failure that keeps it from beginning. */
async function untilStarted(start: () => Promise<CallOutput<'studies.start'>>): Promise<number> {
  let listener: Listener = () => undefined;
  const started = new Promise<number>((resolve) => (listener = resolve));
  startListeners.add(listener);
  try {
    return await Promise.race([started, start().then(({ study }) => study)]);
  } finally {
    startListeners.delete(listener);
  }
}

function begin(study: number): void {
  live = new Map(live).set(study, { progress: null, epochs: new Map(), isStopping: false });
  for (const listener of startListeners) listener(study);
}

function change(study: number, update: (known: LiveStudy) => Partial<LiveStudy>): void {
  const known = live.get(study);
  if (known !== undefined) live = new Map(live).set(study, { ...known, ...update(known) });
}
