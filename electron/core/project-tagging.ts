/** Tagging into the project: notes, spans and a journal are kept, so that a tagging can pause, and go on after a crash. */
import { toErrorRecord, AppError } from '../../worker/domain/errors.ts';
import type { JobOf } from '../../worker/protocol-jobs.ts';
import type { JobEvents } from '../../worker/protocol.ts';
import type { CallName, CheckedInput } from '../api/contract.ts';
import type { TaggingView } from '../api/tagging-calls.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { SessionEntry } from '../store/taggings.ts';
import type { CoreContext } from './context.ts';
import { type ModelBytes, modelOfRun } from './models.ts';
import { findRun } from './training.ts';

/** Taggings at work in this core, by id. */
export interface ProjectTaggings {
  start(input: CheckedInput<'tagging.start'>): Promise<TaggingView>;
  resume(tagging: number): Promise<TaggingView>;
  /** Whether such a tagging was running, its notes known. The notes at hand are tagged again on resume. */
  pause(tagging: number): boolean;
  /** Whether such a tagging was running. */
  cancel(tagging: number): boolean;
}

/** The notes of a chunk are written in one transaction; so many at most. */
const notesATransaction = 50;

interface RunningTagging {
  job: string | null;
  isPausing: boolean;
}

type Work = Pick<JobOf<'tag-notes'>, 'from' | 'beamWidth' | 'features'>;

/** Starts with nothing running. */
export function projectTaggings(context: CoreContext): ProjectTaggings {
  const running = new Map<number, RunningTagging>();

  async function work(call: CallName, tagging: number, model: ModelBytes, given: Work): Promise<TaggingView> {
    const store = context.project();
    const state: RunningTagging = { job: null, isPausing: false };
    running.set(tagging, state);
    const journal = openJournal(context, store, tagging);
    try {
      await context.jobs.run<'tag-notes'>(call, (job) => {
        state.job = job;
        context.emit('tagging.started', { tagging, job });
        return { job: { kind: 'tag-notes', model, ...given }, onEvent: (event) => journal.hear(event) };
      });
      journal.flush();
      store.taggings.finish(tagging, 'done');
    } catch (thrown) {
      const { code } = toErrorRecord(thrown);
      // On a full disk the notes at hand could not be kept either.
      if (code !== 'disk-full') journal.flush();
      const isPaused = code === 'cancelled' && state.isPausing;
      // Nothing was found, or it ended before that: there is nothing to go on with.
      if (countNotes(store, tagging) === 0) {
        store.taggings.remove(tagging);
        throw thrown;
      }
      const cancelled = context.jobs.isClosing ? 'interrupted' : 'cancelled';
      store.taggings.finish(tagging, code === 'cancelled' ? cancelled : 'failed', isPaused);
      if (!isPaused) throw thrown;
    } finally {
      running.delete(tagging);
      context.emit('tagging.changed', { tagging });
    }
    return describeTagging(store, tagging);
  }

  return {
    async start({ run, paths, ...how }) {
      const store = context.project();
      const model = modelOfRun(store, run);
      const modelHash = findRun(store, run).modelHash ?? '';
      const { beamWidth = null, features = null } = how;
      const tagging = store.taggings.start({ run, modelHash, beamWidth, features, inProject: true });
      return work('tagging.start', tagging, model, {
        from: { kind: 'paths', paths },
        ...given({ beamWidth, features }),
      });
    },
    async resume(tagging) {
      const store = context.project();
      const entry = findTagging(store, tagging);
      if (running.has(tagging)) throw new AppError('usage', 'This tagging is running already.');
      if (!entry.inProject) {
        throw new AppError('usage', 'This tagging wrote files and keeps no journal; it cannot be resumed.', {
          details: { nextStep: 'Tag the folder again.' },
        });
      }
      const model = modelOfRun(store, entry.run);
      store.taggedNotes.retryFailed(tagging);
      const files = store.taggedNotes.waiting(tagging);
      store.taggings.resume(tagging);
      context.emit('tagging.changed', { tagging });
      return work('tagging.resume', tagging, model, { from: { kind: 'files', files }, ...given(entry) });
    },
    pause(tagging) {
      const state = running.get(tagging);
      if (state === undefined || state.job === null || countNotes(context.project(), tagging) === 0) return false;
      state.isPausing = true;
      return context.jobs.cancel(state.job);
    },
    cancel(tagging) {
      const job = running.get(tagging)?.job ?? null;
      return job !== null && context.jobs.cancel(job);
    },
  };
}

/** How a tagging is done, as far as it was said. */
function given({ beamWidth, features }: Pick<SessionEntry, 'beamWidth' | 'features'>): Omit<Work, 'from'> {
  return { ...(beamWidth === null ? {} : { beamWidth }), ...(features === null ? {} : { features }) };
}

type NoteEvent = Extract<JobEvents['tag-notes'], { kind: 'note' | 'note-failed' }>;

/** Writes notes down as they come. */
function openJournal(context: CoreContext, store: ProjectStore, tagging: number) {
  let held: NoteEvent[] = [];

  function flush(): void {
    const notes = held;
    held = [];
    store.transaction(() => {
      for (const note of notes) {
        if (note.kind === 'note') store.taggedNotes.store(tagging, note);
        else store.taggedNotes.fail(tagging, note.name, note.error);
      }
    });
  }

  function tellProgress(tokensPerSecond: number, seconds: number, doneNow: number): void {
    const { notes, failed, waiting } = findTagging(store, tagging);
    context.emit('tagging.progress', {
      tagging,
      done: notes,
      failed,
      left: waiting,
      tokensPerSecond,
      secondsLeft: doneNow === 0 ? null : (seconds / doneNow) * waiting,
    });
  }

  const started = performance.now();
  return {
    flush,
    hear(event: JobEvents['tag-notes']): void {
      switch (event.kind) {
        case 'found':
          queueNew(store, tagging, event.files);
          context.emit('tagging.changed', { tagging });
          break;
        case 'note':
        case 'note-failed':
          held.push(event);
          if (held.length >= notesATransaction) flush();
          break;
        case 'progress':
          flush();
          tellProgress(event.tokensPerSecond, (performance.now() - started) / 1000, event.done + event.failed);
          break;
      }
    },
  };
}

function countNotes(store: ProjectStore, tagging: number): number {
  return store.taggedNotes.count({ tagging });
}

function queueNew(store: ProjectStore, tagging: number, files: readonly { name: string; path: string }[]): void {
  const known = new Set(store.taggedNotes.waiting(tagging).map(({ name }) => name));
  store.taggedNotes.queue(
    tagging,
    files.filter(({ name }) => !known.has(name)),
  );
}

/** @throws AppError `data-missing` naming the taggings that exist. */
export function findTagging(store: ProjectStore, tagging: number): SessionEntry {
  const found = store.taggings.find(tagging);
  if (found !== undefined) return found;
  const ids = store.taggings.list().map(({ id }) => id);
  throw new AppError('data-missing', `There is no tagging ${tagging} in this project.`, {
    details: { nextStep: ids.length === 0 ? 'Tag a folder of notes first.' : `Choose one of: ${ids.join(', ')}.` },
  });
}

/** A tagging as faces show it. @throws AppError `data-missing`. */
export function describeTagging(store: ProjectStore, tagging: number): TaggingView {
  return taggingView(findTagging(store, tagging));
}

export function taggingView({ id, notes, waiting, paused, ...entry }: SessionEntry): TaggingView {
  return {
    ...entry,
    tagging: id,
    status: paused ? 'paused' : entry.status,
    notes: notes + entry.failed + waiting,
    done: notes,
    left: waiting,
  };
}
