/** What a tagging run hands to a writer of entities, and what every such writer promises. */
import type { PredictedSpan, TokenTable } from '../../domain/document.ts';
import type { ErrorRecord } from '../../domain/errors.ts';

/** One note with what the model found in it. `name` is its relative path without extension, with forward slashes. */
export interface TaggedNote {
  readonly name: string;
  readonly text: string;
  readonly tokens: TokenTable;
  readonly spans: readonly PredictedSpan[];
}

/** Which model and which command made these entities. */
export interface RunDescription {
  readonly runLabel: string;
  /** SHA-256 of the model file, hex. */
  readonly modelHash: string;
  readonly recipe: string;
  /** The command that reproduces this. */
  readonly command: string;
  /** The scoring convention, in words, where a score is quoted. */
  readonly convention?: string;
  /** Further rows for the sheet Run. */
  readonly rows: readonly (readonly [key: string, value: string | number])[];
  /** Which columns of the entity table are written, in the table's own order; all when absent. Unknown names are ignored. */
  readonly columns?: readonly string[];
  /** False: no writer puts covered text or context into its files. */
  readonly withText?: boolean;
}

/**
 * Takes notes one after the other and leaves whole files behind: everything goes to temporary names until `close`.
 * Calls must not overlap. Every method throws AppError `disk-full`, or one naming the file, when the disk refuses.
 */
export interface EntityWriter {
  write(note: TaggedNote): Promise<void>;
  /** Record a note that could not be tagged. */
  fail(name: string, error: ErrorRecord): Promise<void>;
  /** Put the finished files in place; their paths. */
  close(): Promise<string[]>;
  /** Remove the temporary files; nothing happens after a successful `close`. */
  discard(): Promise<void>;
}
