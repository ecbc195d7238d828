/** Taggings at work, as core's events tell; and what starts, pauses, resumes, stops and removes them. */
import type { CallInput } from '../../electron/api/contract.ts';
import type { TaggingView } from '../../electron/api/tagging-calls.ts';
import { AppError, type ErrorRecord, toErrorRecord } from '../../worker/domain/errors.ts';
import { callCore, onConnect, onCoreEvent } from '../desk.svelte.ts';
import { project } from './project.svelte.ts';
import { counted } from './amounts.ts';
import { say } from './toasts.svelte.ts';

interface Progress {
  readonly done: number;
  readonly failed: number;
  readonly left: number;
  readonly tokensPerSecond: number;
  /** Null until it can be told. */
  readonly secondsLeft: number | null;
}

interface LiveTagging {
  /** Null before the first notes are done. */
  readonly progress: Progress | null;
  /** It was asked to stop, and finishes the notes at hand. */
  readonly isStopping: boolean;
}

let live = $state.raw<ReadonlyMap<string, LiveTagging>>(new Map());
let failures = $state.raw<ReadonlyMap<string, ErrorRecord>>(new Map());

// A core that was started again works on none.
onConnect(() => (live = new Map()));
onCoreEvent((name, data) => {
  if (name === 'tagging.started' && 'tagging' in data) {
    setLive(data.tagging, { progress: null, isStopping: false });
  } else if (name === 'tagging.progress' && 'secondsLeft' in data) {
    const { tagging, done, failed, left, tokensPerSecond, secondsLeft } = data;
    // Unknown to a window that was loaded anew.
    const isStopping = live.get(taggingKey(tagging))?.isStopping ?? false;
    setLive(tagging, { progress: { done, failed, left, tokensPerSecond, secondsLeft }, isStopping });
  }
});

/** Ids are of a project alone. */
export function taggingKey(tagging: number): string {
  return `${project.current?.id ?? ''} ${tagging}`;
}

/** Undefined for a tagging that this core has not worked on. */
export function liveTagging(tagging: number): LiveTagging | undefined {
  return live.get(taggingKey(tagging));
}

/** Why its last start or resume ended early; null where it did not. */
export function taggingFailure(tagging: number): ErrorRecord | null {
  return failures.get(taggingKey(tagging)) ?? null;
}

/** A running tagging with the counts of the moment. */
export function withProgress(view: TaggingView): TaggingView {
  const progress = view.status === 'running' ? live.get(taggingKey(view.tagging))?.progress : null;
  if (progress === null || progress === undefined) return view;
  const { done, failed, left } = progress;
  return { ...view, done, failed, left };
}

/** Resolves with the tagging's id once its notes are known; what fails later is told by {@link taggingFailure}. @throws AppError */
export function startTagging(input: CallInput<'tagging.start'>): Promise<number> {
  return new Promise((resolve, reject) => {
    let id: number | null = null;
    let isUnderWay = false;
    const stopHearing = onCoreEvent((name, data) => {
      if (name === 'tagging.started' && 'tagging' in data) id ??= data.tagging;
      else if (name === 'tagging.changed' && 'tagging' in data && data.tagging === id) void goAhead(id);
    });

    // A tagging that found no notes is gone when one asks for it.
    async function goAhead(tagging: number): Promise<void> {
      const isThere = await callCore('taggings.get', { tagging }).then(
        () => true,
        () => false,
      );
      if (!isThere || isUnderWay) return;
      isUnderWay = true;
      stopHearing();
      resolve(tagging);
    }

    callCore('tagging.start', input).then(
      (view) => {
        stopHearing();
        sayEnd(view);
        resolve(view.tagging);
      },
      (thrown: unknown) => {
        stopHearing();
        if (isUnderWay && id !== null) keepFailure(id, thrown);
        else reject(thrown instanceof Error ? thrown : new AppError('internal', String(thrown)));
      },
    );
  });
}

/** Returns at once; how it goes is told by events and {@link taggingFailure}. */
export function resumeTagging(tagging: number): void {
  setFailure(tagging, null);
  callCore('tagging.resume', { tagging }).then(sayEnd, (thrown: unknown) => keepFailure(tagging, thrown));
}

/** @throws AppError */
export async function pauseTagging(tagging: number): Promise<void> {
  const { found } = await callCore('tagging.pause', { tagging });
  if (found) setStopping(tagging);
  else say('The notes are still being looked for. Pause in a moment.', 'info');
}

/** What is tagged stays; the rest can be resumed. @throws AppError */
export async function cancelTagging(tagging: number): Promise<void> {
  const { found } = await callCore('tagging.cancel', { tagging });
  if (found) setStopping(tagging);
}

function sayEnd({ tagging, status, done, failed }: TaggingView): void {
  if (status !== 'done') return;
  const trouble = failed === 0 ? '' : `, ${failed.toLocaleString('en')} could not be tagged`;
  say(`Tagging ${tagging} is done: ${counted(done, 'note')}${trouble}.`, failed === 0 ? 'success' : 'warning');
}

function keepFailure(tagging: number, thrown: unknown): void {
  const error = toErrorRecord(thrown);
  if (error.code !== 'cancelled') setFailure(tagging, error);
}

function setFailure(tagging: number, error: ErrorRecord | null): void {
  const next = new Map(failures);
  if (error === null) next.delete(taggingKey(tagging));
  else next.set(taggingKey(tagging), error);
  failures = next;
}

function setStopping(tagging: number): void {
  setLive(tagging, { progress: live.get(taggingKey(tagging))?.progress ?? null, isStopping: true });
}

function setLive(tagging: number, state: LiveTagging): void {
  live = new Map(live).set(taggingKey(tagging), state);
}
