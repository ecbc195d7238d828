/** Reads a word-vector file once to fingerprint it, before hours are spent on it. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { AppError, systemCode } from '../../worker/domain/errors.ts';
import { recogniseVectors } from '../../worker/domain/vector-file.ts';

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
const nextStep =
  'Give GloVe, word2vec (text or binary) or fastText .vec vectors, plain or .gz: in text, a word and its numbers a line.';

/**
 * Count the words and dimensions of a vector file: GloVe, word2vec or fastText text, word2vec binary, plain or gzipped. Its kind is
 * told from its content.
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
  const content = contentCounter();
  try {
    const unpack = (await isPacked(path)) ? [createGunzip()] : [];
    await pipeline([createReadStream(path), fingerprint, ...unpack, content.sink]);
  } catch (thrown) {
    throw vectorFileError(path, thrown);
  }
  return { path, sha256: hash.digest('hex'), ...describeContent(path, content) };
}

/** By its content, or by a name that says so: then a damaged file is called damaged. */
async function isPacked(path: string): Promise<boolean> {
  if (/\.gz$/i.test(path)) return true;
  for await (const chunk of createReadStream(path, { end: 1 }) as AsyncIterable<Buffer>)
    return chunk[0] === 0x1f && chunk[1] === 0x8b;
  return false;
}

interface ContentCounter {
  readonly sink: Transform;
  readonly lines: number;
  readonly bytes: number;
  /** The first bytes, enough to tell the kind of the file and to see a vector. */
  readonly head: Buffer;
}

function contentCounter(): ContentCounter {
  let lines = 0;
  let bytes = 0;
  let last = newline;
  const heads: Buffer[] = [];
  const sink = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (bytes < headLength) heads.push(Buffer.from(chunk));
      bytes += chunk.length;
      for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, at + 1)) lines++;
      last = chunk.at(-1) ?? last;
      done();
    },
  });
  sink.resume();
  return {
    sink,
    get lines() {
      return lines + (last === newline ? 0 : 1);
    },
    get bytes() {
      return bytes;
    },
    get head() {
      return Buffer.concat(heads);
    },
  };
}

function describeContent(
  path: string,
  { lines, bytes, head }: ContentCounter,
): Pick<VectorFile, 'dimensions' | 'words'> {
  const found = recogniseVectors(head, path);
  if (found.kind === 'binary') {
    const { words, dimensions } = found.header;
    // A word takes a byte and a blank at least.
    if (bytes >= found.start + words * (dimensions * 4 + 2)) return found.header;
    throw new AppError('embeddings-invalid', `The binary file says ${words} vectors and is too short for them.`, {
      details: { file: path, nextStep: 'Copy or download the file again.' },
    });
  }
  const skipped = found.header === null ? 0 : 1;
  const line = head.toString('utf8').split('\n', 2)[skipped] ?? '';
  const numbers = line
    .trimEnd()
    .split(/[ \t]+/)
    .slice(1);
  // What is not a number in front belongs to a word with blanks.
  while (numbers.length > 0 && !Number.isFinite(Number(numbers[0]))) numbers.shift();
  const dimensions = found.header?.dimensions ?? numbers.length;
  if (dimensions < 2 || numbers.length < dimensions || numbers.some((value) => !Number.isFinite(Number(value)))) {
    const message =
      found.header === null || numbers.length === 0
        ? 'The file does not hold word vectors.'
        : `Line 2 does not hold the ${dimensions} numbers that line 1 says.`;
    throw new AppError('embeddings-invalid', message, { details: { file: path, line: 1 + skipped, nextStep } });
  }
  return { dimensions, words: lines - skipped };
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
