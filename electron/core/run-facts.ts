/** What the worker said of a run when it was prepared, and what is to be told of one of a version that did not say it. */
import type { Figure } from '../../worker/domain/figures.ts';
import type { RunView } from '../api/views.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { RunEntry } from '../store/runs.ts';

/** Whose dev documents choose the epoch. */
export function devFromOf(prepared: RunEntry['prepared']): RunView['devFrom'] {
  return said(prepared, 'devFrom') === 'sources' ? 'sources' : 'target';
}

/** What the scores of a run are told by. */
export function figureOfRun(store: ProjectStore, { id, prepared }: Pick<RunEntry, 'id' | 'prepared'>): Figure {
  const { dev, test } = store.runs.scores(id);
  const isOfClasses = (dev ?? test)?.accuracy !== undefined || said(prepared, 'figure') === 'accuracy';
  return isOfClasses ? 'accuracy' : 'f1';
}

/** The same of a trial's run; of one that has not begun what most are told by. */
export function figureOfTrial(store: ProjectStore, run: number | null): Figure {
  const entry = run === null ? undefined : store.runs.find(run);
  return entry === undefined ? 'f1' : figureOfRun(store, entry);
}

function said(prepared: unknown, key: string): unknown {
  return typeof prepared === 'object' && prepared !== null ? Reflect.get(prepared, key) : undefined;
}
