/** What every service of core works with. */
import type { EventListener } from '../api/events.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { Jobs } from './jobs.ts';

export interface CoreContext {
  readonly appVersion: string;
  readonly jobs: Jobs;
  /** The job of each training under way, by run. */
  readonly trainings: Map<number, string>;
  /** The studies under way, by id. */
  readonly studies: Map<number, StudyUnderWay>;
  readonly emit: EventListener;
  readonly log: Log;
  /** The open project. @throws AppError `usage` when none is open. */
  readonly project: () => ProjectStore;
}

/** A study whose trials this core is running. */
export interface StudyUnderWay {
  /** Ends its trials; its call then fails with `cancelled`. */
  cancel(): void;
  /** Resolves when nothing of it runs and all is stored. */
  readonly ended: Promise<void>;
}

/** A line of the log. Ids, counts and milliseconds only: no field takes text from a note, a file name or a path. */
export type LogEntry =
  | { readonly event: 'slow-statement'; readonly statement: string; readonly ms: number }
  | { readonly event: 'inspection-failed'; readonly run: number; readonly code: string }
  | { readonly event: 'call'; readonly call: string; readonly ms: number; readonly outcome: string };

export type Log = (entry: LogEntry) => void;
