/** Projects that were open before: their paths and when; never anything from inside them. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import type { RecentProject } from '../api/shell-contract.ts';
import { keptFile } from './kept-file.ts';

const entries = z.array(z.object({ path: z.string(), openedAt: z.string() }));
const mostRecents = 12;

export interface Recents {
  list(): RecentProject[];
  remember(path: string): void;
  forget(path: string): void;
}

export function openRecents(file: string): Recents {
  const kept = keptFile(file, entries, []);
  const others = (path: string): z.infer<typeof entries> => kept.read().filter((entry) => entry.path !== path);
  return {
    list: () =>
      kept.read().map(({ path, openedAt }) => ({
        name: basename(path).replace(/\.ngr$/i, ''),
        path,
        openedAt,
        isThere: existsSync(path),
      })),
    remember: (path) =>
      kept.write([{ path, openedAt: new Date().toISOString() }, ...others(path)].slice(0, mostRecents)),
    forget: (path) => kept.write(others(path)),
  };
}
