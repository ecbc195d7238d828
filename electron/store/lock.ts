/** The right to write to a project: held by one process at a time, and given back by the system when that process dies. */
import Database from 'better-sqlite3';
import { existsSync, realpathSync, rmSync } from 'node:fs';
import { systemCode } from '../../worker/domain/errors.ts';

/** Held until `release`, or until the process ends in whatever way. */
export interface ProjectLock {
  release(): void;
}

/**
 * Take the lock of the project at `projectPath`, waiting at most `waitMs`; null when another holder keeps it.
 *
 * Node offers no file lock, SQLite does, alike on every system: an empty database beside the project, held in an exclusive
 * transaction. The project's own file stays free, so that others may read it meanwhile.
 * @throws the file system's error when the folder cannot be written to.
 */
export function acquireLock(projectPath: string, waitMs: number): ProjectLock | null {
  const lockPath = `${realpathSync(projectPath)}-lock`;
  for (;;) {
    const database = holdExclusively(lockPath, waitMs);
    if (database === null) return null;
    // A holder that left between our opening and locking took the file with it: then we hold a file nobody else can find.
    if (existsSync(lockPath)) return { release: () => release(database, lockPath) };
    database.close();
  }
}

function holdExclusively(lockPath: string, waitMs: number): Database.Database | null {
  const database = new Database(lockPath, { timeout: waitMs });
  try {
    // Without this SQLite puts an empty journal beside the empty file.
    database.pragma('journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (thrown) {
    database.close();
    if (systemCode(thrown)?.startsWith('SQLITE_BUSY') === true) return null;
    throw thrown;
  }
}

function release(database: Database.Database, lockPath: string): void {
  if (!database.open) return;
  // POSIX: remove while held, so that nobody removes a successor's file. Windows refuses to remove an open file, so afterwards.
  if (process.platform !== 'win32') rmSync(lockPath, { force: true });
  database.close();
  if (process.platform === 'win32') removeUnlessHeld(lockPath);
}

function removeUnlessHeld(lockPath: string): void {
  try {
    rmSync(lockPath, { force: true });
  } catch (thrown) {
    // A successor has it open already: the file is theirs to remove.
    if (!['EBUSY', 'EPERM', 'EACCES'].includes(systemCode(thrown) ?? '')) throw thrown;
  }
}
