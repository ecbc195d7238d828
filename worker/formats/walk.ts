/** Lists the files below what the user named, in an order that never changes. */
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { AuditRow } from '../domain/document.ts';
import { AppError, systemCode } from '../domain/errors.ts';

export interface FoundFile {
  /** Absolute. */
  readonly path: string;
  /** The named folder, or the folder of a named file; absolute. */
  readonly root: string;
  /** Relative to `root`, with forward slashes. */
  readonly relative: string;
  readonly base: string;
  /** Whether the user named this very file. */
  readonly isNamed: boolean;
}

export interface Listing {
  readonly files: readonly FoundFile[];
  /** Folders that could not be read: absolute path, and name relative to the root. */
  readonly unreadable: readonly { readonly path: string; readonly relative: string }[];
}

/**
 * Every file at or below the paths, each once: paths in the order given, files sorted by relative path in code unit order.
 * Hidden files and folders are left out unless named.
 * @throws AppError `file-not-found` for a path that does not exist.
 */
export function listFiles(paths: readonly string[]): Listing {
  const seen = new Set<string>();
  const files: FoundFile[] = [];
  const unreadable: { path: string; relative: string }[] = [];
  for (const path of paths.map((given) => resolve(given))) {
    const kind = kindOf(path);
    if (kind === 'missing') throw notFound(path);
    const found: FoundFile[] =
      kind === 'folder' ? walk(path, unreadable) : [{ ...fileIn(dirname(path), path), isNamed: true }];
    for (const file of found.sort((a, b) => (a.relative < b.relative ? -1 : 1))) {
      if (seen.has(file.path)) continue;
      seen.add(file.path);
      files.push(file);
    }
  }
  return { files, unreadable };
}

/** The audit row of a folder or file that the system would not let us read. */
export function unreadableRow(name: string): AuditRow {
  const reason = 'It could not be read: permission was refused. Allow reading it, or leave it out.';
  return { file: name, status: 'failed', kind: 'unreadable', reason };
}

function notFound(path: string): AppError {
  return new AppError('file-not-found', 'There is no such file or folder.', {
    details: {
      file: path,
      nextStep: 'Check the path: it may have been moved or renamed, or its drive may not be connected.',
    },
  });
}

function kindOf(path: string): 'folder' | 'file' | 'other' | 'missing' {
  try {
    const stat = statSync(path);
    return stat.isDirectory() ? 'folder' : stat.isFile() ? 'file' : 'other';
  } catch (thrown) {
    const code = systemCode(thrown);
    // A path that exists but may not be looked at is reported when it is read.
    return code === 'EACCES' || code === 'EPERM' ? 'file' : 'missing';
  }
}

function walk(root: string, unreadable: { path: string; relative: string }[]): FoundFile[] {
  const files: FoundFile[] = [];
  const visited = new Set<string>();
  const pending = [root];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const entries = entriesOf(folder, visited);
    if (entries === undefined) {
      unreadable.push({ path: folder, relative: slashed(relative(root, folder)) || basename(folder) });
      continue;
    }
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      const path = join(folder, entry.name);
      const kind = entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : kindOf(path);
      if (kind === 'folder') pending.push(path);
      // A link that leads nowhere is reported when it is read; pipes and devices are no notes.
      else if (kind !== 'other') files.push(fileIn(root, path));
    }
  }
  return files;
}

/** A folder's entries; none when a link leads back to it, undefined when it may not be read. */
function entriesOf(folder: string, visited: Set<string>) {
  try {
    const real = realpathSync(folder);
    if (visited.has(real)) return [];
    visited.add(real);
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return undefined;
  }
}

function fileIn(root: string, path: string): FoundFile {
  return { path, root, relative: slashed(relative(root, path)), base: basename(path), isNamed: false };
}

function slashed(path: string): string {
  return path.split(sep).join('/');
}
