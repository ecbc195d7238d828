/** Word vectors read from a file: GloVe, word2vec or fastText text, word2vec binary, plain or gzipped; or from a project's own. */
import { stat } from 'node:fs/promises';
import { AppError, systemCode } from '../domain/errors.ts';
import { recogniseVectors, type VectorHeader } from '../domain/vector-file.ts';
import { word2vecReader } from '../domain/word2vec.ts';
import { openVectors, type VectorBytes } from './vector-bytes.ts';

/** Vectors [words, size], row i belongs to words[i]; the words are as in the file, lower-cased. */
export interface WordVectors {
  readonly words: readonly string[];
  readonly size: number;
  readonly values: Float32Array;
}

/** Vectors that a project keeps, in word2vec's binary form. */
export interface KeptVectors {
  readonly bytes: Uint8Array;
}

const nextStep =
  'Give a GloVe or word2vec text file (word, space, numbers), word2vec binary or fastText .vec, plain or .gz.';

/**
 * Reads at most `maxWords` vectors. The kind of the file is told from its content; a word seen twice (also by case: look-ups are
 * lower-cased) keeps its first vector.
 * @throws AppError `file-not-found`, `file-unreadable`, or `embeddings-invalid` with the line of a text, the number of a binary vector.
 */
export async function readWordVectors(source: string | KeptVectors, maxWords: number): Promise<WordVectors> {
  if (typeof source !== 'string') return collect(opened(source.bytes), 'this project', maxWords);
  await stat(source).catch((cause: unknown) => {
    throw new AppError('file-not-found', `There is no embeddings file at ${source}.`, {
      details: { file: source, nextStep: 'Check the path.' },
      cause,
    });
  });
  try {
    return await collect(await openVectors(source), source, maxWords);
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    const reason = systemCode(thrown)?.startsWith('Z_') ? 'is not a valid gzip file' : 'cannot be read';
    throw new AppError('file-unreadable', `The embeddings file ${reason}.`, {
      details: { file: source, nextStep },
      cause: thrown,
    });
  }
}

function opened(bytes: Uint8Array): VectorBytes {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(bytes);
  }
  return { found: recogniseVectors(bytes, 'this project'), chunks: chunks() };
}

async function collect({ found, chunks }: VectorBytes, file: string, maxWords: number): Promise<WordVectors> {
  const entries =
    found.kind === 'binary'
      ? binaryEntries(chunks, found.start, found.header, file)
      : textEntries(chunks, found.header, file);
  const words: string[] = [];
  const seen = new Set<string>();
  const rows: Float32Array[] = [];
  for await (const { word, values } of entries) {
    const lower = word.toLowerCase();
    if (lower === '' || seen.has(lower)) continue;
    seen.add(lower);
    words.push(lower);
    rows.push(values);
    if (words.length === maxWords) break;
  }
  const size = rows[0]?.length ?? 0;
  if (words.length === 0)
    throw new AppError('embeddings-invalid', 'The file holds no vector.', { details: { file, nextStep } });
  const values = new Float32Array(words.length * size);
  for (const [i, row] of rows.entries()) values.set(row, i * size);
  return { words, size, values };
}

interface Entry {
  readonly word: string;
  readonly values: Float32Array;
}

async function* textEntries(
  chunks: AsyncIterable<Uint8Array>,
  header: VectorHeader | null,
  file: string,
): AsyncGenerator<Entry> {
  let size = header?.dimensions ?? 0;
  let number = 0;
  for await (const line of lines(chunks)) {
    number++;
    if (number === 1 && header !== null) continue;
    const cells = line.trimEnd().split(/[ \t]/);
    if (cells.length < 2) continue;
    size ||= cells.length - 1;
    const values = Float32Array.from(cells.slice(-size), Number);
    // A word may hold blanks (". . ." in GloVe 840B), but no further numbers: those are a longer vector.
    const isLonger = cells.length > size + 1 && cells.slice(1, -size).every(isNumber);
    if (cells.length <= size || isLonger || values.some((value) => !Number.isFinite(value))) {
      throw new AppError('embeddings-invalid', `Line ${number} is not a word followed by ${size} numbers.`, {
        details: { file, line: number, nextStep },
      });
    }
    yield { word: cells.slice(0, cells.length - size).join(' '), values };
  }
}

function isNumber(cell: string): boolean {
  return cell !== '' && Number.isFinite(Number(cell));
}

async function* lines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  if (rest !== '') yield rest;
}

async function* binaryEntries(
  chunks: AsyncIterable<Uint8Array>,
  start: number,
  { words, dimensions }: VectorHeader,
  file: string,
): AsyncGenerator<Entry> {
  const reader = word2vecReader(dimensions);
  let skip = start;
  let number = 0;
  const invalid = (message: string): AppError =>
    new AppError('embeddings-invalid', message, {
      details: { file, vector: number, nextStep: 'Copy or download the file again.' },
    });
  for await (const chunk of chunks) {
    const vectors = reader.push(chunk.subarray(skip));
    skip = Math.max(0, skip - chunk.length);
    for (const entry of vectors) {
      number++;
      if (number > words) return;
      if (entry.values.some((value) => !Number.isFinite(value)))
        throw invalid(`Vector ${number} of the binary file holds what is no number.`);
      yield entry;
    }
  }
  if (number < words) throw invalid(`The binary file says ${words} vectors and ends after ${number}.`);
}
