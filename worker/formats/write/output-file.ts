/** A file that appears whole or not at all: written under a temporary name, renamed when it is complete. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { systemCode } from '../../domain/errors.ts';
import { whileWriting } from './output-error.ts';

/** A file being written. Calls must not overlap. */
export interface OutputFile {
  /** Where the file will be. */
  readonly path: string;
  /** Bytes written so far. */
  position(): number;
  /** Append text (as UTF-8) or bytes. */
  write(chunk: string | Uint8Array): Promise<void>;
  /** Replace bytes written before. */
  overwrite(position: number, bytes: Uint8Array): Promise<void>;
  /** Put the file in place and return its path, which carries a number when the old file is held by another program. */
  commit(): Promise<string>;
  /** Remove the temporary file; nothing happens after `commit`. */
  discard(): Promise<void>;
}

/** Bytes gathered before they are handed to the system. */
const bufferBytes = 256 * 1024;

/** A name beside `name` that nobody takes for a finished file. */
export function temporaryName(name: string): string {
  return `${name}.${randomBytes(4).toString('hex')}.partial`;
}

/**
 * Start writing `folder`/`name`, making the folder when it is missing.
 * @throws AppError naming the file when the folder cannot be made or written to; `disk-full`.
 */
export async function openOutputFile(folder: string, name: string): Promise<OutputFile> {
  const path = join(folder, name);
  const temporary = join(folder, temporaryName(name));
  await whileWriting(folder, () => mkdir(folder, { recursive: true }));
  const handle = await whileWriting(path, () => open(temporary, 'wx'));
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let onDisk = 0;
  let finished = false;

  async function flush(): Promise<void> {
    const bytes = Buffer.concat(pending);
    pending = [];
    pendingBytes = 0;
    await writeAt(onDisk, bytes);
    onDisk += bytes.length;
  }

  async function writeAt(at: number, bytes: Uint8Array): Promise<void> {
    let done = 0;
    while (done < bytes.length) {
      const from = done;
      const { bytesWritten } = await whileWriting(path, () =>
        handle.write(bytes, from, bytes.length - from, at + from),
      );
      done += bytesWritten;
    }
  }

  return {
    path,
    position: () => onDisk + pendingBytes,
    async write(chunk) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk;
      pending.push(bytes);
      pendingBytes += bytes.length;
      if (pendingBytes >= bufferBytes) await flush();
    },
    async overwrite(at, bytes) {
      await flush();
      await writeAt(at, bytes);
    },
    async commit() {
      await flush();
      await whileWriting(path, () => handle.sync());
      await whileWriting(path, () => handle.close());
      const placed = await whileWriting(path, () => replace(temporary, path));
      finished = true;
      return placed;
    },
    async discard() {
      if (finished) return;
      finished = true;
      await handle.close();
      await rm(temporary, { force: true });
    },
  };
}

/**
 * Rename `temporary` to `path`; where the old file cannot be replaced (a spreadsheet program has it open)
 * take `path` with the first free number, so that hours of work are not lost to an open window.
 */
async function replace(temporary: string, path: string): Promise<string> {
  const { dir, name, ext } = parse(path);
  for (let attempt = 1; attempt < 100; attempt++) {
    const candidate = attempt === 1 ? path : join(dir, `${name}-${attempt}${ext}`);
    if (await renamed(temporary, candidate)) return candidate;
  }
  await rename(temporary, path);
  return path;
}

async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (thrown) {
    const code = systemCode(thrown) ?? '';
    if (['EBUSY', 'EPERM', 'EACCES', 'EISDIR', 'ENOTEMPTY', 'EEXIST'].includes(code)) return false;
    throw thrown;
  }
}
