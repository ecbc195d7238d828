/** An open project file: its statements by name, its transactions, its lock. */
import Database from 'better-sqlite3';
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError, systemCode } from '../../worker/domain/errors.ts';
import { damagedError, lockedError, notAProjectError, withStoreErrors } from './failures.ts';
import { acquireLock, type ProjectLock } from './lock.ts';
import { migrate, type Migration, migrations, needsMigration } from './migrations.ts';

/** Marks a SQLite file as ours: the bytes "NGR1". */
export const applicationId = 0x4e475231;

/** How long a writer waits for another to finish before the project counts as locked. */
const defaultLockWaitMs = 1500;
/** How long a statement waits for a lock inside SQLite. */
const statementWaitMs = 5000;
/** A statement slower than this is reported by name. */
const slowStatementMs = 40;

/** `write`: alone, until closed. `read`: beside a writer and other readers; changes nothing. */
export type Access = 'read' | 'write';

/** What a column or parameter can hold. */
export type Value = string | number | null | Uint8Array;
export type Parameters = Readonly<Record<string, Value>>;

/** A prepared statement. Parameters are named (`$name`); `Row` is what its SELECT yields. */
export interface Statement<Row> {
  /** The id of the row an INSERT made, and the number of rows changed. */
  run(parameters?: Parameters): { readonly id: number; readonly changes: number };
  get(parameters?: Parameters): Row | undefined;
  all(parameters?: Parameters): Row[];
}

export interface ProjectDatabase {
  readonly path: string;
  readonly access: Access;
  /** Prepare `sql` now; `name` stands for it in reports. Throws on a typo. */
  statement<Row = never>(name: string, sql: string): Statement<Row>;
  /** Run `work` in one transaction; nested calls join it. */
  transaction<T>(work: () => T): T;
  close(): void;
}

export interface OpenOptions {
  readonly access: Access;
  /** Called with the name and milliseconds of a statement that took longer than 40 ms. */
  readonly onSlow?: (statement: string, ms: number) => void;
  /** How long to wait for another writer to end, in milliseconds. */
  readonly lockWaitMs?: number;
  /** For tests: the schema's steps. */
  readonly steps?: readonly Migration[];
}

/**
 * Make a new, empty project file.
 * @throws AppError `project-exists`, `file-not-found` (no such folder), `file-unreadable`, `disk-full`.
 */
export function createDatabase(path: string, appVersion: string, steps: readonly Migration[] = migrations): void {
  claimNewFile(path);
  try {
    withStoreErrors(path, () => {
      const database = new Database(path, { fileMustExist: true });
      try {
        database.pragma(`application_id = ${applicationId}`);
        database.pragma('journal_mode = WAL');
        migrate(database, steps, path);
        const insert = database.prepare(
          'INSERT INTO project (one, id, created_at, created_by) VALUES (1, $id, $at, $by)',
        );
        insert.run({ id: randomUUID(), at: new Date().toISOString(), by: appVersion });
      } finally {
        database.close();
      }
    });
  } catch (thrown) {
    for (const file of [path, `${path}-wal`, `${path}-shm`]) rmSync(file, { force: true });
    throw thrown;
  }
}

/**
 * Open a project file, migrating an older one.
 * @throws AppError `project-not-found`, `project-not-a-project`, `project-newer`, `project-damaged`, `project-locked`, `disk-full`.
 */
export function openDatabase(path: string, options: OpenOptions): ProjectDatabase {
  if (!existsSync(path)) {
    throw new AppError('project-not-found', 'There is no project at this path.', {
      details: { file: path, nextStep: 'Check the path, or make a project with `notegraft create`.' },
    });
  }
  if (!statSync(path).isFile()) throw notAProjectError(path);
  return withStoreErrors(path, () => {
    const database = new Database(path, { fileMustExist: true, timeout: statementWaitMs });
    let lock: ProjectLock | null = null;
    try {
      lock = prepareForUse(database, path, options);
      return wrap(database, lock, path, options);
    } catch (thrown) {
      database.close();
      lock?.release();
      throw thrown;
    }
  });
}

/** Everything between opening and the first statement. Returns the lock where the access needs one. */
function prepareForUse(database: Database.Database, path: string, options: OpenOptions): ProjectLock | null {
  const steps = options.steps ?? migrations;
  // Before anything is written: the file may be somebody else's database.
  if (database.pragma('application_id', { simple: true }) !== applicationId) throw notAProjectError(path);
  const outdated = needsMigration(database, steps, path);
  const lock = options.access === 'write' || outdated ? requireLock(path, options) : null;
  try {
    if (options.access === 'write') checkPages(database, path);
    database.pragma('journal_mode = WAL');
    database.pragma('foreign_keys = ON');
    database.pragma('trusted_schema = OFF');
    database.pragma('temp_store = MEMORY');
    // Asked again under the lock: whoever held it may have migrated the project meanwhile.
    if (outdated && needsMigration(database, steps, path)) migrate(database, steps, path);
  } catch (thrown) {
    lock?.release();
    throw thrown;
  }
  if (options.access === 'write') return lock;
  lock?.release();
  database.pragma('query_only = ON');
  return null;
}

function requireLock(path: string, options: OpenOptions): ProjectLock {
  const lock = acquireLock(path, options.lockWaitMs ?? defaultLockWaitMs);
  if (lock === null) throw lockedError(path);
  return lock;
}

function checkPages(database: Database.Database, path: string): void {
  if (database.pragma('quick_check(1)', { simple: true }) !== 'ok') throw damagedError(path);
}

function wrap(
  database: Database.Database,
  lock: ProjectLock | null,
  path: string,
  options: OpenOptions,
): ProjectDatabase {
  const guarded = <T>(name: string, work: () => T): T => {
    const started = performance.now();
    const result = withStoreErrors(path, work);
    const ms = performance.now() - started;
    if (ms > slowStatementMs) options.onSlow?.(name, ms);
    return result;
  };
  return {
    path,
    access: options.access,
    statement<Row>(name: string, sql: string): Statement<Row> {
      const prepared = database.prepare<[Parameters], Row>(sql);
      return {
        run: (parameters = {}) => {
          const { lastInsertRowid, changes } = guarded(name, () => prepared.run(parameters));
          return { id: Number(lastInsertRowid), changes };
        },
        get: (parameters = {}) => guarded(name, () => prepared.get(parameters)),
        all: (parameters = {}) => guarded(name, () => prepared.all(parameters)),
      };
    },
    transaction: (work) =>
      database.inTransaction ? work() : withStoreErrors(path, () => database.transaction(work).immediate()),
    close() {
      database.close();
      lock?.release();
    },
  };
}

function claimNewFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx'));
  } catch (thrown) {
    const code = systemCode(thrown);
    if (code === 'EEXIST') {
      throw new AppError('project-exists', 'There is already a file at this path; nothing was changed.', {
        details: { file: path, nextStep: 'Choose another name, or move the file away.' },
        cause: thrown,
      });
    }
    if (code === 'ENOENT') {
      throw new AppError('file-not-found', 'The folder for the project does not exist.', {
        details: { file: dirname(path), nextStep: 'Make the folder first.' },
        cause: thrown,
      });
    }
    withStoreErrors(path, () => {
      throw thrown;
    });
  }
}
