/** Notes on their way through tagging: files read ahead, tagged in chunks, the next chunk while the last one is written. */
import { tokenCount, type AnnotatedDocument, type ImportedDocument, type PredictedSpan } from '../domain/document.ts';
import { AppError, toErrorRecord, type ErrorRecord } from '../domain/errors.ts';
import type { FileGroup } from '../formats/format.ts';
import type { FeatureFolder } from '../formats/token-features.ts';
import { readGroup } from '../formats/readers.ts';

export interface TaggedChunk {
  readonly chunk: readonly Read[];
  /** Spans of each note that could be read, in order. */
  readonly predicted: PredictedSpan[][];
}

/** Notes in chunks, tagged, with their token features where there is a folder of them; while the caller works on one chunk the next is read and tagged. */
export async function* taggedChunks(
  groups: readonly FileGroup[],
  tag: Tag,
  features: FeatureFolder | null = null,
): AsyncGenerator<TaggedChunk> {
  const tagged = tagChunks(groups, tag, features);
  let next = tagged.next();
  try {
    for (;;) {
      const { value, done } = await next;
      if (done) return;
      next = tagged.next();
      // A failure is thrown where it is awaited.
      next.catch(() => undefined);
      yield value;
    }
  } finally {
    await Promise.allSettled([next]);
  }
}

async function* tagChunks(
  groups: readonly FileGroup[],
  tag: Tag,
  features: FeatureFolder | null,
): AsyncGenerator<TaggedChunk, void> {
  for await (const chunk of chunks(groups, features))
    yield { chunk, predicted: await tag(chunk.flatMap((read) => ('document' in read ? [read.document] : []))) };
}

type Read = { name: string; document: ImportedDocument } | { name: string; error: ErrorRecord };
type Tag = (documents: AnnotatedDocument[]) => Promise<PredictedSpan[][]>;

/** Notes are tagged together until they have this many tokens: enough for even batches, little enough for memory. */
const chunkTokens = 30_000;
/** Notes whose files are read ahead, so that reading goes on while others are tagged. */
const readAhead = 64;

/** Notes read and tokenised, in chunks and in their order. */
async function* chunks(groups: readonly FileGroup[], features: FeatureFolder | null): AsyncGenerator<Read[]> {
  let chunk: Read[] = [];
  let tokens = 0;
  const reading: Promise<Read>[] = [];
  for (let next = 0; next < groups.length || reading.length > 0;) {
    while (reading.length < readAhead && next < groups.length)
      reading.push(readNote(groups[next++] as FileGroup, features));
    const read = (await reading.shift()) as Read;
    chunk.push(read);
    if ('document' in read) tokens += tokenCount(read.document.tokens);
    if (tokens < chunkTokens) continue;
    yield chunk;
    chunk = [];
    tokens = 0;
  }
  if (chunk.length > 0) yield chunk;
}

async function readNote(group: FileGroup, features: FeatureFolder | null): Promise<Read> {
  const { name } = group;
  try {
    const [read] = await readGroup(group, 'text');
    if (!read) throw new AppError('file-empty', 'The note is empty.', { details: { nextStep: 'Leave it out.' } });
    return { name, document: features === null ? read.document : await features.attach(read.document) };
  } catch (thrown) {
    return { name, error: toErrorRecord(thrown) };
  }
}
