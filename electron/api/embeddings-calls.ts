/** Calls of word vectors: trained from notes and kept in the project, listed, written to a file, and vector files looked at. */
import { z } from 'zod';
import { embeddingFactsSchema, embeddingSettingsSchema } from '../../worker/domain/embeddings.ts';
import { count, errorRecord, path } from './views.ts';

const vectorsId = z.int().min(1);

export const ownVectors = z.object({
  embeddings: vectorsId,
  /** What `training.train` takes as `embeddings`: `project:ID`. */
  reference: z.string(),
  sha256: z.string(),
  dimensions: count,
  words: count,
  madeAt: z.string(),
  facts: embeddingFactsSchema,
});
export type OwnVectors = z.infer<typeof ownVectors>;

export const embeddingsCalls = {
  /**
   * Trains word vectors on the notes in folders, and with `corpora` on the project's documents that are not test ones. More than one
   * thread is faster and not repeatable.
   */
  'embeddings.train': {
    input: z.strictObject({
      notes: z.array(path),
      corpora: z.boolean().default(false),
      settings: embeddingSettingsSchema.prefault({}),
      threads: z.int().min(1).max(64).optional(),
      /** Also written there, as word2vec text. */
      outFile: path.optional(),
    }),
    output: ownVectors.extend({
      file: path.nullable(),
      /** The first of the notes that could not be read. */
      failures: z.array(z.object({ name: z.string(), error: errorRecord })),
    }),
  },
  /** Those trained in the project, oldest first. */
  'embeddings.list': { input: z.strictObject({}), output: z.object({ embeddings: z.array(ownVectors) }) },
  /** Writes word2vec text; the last trained where no id is given. */
  'embeddings.export': {
    input: z.strictObject({ embeddings: vectorsId.optional(), file: path }),
    output: z.object({ embeddings: vectorsId, file: path, words: count, bytes: count }),
  },
  /** Forgets vectors of the project; refused while stopped runs or studies need them to go on, unless `force`. */
  'embeddings.remove': {
    input: z.strictObject({ embeddings: vectorsId, force: z.boolean().default(false) }),
    output: z.object({ embeddings: vectorsId, words: count }),
  },
  /** Reads a word-vector file through, so that a wrong one is found before training. */
  'embeddings.describe': {
    input: z.strictObject({ path }),
    output: z.object({ path, sha256: z.string(), dimensions: count, words: count }),
  },
};
