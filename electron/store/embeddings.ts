/** The word vectors of a project: files it has trained with (a reference and a fingerprint), and vectors trained in it, kept whole. */
import type { EmbeddingFacts } from '../../worker/domain/embeddings.ts';
import type { ProjectDatabase } from './database.ts';

export interface EmbeddingsEntry {
  readonly id: number;
  /** Where the file lay when it was last used; `project:ID` for vectors that the project keeps. */
  readonly path: string;
  /** SHA-256 (hex) over the file's bytes, or over the vectors as they are kept. */
  readonly sha256: string;
  readonly dimensions: number;
  readonly words: number;
}

/** Vectors that were trained in the project. */
export interface OwnVectorsEntry extends EmbeddingsEntry {
  /** ISO 8601, UTC. */
  readonly madeAt: string;
  readonly facts: EmbeddingFacts;
}

export interface EmbeddingsStore {
  /** Remember a file; its id. The same bytes at another path are the same embeddings. */
  remember(file: Omit<EmbeddingsEntry, 'id'>): number;
  list(): EmbeddingsEntry[];
  /** Keep vectors trained in the project, in word2vec's binary form; their id. The same bytes are the same vectors. */
  keep(vectors: Omit<OwnVectorsEntry, 'id' | 'path' | 'madeAt'> & { readonly bytes: Uint8Array }): number;
  /** Those trained in the project, oldest first. */
  own(): OwnVectorsEntry[];
  /** Forget kept vectors; what was trained with them goes on naming their fingerprint. */
  remove(id: number): void;
  /** The vectors kept under this id. */
  vectors(id: number): Uint8Array<ArrayBuffer> | undefined;
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
    `SELECT id, iif(own_vectors.made_at IS NULL, path, 'project:' || id) AS path, sha256, dimensions, words
     FROM embeddings LEFT JOIN own_vectors ON embeddings_id = id ORDER BY id`,
  );
  const keep = database.statement(
    'embeddings.keep',
    'INSERT OR REPLACE INTO own_vectors (embeddings_id, made_at, facts, vectors) VALUES ($id, $at, $facts, $bytes)',
  );
  const own = database.statement<Omit<OwnVectorsEntry, 'facts'> & { facts: string }>(
    'embeddings.own',
    `SELECT id, 'project:' || id AS path, sha256, dimensions, words, made_at AS madeAt, facts
     FROM embeddings JOIN own_vectors ON embeddings_id = id ORDER BY id`,
  );
  const vectors = database.statement<{ vectors: Uint8Array<ArrayBuffer> }>(
    'embeddings.vectors',
    'SELECT vectors FROM own_vectors WHERE embeddings_id = $id',
  );

  const remove = database.statement('embeddings.remove', 'DELETE FROM own_vectors WHERE embeddings_id = $id');
  const nameRemoved = database.statement(
    'embeddings.name-removed',
    `UPDATE embeddings SET path = 'project:' || id WHERE id = $id`,
  );

  function rememberFile(file: Omit<EmbeddingsEntry, 'id'>): number {
    const { path, sha256, dimensions, words } = file;
    const row = remember.get({ path, sha256, dimensions, words, at: new Date().toISOString() });
    if (row === undefined) throw new Error('RETURNING gave no row');
    return row.id;
  }

  return {
    remember: rememberFile,
    list: () => list.all(),
    keep: ({ bytes, facts, ...entry }) =>
      database.transaction(() => {
        const id = rememberFile({ ...entry, path: 'project' });
        keep.run({ id, at: new Date().toISOString(), facts: JSON.stringify(facts), bytes });
        return id;
      }),
    own: () => own.all().map((entry) => ({ ...entry, facts: JSON.parse(entry.facts) as EmbeddingFacts })),
    remove: (id) =>
      database.transaction(() => {
        remove.run({ id });
        nameRemoved.run({ id });
      }),
    vectors: (id) => vectors.get({ id })?.vectors,
  };
}
