/** Documents and events in chunks: small enough for memory, large enough for speed. */
import type { Split } from '../../worker/domain/document.ts';
import type { Task } from '../../worker/domain/task-names.ts';
import type { TaskDocument } from '../../worker/protocol.ts';
import type { DocumentEntry, DocumentStore } from '../store/documents.ts';

/** Documents, or events, a chunk. */
const chunkSize = 200;

/** The documents of these entries, read from the store as they are asked for. `splitOf` says what a document is used as. */
export function* streamDocuments(
  documents: DocumentStore,
  entries: readonly DocumentEntry[],
  splitOf: (split: Split | null) => Split = (split) => split ?? 'train',
): Generator<TaskDocument[]> {
  for (let at = 0; at < entries.length; at += chunkSize) {
    const ids = entries.slice(at, at + chunkSize).map((entry) => entry.id);
    yield documents.load(ids).map((document) => ({
      name: document.name,
      text: document.text,
      tokens: document.tokens,
      spans: document.spans,
      task: document.role,
      split: splitOf(document.split),
    }));
  }
}

/** The documents with their labels read as `labelOf` says; spans that it gives no label are left out. */
export function* relabelled(
  chunks: Iterable<readonly TaskDocument[]>,
  labelOf: (label: string, task: Task) => string | null,
): Generator<TaskDocument[]> {
  for (const chunk of chunks) {
    yield chunk.map((document) => ({
      ...document,
      spans: document.spans.flatMap((span) => {
        const label = labelOf(span.label, document.task);
        return label === null ? [] : [{ ...span, label }];
      }),
    }));
  }
}

/** Collects items and hands them on in chunks. */
export interface ChunkWriter<T> {
  add(item: T): void;
  /** Hand on what is left. */
  flush(): void;
}

/** `write` gets at most 200 items at a time. */
export function chunkWriter<T>(write: (items: readonly T[]) => void): ChunkWriter<T> {
  let held: T[] = [];
  const flush = (): void => {
    const items = held;
    held = [];
    if (items.length > 0) write(items);
  };
  return {
    add(item) {
      held.push(item);
      if (held.length >= chunkSize) flush();
    },
    flush,
  };
}
