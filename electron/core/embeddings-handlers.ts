/** Answers the calls of word vectors. */
import type { embeddingsCalls } from '../api/embeddings-calls.ts';
import type { CoreContext } from './context.ts';
import { exportEmbeddings, listEmbeddings, removeEmbeddings, trainEmbeddings } from './embeddings.ts';
import type { HandlersOf } from './handlers.ts';
import { describeVectorFile } from './vector-file.ts';

/** One handler a call of word vectors. */
export function embeddingsHandlers(context: CoreContext): HandlersOf<typeof embeddingsCalls> {
  const store = context.project;
  return {
    'embeddings.train': (input) => trainEmbeddings(context, input),
    'embeddings.list': () => ({ embeddings: listEmbeddings(store()) }),
    'embeddings.export': (input) => exportEmbeddings(store(), input),
    'embeddings.remove': (input) => removeEmbeddings(store(), input),
    'embeddings.describe': ({ path }) => describeVectorFile(path),
  };
}
