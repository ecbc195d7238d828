/** Projects: make, open, close, and say what is inside. */
import { AppError } from '../../worker/domain/errors.ts';
import type { ProjectInfo } from '../api/views.ts';
import { createDatabase } from '../store/database.ts';
import type { LabelCount } from '../store/documents.ts';
import { openProject, type ProjectStore } from '../store/project-store.ts';
import type { Log } from './context.ts';
import type { UnderWay } from './under-way.ts';

type ProjectView = ProjectInfo['project'];

/** Holds the one project that a core has open. */
export interface OpenProject {
  create(path: string): ProjectView;
  /**
   * Closes the project that was open before; one that is open already and worked on stays as it is.
   * @throws AppError `project-busy` where work on another is under way and not to be stopped; as `openProject`.
   */
  open(path: string, access: 'read' | 'write', stopRunning: boolean): Promise<ProjectView>;
  /** Whatever works on it must have ended. */
  close(): void;
  /** Null when none is open. */
  shown(): ProjectView | null;
  /** @throws AppError `usage` when none is open. */
  current(): ProjectStore;
}

/** Starts with no project open. */
export function projectHolder(appVersion: string, log: Log, underWay: UnderWay): OpenProject {
  let store: ProjectStore | null = null;
  let openedFor: 'read' | 'write' = 'read';
  const onSlow = (statement: string, ms: number): void =>
    log({ event: 'slow-statement', statement, ms: Math.round(ms) });

  function close(): void {
    store?.close();
    store = null;
  }

  return {
    create(path) {
      createDatabase(path, appVersion);
      const created = openProject(path, { access: 'read', onSlow });
      try {
        return view(created);
      } finally {
        created.close();
      }
    },
    async open(path, access, stopRunning) {
      // A window that was loaded anew opens what it had open; a training that goes on keeps its store.
      if (store?.path === path && openedFor === access && underWay.isBusy()) return view(store);
      await underWay.leave(stopRunning);
      if (store?.path === path) close();
      // One that cannot be opened leaves the open one as it is.
      const opened = openProject(path, { access, onSlow });
      close();
      store = opened;
      openedFor = access;
      return view(store);
    },
    close,
    shown: () => (store === null ? null : view(store)),
    current() {
      if (store === null) throw new AppError('usage', 'No project is open.');
      return store;
    },
  };
}

function view(store: ProjectStore): ProjectView {
  return { path: store.path, ...store.project };
}

/** Documents, tokens and labels by role and split. */
export function describeProject(store: ProjectStore): ProjectInfo {
  return {
    project: view(store),
    documents: store.documents.totals().map(({ spans, ...totals }) => ({ ...totals, annotations: spans })),
    labels: labelTable(store.documents.labelCounts()),
    embeddings: store.embeddings.list(),
    runs: store.runs.list().length,
    taggings: store.taggings.list().length,
  };
}

function labelTable(counts: readonly LabelCount[]): ProjectInfo['labels'] {
  const rows = Map.groupBy(counts, ({ role, label }) => `${role} ${label}`);
  return [...rows.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const inSplit = (split: LabelCount['split']): number => group.find((row) => row.split === split)?.count ?? 0;
    const bySplit = { train: inSplit('train'), dev: inSplit('dev'), test: inSplit('test'), unsplit: inSplit(null) };
    const count = bySplit.train + bySplit.dev + bySplit.test + bySplit.unsplit;
    return [{ role: first.role, label: first.label, count, ...bySplit }];
  });
}
