/** Failures of writing, as a user can act on them. */
import { AppError, systemCode } from '../../domain/errors.ts';
import type { ErrorCode } from '../../domain/errors.ts';

/** Run `action`; a failure of the file system comes out as an AppError that names `file`. */
export async function whileWriting<T>(file: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (thrown) {
    throw outputError(thrown, file);
  }
}

/** The AppError for what the file system threw while `file` was written; an AppError stays what it is. */
export function outputError(thrown: unknown, file: string): AppError {
  if (thrown instanceof AppError) return thrown;
  const code = systemCode(thrown);
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return failure(
        'disk-full',
        'The disk is full.',
        'Free some space or choose a folder on another disk, then run the command again; files that were there before are intact.',
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return failure(
        'file-unwritable',
        'The output folder cannot be written to.',
        'Choose a folder you may write to, or ask for permission to write to this one.',
      );
    case 'EEXIST':
    case 'ENOTDIR':
      return failure(
        'file-unwritable',
        'The output folder cannot be made: a file of that name is in the way.',
        'Choose another output folder, or move that file away.',
      );
    case 'ENAMETOOLONG':
      return failure(
        'file-unwritable',
        'The path of an output file is too long.',
        'Choose an output folder with a shorter path.',
      );
    default:
      return failure(
        'file-unwritable',
        `An output file could not be written${code === undefined ? '' : ` (${code})`}.`,
        'Check that the output folder still exists and can be written to, then run the command again.',
      );
  }

  function failure(errorCode: ErrorCode, message: string, nextStep: string): AppError {
    return new AppError(errorCode, message, { details: { file, nextStep }, cause: thrown });
  }
}
