/** Many small files that appear together: staged in a temporary folder, moved into place when all are complete. */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { whileWriting } from './output-error.ts';
import { temporaryName } from './output-file.ts';

export interface OutputFolder {
  /** Where the files will be. */
  readonly path: string;
  /** Add a file as UTF-8; `relative` as {@link NoteNames} gives it. */
  write(relative: string, content: string): Promise<void>;
  /** Move every file into place, over files of the same name; other files there stay. Number of files moved. */
  commit(): Promise<number>;
  /** Remove the temporary folder; nothing happens after `commit`. */
  discard(): Promise<void>;
}

/**
 * Start filling `folder`, making it when it is missing.
 * @throws AppError naming the folder when it cannot be made or written to; `disk-full`.
 */
export async function openOutputFolder(folder: string): Promise<OutputFolder> {
  const staging = join(folder, temporaryName('notes'));
  await whileWriting(folder, () => mkdir(staging, { recursive: true }));
  const files = new Set<string>();
  const made = new Set([staging]);

  async function makeParent(path: string): Promise<void> {
    const parent = dirname(path);
    if (made.has(parent)) return;
    await mkdir(parent, { recursive: true });
    made.add(parent);
  }

  return {
    path: folder,
    write(relative, content) {
      files.add(relative);
      const path = join(staging, relative);
      return whileWriting(join(folder, relative), async () => {
        await makeParent(path);
        await writeFile(path, content, 'utf8');
      });
    },
    async commit() {
      for (const relative of files) {
        const path = join(folder, relative);
        await whileWriting(path, async () => {
          await makeParent(path);
          await rename(join(staging, relative), path);
        });
      }
      await rm(staging, { recursive: true, force: true });
      return files.size;
    },
    discard: () => rm(staging, { recursive: true, force: true }),
  };
}

/** Note names as paths that stay inside a folder, each given out once. */
export interface NoteNames {
  /** A relative path without extension for a note: its subfolders kept, steps out of the folder taken out. */
  pathFor(name: string): string;
}

/** Two notes whose paths would be the same (on any common file system) get a number at the end. */
export function openNoteNames(): NoteNames {
  const taken = new Set<string>();
  return {
    pathFor(name) {
      const safe = safePath(name);
      let path = safe;
      for (let number = 2; taken.has(path.toLowerCase()); number++) path = `${safe}-${number}`;
      taken.add(path.toLowerCase());
      return path;
    },
  };
}

function safePath(name: string): string {
  const segments = name
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
    // A backslash or a colon would be a folder, a drive or a stream on Windows.
    .map((segment) => (segment === '..' ? '_' : segment.replace(/[\u0000-\u001f\\:*?"<>|]/g, '_')));
  return segments.length === 0 ? 'note' : segments.join('/');
}
