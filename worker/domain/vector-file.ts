/** Word-vector files told apart by their first bytes: GloVe text, word2vec and fastText text, word2vec binary. */
import { AppError } from './errors.ts';

/** `header`: the first line of word2vec and fastText files, "words dimensions". Binary vectors begin at byte `start`. */
export type VectorFileKind =
  | { readonly kind: 'text'; readonly header: VectorHeader | null }
  | { readonly kind: 'binary'; readonly header: VectorHeader; readonly start: number };

export interface VectorHeader {
  readonly words: number;
  readonly dimensions: number;
}

/** Bytes from the beginning (unpacked) that {@link recogniseVectors} wants to see, where there are as many. */
export const vectorHeadBytes = 64 * 1024;

const newline = 10;
const nextStep = 'Give GloVe, word2vec (text or binary) or fastText .vec vectors, plain or .gz.';

/**
 * What kind of file begins like this.
 * @throws AppError `embeddings-invalid` for a fastText model (.bin), an archive, and a file that is empty.
 */
export function recogniseVectors(head: Uint8Array, file: string): VectorFileKind {
  if (head.length === 0) throw notVectors(file, 'The file is empty.', nextStep);
  if (startsWith(head, [0xba, 0x16, 0x4f, 0x2f]))
    throw notVectors(file, 'This is a fastText model, not its vectors.', 'Give the .vec file that lies beside it.');
  if (startsWith(head, [0x50, 0x4b, 0x03, 0x04]))
    throw notVectors(file, 'This is a .zip archive.', 'Unpack it, and give the vector file inside.');
  const lineEnd = head.indexOf(newline);
  const first = lineEnd < 0 ? '' : new TextDecoder().decode(head.subarray(0, lineEnd));
  const [, words, dimensions] = /^\s*(\d+)[ \t]+(\d+)\s*$/.exec(first) ?? [];
  if (words === undefined || dimensions === undefined) return { kind: 'text', header: null };
  const header = { words: Number(words), dimensions: Number(dimensions) };
  const isBinary = looksBinary(head.subarray(lineEnd + 1, lineEnd + 1 + binaryProbeBytes(header)));
  return isBinary ? { kind: 'binary', header, start: lineEnd + 1 } : { kind: 'text', header };
}

/** About two vectors: in so many bytes of floats there are some that no text has. */
function binaryProbeBytes({ dimensions }: VectorHeader): number {
  return Math.min(vectorHeadBytes, 64 + 8 * dimensions);
}

/** Control characters, or bytes that are not UTF-8. */
function looksBinary(bytes: Uint8Array): boolean {
  if (bytes.some((byte) => byte < 9 || (byte > 13 && byte < 32))) return true;
  // The last character may be cut.
  return new TextDecoder().decode(bytes, { stream: true }).includes('\uFFFD');
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

function notVectors(file: string, message: string, next: string): AppError {
  return new AppError('embeddings-invalid', message, { details: { file, nextStep: next } });
}
