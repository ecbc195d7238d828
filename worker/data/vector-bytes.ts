/** The bytes of a word-vector file as they come from the disk, unpacked, with its kind told from the first of them. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { recogniseVectors, vectorHeadBytes, type VectorFileKind } from '../domain/vector-file.ts';

export interface VectorBytes {
  readonly found: VectorFileKind;
  /** All of them, from the first on. Read once; leaving early closes the file. */
  readonly chunks: AsyncGenerator<Uint8Array>;
}

/** @throws AppError `embeddings-invalid`, see {@link recogniseVectors}; whatever the system has against the file. */
export async function openVectors(path: string): Promise<VectorBytes> {
  const chunks = unpacked(path, await isPacked(path));
  const head: Uint8Array[] = [];
  let length = 0;
  while (length < vectorHeadBytes) {
    const next = await chunks.next();
    if (next.done) break;
    head.push(next.value);
    length += next.value.length;
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      yield* head;
      yield* chunks;
    } finally {
      // Also when the head was enough: an open file stays locked on Windows.
      await chunks.return(undefined);
    }
  }
  try {
    return { found: recogniseVectors(Buffer.concat(head), path), chunks: all() };
  } catch (thrown) {
    await chunks.return(undefined);
    throw thrown;
  }
}

/** By its content, or by a name that says so: then a damaged file is called damaged. */
async function isPacked(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return (buffer[0] === 0x1f && buffer[1] === 0x8b) || /\.gz$/i.test(path);
  } finally {
    await file.close();
  }
}

async function* unpacked(path: string, isGzip: boolean): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path);
  // A failing file fails the unpacking, and ending the one ends the other; what is thrown is thrown to the reader.
  const input = isGzip ? pipeline(file, createGunzip(), () => undefined) : file;
  try {
    yield* input as AsyncIterable<Buffer>;
  } finally {
    input.destroy();
    file.destroy();
  }
}
