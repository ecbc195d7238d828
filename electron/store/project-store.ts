/** A project, opened: its aggregates over one database, every statement prepared. */
import { AppError } from '../../worker/domain/errors.ts';
import { type OpenOptions, openDatabase, type ProjectDatabase } from './database.ts';
import { type DocumentListStore, documentListStore } from './document-lists.ts';
import { type DocumentStore, documentStore } from './documents.ts';
import { type EmbeddingsStore, embeddingsStore } from './embeddings.ts';
import { type ImportStore, importStore } from './imports.ts';
import { type InspectionStore, inspectionStore } from './inspections.ts';
import { type PromotionStore, promotionStore } from './promotions.ts';
import { type ReviewStore, reviewStore } from './review.ts';
import { type RunStore, runStore } from './runs.ts';
import { type ScoreReportStore, scoreReportStore } from './score-reports.ts';
import { type SetUpStore, setUpStore } from './set-up.ts';
import { type StudyStore, studyStore } from './studies.ts';
import { type TaggedNoteStore, taggedNoteStore } from './tagged-notes.ts';
import { type TaggingStore, taggingStore } from './taggings.ts';

export interface ProjectEntry {
  readonly id: string;
  readonly createdAt: string;
  /** The version of Notegraft that made the project. */
  readonly createdBy: string;
}

export interface ProjectStore {
  readonly path: string;
  readonly access: 'read' | 'write';
  readonly project: ProjectEntry;
  readonly documents: DocumentStore;
  readonly documentLists: DocumentListStore;
  readonly imports: ImportStore;
  readonly embeddings: EmbeddingsStore;
  readonly runs: RunStore;
  readonly taggings: TaggingStore;
  readonly taggedNotes: TaggedNoteStore;
  readonly review: ReviewStore;
  readonly promotions: PromotionStore;
  readonly inspections: InspectionStore;
  readonly setUp: SetUpStore;
  readonly scoreReports: ScoreReportStore;
  readonly studies: StudyStore;
  /** Run `work` in one transaction. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/** How long a reader waits for a writer that is just dying, before it takes the writer to be alive. */
const dyingWriterWaitMs = 300;

/**
 * Open a project. Jobs that a dead process left running are marked interrupted; while another process holds the project for
 * writing its jobs are left alone.
 * @throws AppError as {@link openDatabase}.
 */
export function openProject(path: string, options: OpenOptions): ProjectStore {
  const database = openDatabase(path, options);
  if (options.access === 'read' && hasRunningJobs(database)) {
    database.close();
    markInterruptedUnlessHeld(path, options);
    return assemble(openDatabase(path, options));
  }
  if (options.access === 'write') markInterrupted(database);
  return assemble(database);
}

function assemble(database: ProjectDatabase): ProjectStore {
  try {
    const project = database
      .statement<ProjectEntry>(
        'project.read',
        'SELECT id, created_at AS createdAt, created_by AS createdBy FROM project',
      )
      .get();
    if (project === undefined) {
      throw new AppError('project-damaged', 'The project file lacks its own description.', {
        details: { file: database.path, nextStep: 'Restore it from a backup, or create a new project.' },
      });
    }
    return {
      path: database.path,
      access: database.access,
      project,
      documents: documentStore(database),
      documentLists: documentListStore(database),
      imports: importStore(database),
      embeddings: embeddingsStore(database),
      runs: runStore(database),
      taggings: taggingStore(database),
      taggedNotes: taggedNoteStore(database),
      review: reviewStore(database),
      promotions: promotionStore(database),
      inspections: inspectionStore(database),
      setUp: setUpStore(database),
      scoreReports: scoreReportStore(database),
      studies: studyStore(database),
      transaction: (work) => database.transaction(work),
      close: () => database.close(),
    };
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

const jobTables = ['runs', 'imports', 'tagging_sessions', 'studies'] as const;

function hasRunningJobs(database: ProjectDatabase): boolean {
  return jobTables.some((table) => {
    const sql = `SELECT count(*) AS running FROM ${table} WHERE status = 'running'`;
    return (database.statement<{ running: number }>(`${table}.count-running`, sql).get()?.running ?? 0) > 0;
  });
}

/** Needs the lock: then whoever ran them is gone. */
function markInterrupted(database: ProjectDatabase): void {
  const at = new Date().toISOString();
  database.transaction(() => {
    for (const table of jobTables) {
      const sql = `UPDATE ${table} SET status = 'interrupted', ended_at = $at WHERE status = 'running'`;
      database.statement(`${table}.interrupt`, sql).run({ at });
    }
  });
}

function markInterruptedUnlessHeld(path: string, options: OpenOptions): void {
  try {
    const database = openDatabase(path, { ...options, access: 'write', lockWaitMs: dyingWriterWaitMs });
    markInterrupted(database);
    database.close();
  } catch (thrown) {
    // Held by a living process: its jobs are running indeed. Anything else the reader meets again, and reports.
    if (!(thrown instanceof AppError)) throw thrown;
  }
}
