/** Turns what SQLite and the file system throw into plain sentences about the project file. */
import { AppError, systemCode } from '../../worker/domain/errors.ts';

/**
 * Run `work` on a project's file.
 * @throws AppError `disk-full`, `project-damaged`, `project-not-a-project`, `project-locked` or `file-unreadable` in place of the
 * system's own errors; anything else as it was.
 */
export function withStoreErrors<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw storeError(path, thrown);
  }
}

/** The error of a project that another process holds. */
export function lockedError(path: string): AppError {
  return new AppError('project-locked', 'The project is open for writing in another process.', {
    details: { file: path, nextStep: 'Wait until the other command ends, or close the window that holds the project.' },
  });
}

/** The error of a file that is no project of ours. */
export function notAProjectError(path: string, cause?: unknown): AppError {
  return new AppError('project-not-a-project', 'The file is not a Notegraft project.', {
    details: { file: path, nextStep: 'Name a file made by `notegraft create`.' },
    cause,
  });
}

/** The error of a project whose file does not read back as it was written. */
export function damagedError(path: string, cause?: unknown): AppError {
  return new AppError('project-damaged', 'The project file is damaged and cannot be read.', {
    details: { file: path, nextStep: 'Restore it from a backup, or create a new project and import the notes again.' },
    cause,
  });
}

function storeError(path: string, thrown: unknown): unknown {
  const code = systemCode(thrown) ?? '';
  if (thrown instanceof AppError) return thrown;
  if (code === 'ENOSPC' || code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE')
    return diskFullError(path, thrown);
  if (code === 'SQLITE_NOTADB') return notAProjectError(path, thrown);
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_IOERR_SHORT_READ') return damagedError(path, thrown);
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return lockedError(path);
  if (isRefusal(code)) {
    return new AppError('file-unreadable', 'The project file cannot be opened or written.', {
      details: { file: path, nextStep: 'Check that you may read and write the file and its folder.' },
      cause: thrown,
    });
  }
  return thrown;
}

function diskFullError(path: string, cause: unknown): AppError {
  return new AppError('disk-full', 'The disk that holds the project is full.', {
    details: {
      file: path,
      nextStep: 'Free some space and run the command again; what was stored before is intact.',
    },
    cause,
  });
}

function isRefusal(code: string): boolean {
  const refusals = ['EACCES', 'EPERM', 'EROFS', 'EIO', 'EMFILE'];
  return refusals.includes(code) || /^SQLITE_(CANTOPEN|READONLY|PERM|IOERR|NOLFS)/.test(code);
}
