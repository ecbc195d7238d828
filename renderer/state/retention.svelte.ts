/** What a run retains of one of its sources: which is chosen, what was found last, whether documents of it are held out. */
import type { RetentionView } from '../../electron/api/report-calls.ts';
import { plainSource, type Task } from '../../worker/domain/task-names.ts';
import { callCore } from '../desk.svelte.ts';
import { type Action, newAction } from './action.svelte.ts';
import { jobs } from './jobs.svelte.ts';
import { project, refreshProject } from './project.svelte.ts';
import { newQuery, type Query } from './query.svelte.ts';
import { sourcesIn } from './wizard-sources.ts';

/** A third of the source is enough to measure with, and leaves most of it to learn from. */
export const heldOutShares = { dev: 0.1, test: 0.2 };

export interface Retention {
  /** The sources that the run learned from and the project still holds. */
  readonly sources: readonly Task[];
  chosen: Task;
  readonly kept: Query<{ readonly retention: RetentionView | null }>;
  /** What was found last, where it is of the chosen source. */
  readonly found: RetentionView | null;
  /** The source that something was found of, where another is chosen. */
  readonly foundOfOther: Task | null;
  readonly isHeldOut: boolean;
  readonly isMeasuring: boolean;
  readonly measure: Action<void>;
  readonly holdOut: Action<void>;
}

/** Call while a component is set up. `tasks` are those of the run's recipe. */
export function newRetention(run: () => number, tasks: () => readonly Task[]): Retention {
  let wanted = $state<Task | null>(null);
  const kept = newQuery(() => callCore('runs.keptRetention', { run: run() }), ['run.inspected']);
  const sources = $derived(sourcesIn(project.info).filter((source) => tasks().includes(source)));
  const last = $derived(kept.value?.retention ?? null);
  const chosen = $derived(wanted ?? sources.find((source) => source === last?.source) ?? sources[0] ?? plainSource);
  const measure = newAction(() => callCore('runs.retention', { run: run(), source: chosen }));
  const holdOut = newAction(async () => {
    await callCore('corpora.resplit', { role: chosen, ...heldOutShares, seed: 1 });
    await refreshProject();
  });
  return {
    get sources() {
      return sources;
    },
    get chosen() {
      return chosen;
    },
    set chosen(source) {
      wanted = source;
      measure.clear();
      holdOut.clear();
    },
    kept,
    get found() {
      return last?.source === chosen ? last : null;
    },
    get foundOfOther() {
      return last === null || last.source === chosen ? null : last.source;
    },
    get isHeldOut() {
      const rows = (project.info?.documents ?? []).filter(({ role }) => role === chosen);
      return ['dev', 'test'].every((part) => rows.some(({ split, documents }) => split === part && documents > 0));
    },
    get isMeasuring() {
      return measure.isRunning || jobs.running.some(({ call }) => call === 'runs.retention');
    },
    measure,
    holdOut,
  };
}
