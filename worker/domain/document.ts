/** Documents, spans and tokens: the shared vocabulary of import, training, tagging and export. */

/** `target` is the in-house label set the user wants tagged; `source` the public corpus that helps (one of several has a name, see task-names.ts). */
export type Role = 'source' | 'target';

export type Split = 'train' | 'dev' | 'test';
export const splits: readonly Split[] = ['train', 'dev', 'test'];

/** Formats a user can name with `--format`; `auto` looks at the files. */
export const formatNames = ['i2b2-2010', 'i2b2-2009', 'brat', 'conll', 'text'] as const;
export type FormatName = (typeof formatNames)[number];

/**
 * A labelled stretch of a note. Offsets are UTF-16 code units over the verbatim text, end exclusive.
 * A discontinuous annotation keeps its pieces in `fragments` (sorted, at least two); `start`/`end` are then its envelope.
 */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly label: string;
  readonly fragments?: readonly (readonly [start: number, end: number])[];
}

/** A span a model predicted. `confidence` is 0..1, see model/decode. */
export interface PredictedSpan extends Span {
  readonly confidence: number;
}

/**
 * Tokens and sentences of one text. Token i covers text[starts[i], ends[i]) (UTF-16 code units, never empty, in order,
 * never overlapping); sentence s holds tokens sentenceEnds[s-1] (or 0) up to sentenceEnds[s], exclusive. No sentence is empty.
 */
export interface TokenTable {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly sentenceEnds: Int32Array;
}

/** A vector of `size` numbers for each token of a document, computed elsewhere: `values` [tokens · size], row by row. */
export interface TokenFeatures {
  readonly size: number;
  readonly values: Float32Array;
}

/** One note with its gold annotations. `name` is the file's path without extension, relative to the imported folder. */
export interface AnnotatedDocument {
  readonly name: string;
  readonly text: string;
  readonly tokens: TokenTable;
  readonly spans: readonly Span[];
  /** Where a model reads them. */
  readonly features?: TokenFeatures;
}

/** How a text file was read: kept so that an export can say what was there. */
export interface TextEncoding {
  readonly encoding: string;
  readonly bom: boolean;
  readonly newline: 'lf' | 'crlf' | 'cr' | 'mixed' | 'none';
}

/** A document as an importer yields it. `hash` is the SHA-256 (hex) over the raw bytes of its files. */
export interface ImportedDocument extends AnnotatedDocument {
  readonly format: FormatName;
  readonly hash: string;
  readonly encoding: TextEncoding;
}

/** What became of one annotation or file. `reason` says how it was repaired or why it was skipped; never note text. */
export interface AuditRow {
  readonly file: string;
  /** 1-based; absent where the whole file is meant. */
  readonly line?: number;
  readonly status: 'repaired' | 'skipped' | 'failed' | 'note';
  /** A stable short word: 'offset-shifted', 'surface-mismatch', 'out-of-range', 'duplicate', 'partner-missing', … */
  readonly kind: string;
  readonly reason: string;
}

/** Annotation counts of an import: every annotation ends in exactly one of the three. */
export interface AnnotationCounts {
  readonly ok: number;
  readonly repaired: number;
  readonly skipped: number;
}

/** Number of tokens of a table. */
export function tokenCount(tokens: TokenTable): number {
  return tokens.starts.length;
}

/** First and one-past-last token index of sentence `index`. */
export function sentenceRange(tokens: TokenTable, index: number): readonly [first: number, end: number] {
  const first = index === 0 ? 0 : (tokens.sentenceEnds[index - 1] ?? 0);
  return [first, tokens.sentenceEnds[index] ?? first];
}
