/** What a writer of annotated documents promises: the counterpart of a format reader. */
import type { AnnotatedDocument, Split } from '../../domain/document.ts';
import type { Task } from '../../domain/task-names.ts';

/** What became of one document's annotations: written + skipped = all of them. */
export interface WriteCounts {
  readonly annotations: number;
  /** Of the written: how many had to grow to what the format can address. */
  readonly widened: number;
  /** Annotations that the format cannot hold. */
  readonly skipped: number;
}

/** A document with its place in the project. */
export interface GoldDocument extends AnnotatedDocument {
  readonly task: Task;
  readonly split: Split;
}

/** Takes documents one after the other; the files appear at `close`. Throws AppError when the disk refuses. */
export interface GoldWriter {
  write(document: GoldDocument): Promise<WriteCounts>;
  /** Put the files in place; how many. */
  close(): Promise<number>;
  /** Remove the temporary files; nothing happens after a successful `close`. */
  discard(): Promise<void>;
}
