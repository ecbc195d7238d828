/** The vector files a project has trained with: a reference and a fingerprint, never the vectors. */
import type { ProjectDatabase } from './database.ts';

export interface EmbeddingsEntry {
  readonly id: number;
  /** Where the file lay when it was last used. */
  readonly path: string;
  /** SHA-256 (hex) over the file's bytes. */
  readonly sha256: string;
  readonly dimensions: number;
  readonly words: number;
}

export interface EmbeddingsStore {
  /** Remember a file; its id. The same bytes at another path are the same embeddings. */
  remember(file: Omit<EmbeddingsEntry, 'id'>): number;
  list(): EmbeddingsEntry[];
}

/** Prepares the statements of this aggregate. */
export function embeddingsStore(database: ProjectDatabase): EmbeddingsStore {
  const remember = database.statement<{ id: number }>(
    'embeddings.remember',
    `INSERT INTO embeddings (path, sha256, dimensions, words, added_at) VALUES ($path, $sha256, $dimensions, $words, $at)
     ON CONFLICT (sha256) DO UPDATE SET path = excluded.path RETURNING id`,
  );
  const list = database.statement<EmbeddingsEntry>(
    'embeddings.list',
    'SELECT id, path, sha256, dimensions, words FROM embeddings ORDER BY id',
  );
  return {
    remember(file) {
      const row = remember.get({ ...file, at: new Date().toISOString() });
      if (row === undefined) throw new Error('RETURNING gave no row');
      return row.id;
    },
    list: () => list.all(),
  };
}
