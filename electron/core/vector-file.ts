/** Reads a word-vector file once to fingerprint it, before hours are spent on it. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { AppError, systemCode } from '../../worker/domain/errors.ts';

export interface VectorFile {
  readonly path: string;
  /** SHA-256 (hex) over the file's bytes. */
  readonly sha256: string;
  readonly dimensions: number;
  readonly words: number;
}

const newline = 10;
/** Enough for the first two lines of any vector file, in bytes. */
const headLength = 256 * 1024;

/**
 * Count the words and dimensions of a GloVe or word2vec text file, plain or .gz.
 * @throws AppError `file-not-found`, `file-unreadable`, `embeddings-invalid`.
 */
export async function describeVectorFile(path: string): Promise<VectorFile> {
  const hash = createHash('sha256');
  const fingerprint = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const lines = lineCounter();
  try {
    const unpack = /\.gz$/i.test(path) ? [createGunzip()] : [];
    await pipeline([createReadStream(path), fingerprint, ...unpack, lines.sink]);
  } catch (thrown) {
    throw vectorFileError(path, thrown);
  }
  const { dimensions, hasHeader } = readHead(path, lines.head());
  return { path, sha256: hash.digest('hex'), dimensions, words: lines.count() - (hasHeader ? 1 : 0) };
}

function lineCounter(): { sink: Transform; count(): number; head(): string } {
  let count = 0;
  let last = newline;
  const heads: Buffer[] = [];
  let held = 0;
  const sink = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (held < headLength) heads.push(Buffer.from(chunk));
      held += chunk.length;
      for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, at + 1)) count++;
      last = chunk.at(-1) ?? last;
      done();
    },
  });
  sink.resume();
  return {
    sink,
    count: () => count + (last === newline ? 0 : 1),
    head: () => Buffer.concat(heads).toString('utf8'),
  };
}

/** word2vec opens with "words dimensions"; GloVe with the first word. */
function readHead(path: string, head: string): { dimensions: number; hasHeader: boolean } {
  const [first = '', second = ''] = head.split('\n');
  const hasHeader = /^\d+[ \t]+\d+\s*$/.test(first);
  const fields = (hasHeader ? second : first).trimEnd().split(/[ \t]+/);
  const numbers = fields.slice(1).map(Number);
  if (numbers.length < 2 || numbers.some((value) => !Number.isFinite(value))) {
    throw new AppError('embeddings-invalid', 'The file does not hold word vectors.', {
      details: {
        file: path,
        line: hasHeader ? 2 : 1,
        nextStep:
          'Give a GloVe or word2vec text file: a word and its numbers a line, separated by spaces, plain or .gz.',
      },
    });
  }
  return { dimensions: numbers.length, hasHeader };
}

function vectorFileError(path: string, thrown: unknown): AppError {
  const code = systemCode(thrown) ?? '';
  const options = { details: { file: path, nextStep: 'Check the path given to --embeddings.' }, cause: thrown };
  if (code === 'ENOENT') return new AppError('file-not-found', 'There is no vector file at this path.', options);
  if (code.startsWith('Z_')) {
    return new AppError('embeddings-invalid', 'The vector file is not a whole .gz file.', {
      ...options,
      details: { file: path, nextStep: 'Download or copy the file again.' },
    });
  }
  return new AppError('file-unreadable', 'The vector file cannot be read.', options);
}
