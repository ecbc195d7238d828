/** Writes a file so that one of its name is always whole: beside it first, then renamed. */
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError, systemCode } from '../../worker/domain/errors.ts';

/** `what` is written, as in "the model": for what is said when it fails. */
export function requireFolder(file: string, what: string): void {
  if (existsSync(dirname(file))) return;
  throw new AppError('file-not-found', `The folder for ${what} does not exist.`, {
    details: { file: dirname(file), nextStep: 'Make the folder first.' },
  });
}

/**
 * Write the chunks; bytes in the end.
 * @throws AppError `file-not-found` (no such folder), `file-unwritable`; the system's own where the disk is full.
 */
export function writeWholeFile(file: string, what: string, chunks: Iterable<Uint8Array>): number {
  requireFolder(file, what);
  const temporary = `${file}.part-${process.pid}`;
  try {
    const bytes = writeDurably(temporary, chunks);
    renameSync(temporary, file);
    return bytes;
  } catch (thrown) {
    rmSync(temporary, { force: true });
    if (systemCode(thrown) === 'ENOSPC') throw thrown;
    throw new AppError('file-unwritable', `${what.replace(/^t/, 'T')} cannot be written.`, {
      details: { file, nextStep: 'Check that you may write to the folder.' },
      cause: thrown,
    });
  }
}

function writeDurably(file: string, chunks: Iterable<Uint8Array>): number {
  const handle = openSync(file, 'w');
  let total = 0;
  try {
    for (const chunk of chunks) {
      for (let written = 0; written < chunk.length;) written += writeSync(handle, chunk, written);
      total += chunk.length;
    }
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  return total;
}
