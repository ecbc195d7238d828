/** Word vectors from a GloVe or word2vec text file, plain or gzipped. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { AppError, systemCode } from '../domain/errors.ts';

/** Vectors [words, size], row i belongs to words[i]; the words are as in the file. */
export interface WordVectors {
  readonly words: readonly string[];
  readonly size: number;
  readonly values: Float32Array;
}

/**
 * Reads at most `maxWords` vectors. A word2vec header line ("count size") is recognised and skipped; a word seen twice
 * (also by case: look-ups are lower-cased) keeps its first vector.
 * @throws AppError `file-not-found`, `file-unreadable`, or `embeddings-invalid` with the line.
 */
export async function readWordVectors(path: string, maxWords: number): Promise<WordVectors> {
  await stat(path).catch((cause: unknown) => {
    throw new AppError('file-not-found', `There is no embeddings file at ${path}.`, {
      details: { file: path, nextStep: 'Check the path.' },
      cause,
    });
  });
  const words: string[] = [];
  const seen = new Set<string>();
  const rows: Float32Array[] = [];
  let size = 0;
  let number = 0;
  try {
    for await (const line of lines(path)) {
      number++;
      const cells = line.trimEnd().split(/[ \t]/);
      if (number === 1 && cells.length === 2 && cells.every((cell) => /^\d+$/.test(cell))) continue;
      if (cells.length < 2) continue;
      size ||= cells.length - 1;
      const word = cells
        .slice(0, cells.length - size)
        .join(' ')
        .toLowerCase();
      const row = Float32Array.from(cells.slice(-size), Number);
      // A word may hold blanks (". . ." in GloVe 840B), but no further numbers: those are a longer vector.
      const isLonger = cells.length > size + 1 && cells.slice(1, -size).every(isNumber);
      if (cells.length <= size || isLonger || row.some((value) => !Number.isFinite(value))) {
        throw invalid(path, number, size);
      }
      if (word === '' || seen.has(word)) continue;
      seen.add(word);
      words.push(word);
      rows.push(row);
      if (words.length === maxWords) break;
    }
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    const reason = systemCode(thrown)?.startsWith('Z_') ? 'is not a valid gzip file' : 'cannot be read';
    throw new AppError('file-unreadable', `The embeddings file ${reason}.`, {
      details: { file: path, nextStep: 'Give a GloVe or word2vec text file, plain or .gz.' },
      cause: thrown,
    });
  }
  if (words.length === 0) throw invalid(path, number, size);
  const values = new Float32Array(words.length * size);
  for (const [i, row] of rows.entries()) values.set(row, i * size);
  return { words, size, values };
}

function isNumber(cell: string): boolean {
  return cell !== '' && Number.isFinite(Number(cell));
}

async function* lines(path: string): AsyncGenerator<string> {
  const file = createReadStream(path);
  const input = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  // A failing file must fail the reader, also through the pipe.
  if (input !== file) file.on('error', (error) => input.destroy(error));
  const reader = createInterface({ input, crlfDelay: Infinity });
  const failed = new Promise<never>((_, reject) => input.on('error', reject));
  failed.catch(() => undefined);
  const iterator = reader[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), failed]);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Also when only the first words are wanted: an open file stays locked on Windows.
    reader.close();
    file.destroy();
    input.destroy();
  }
}

function invalid(file: string, line: number, size: number): AppError {
  return new AppError('embeddings-invalid', `Line ${line} is not a word followed by ${size || 'its'} numbers.`, {
    details: { file, line, nextStep: 'Give a GloVe or word2vec text file (word, space, numbers), plain or .gz.' },
  });
}
