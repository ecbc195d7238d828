/** A ZIP archive written front to back onto an output file, its parts compressed as they come. */
import { once } from 'node:events';
import { crc32, createDeflateRaw } from 'node:zlib';
import { AppError } from '../../domain/errors.ts';
import type { OutputFile } from './output-file.ts';

/** One file inside the archive. */
export interface ZipPart {
  write(text: string): Promise<void>;
  end(): Promise<void>;
}

export interface ZipFile {
  /** A part that goes straight to disk. It must end before another one is opened. */
  openPart(name: string): Promise<ZipPart>;
  /** A part whose compressed bytes stay in memory until `finish`; any number may be open beside others. */
  holdPart(name: string): ZipPart;
  /** Write the parts that were held, and the directory. The output file is then ready to commit. */
  finish(): Promise<void>;
}

interface PartSizes {
  readonly checksum: number;
  readonly size: number;
  readonly compressedSize: number;
}

interface HeldPart {
  readonly name: string;
  readonly chunks: readonly Uint8Array[];
  readonly sizes: PartSizes;
}

interface DirectoryEntry extends PartSizes {
  readonly name: string;
  readonly position: number;
}

/** Where a local header keeps checksum and sizes: they are known only when the part has ended. */
const sizesOffset = 14;
const largest = 0xffffffff;
/** Spreadsheet XML repeats itself so much that higher levels cost time and hardly save bytes. */
const compressionLevel = 3;

/** Start an archive at the beginning of `file`. Parts of 4 GiB and more are refused with AppError `usage`. */
export function openZipFile(file: OutputFile): ZipFile {
  const entries: DirectoryEntry[] = [];
  const held: HeldPart[] = [];

  function record(name: string, position: number, sizes: PartSizes): void {
    if (sizes.size > largest || file.position() > largest) throw tooLarge(file.path);
    entries.push({ name, position, ...sizes });
  }

  return {
    async openPart(name) {
      const position = file.position();
      await file.write(localHeader(name, { checksum: 0, size: 0, compressedSize: 0 }));
      const deflater = openDeflater((chunk) => file.write(chunk));
      return {
        write: (text) => deflater.write(Buffer.from(text, 'utf8')),
        async end() {
          const sizes = await deflater.end();
          record(name, position, sizes);
          await file.overwrite(position + sizesOffset, sizeFields(sizes));
        },
      };
    },
    holdPart(name) {
      const chunks: Uint8Array[] = [];
      const deflater = openDeflater((chunk) => Promise.resolve(void chunks.push(chunk)));
      return {
        write: (text) => deflater.write(Buffer.from(text, 'utf8')),
        async end() {
          held.push({ name, chunks, sizes: await deflater.end() });
        },
      };
    },
    async finish() {
      for (const { name, chunks, sizes } of held) {
        const position = file.position();
        await file.write(localHeader(name, sizes));
        for (const chunk of chunks) await file.write(chunk);
        record(name, position, sizes);
      }
      const directory = Buffer.concat(entries.map(directoryEntry));
      const position = file.position();
      if (position > largest) throw tooLarge(file.path);
      await file.write(directory);
      await file.write(endOfDirectory(entries.length, directory.length, position));
    },
  };
}

/** DEFLATE with the checksum and sizes that a ZIP header wants; compressed chunks go to `sink` in order. */
function openDeflater(sink: (chunk: Uint8Array) => Promise<void>) {
  const deflate = createDeflateRaw({ level: compressionLevel });
  let ready: Uint8Array[] = [];
  /** The chunk that is being compressed while the caller prepares the next. */
  let compressing: Promise<void> = Promise.resolve();
  let checksum = 0;
  let size = 0;
  let compressedSize = 0;
  deflate.on('data', (chunk: Uint8Array) => ready.push(chunk));

  async function drain(): Promise<void> {
    const chunks = ready;
    ready = [];
    for (const chunk of chunks) {
      compressedSize += chunk.length;
      await sink(chunk);
    }
  }

  return {
    async write(bytes: Uint8Array): Promise<void> {
      checksum = crc32(bytes, checksum);
      size += bytes.length;
      await compressing;
      await drain();
      compressing = new Promise((resolve, reject) => {
        deflate.write(bytes, (error) => (error ? reject(error) : resolve()));
      });
      // A failure is thrown where it is awaited, by the next call.
      compressing.catch(() => undefined);
    },
    async end(): Promise<PartSizes> {
      await compressing;
      const ended = once(deflate, 'end');
      deflate.end();
      await ended;
      await drain();
      return { checksum, size, compressedSize };
    },
  };
}

// Layouts: APPNOTE.TXT 4.3.7 (local header), 4.3.12 (directory), 4.3.16 (end of directory). All dates are 1980-01-01.
const versionNeeded = 20;
const namesAreUtf8 = 0x0800;
const deflated = 8;
const dosDate = 0x0021;

function sizeFields(sizes: PartSizes): Buffer {
  const fields = Buffer.alloc(12);
  fields.writeUInt32LE(sizes.checksum, 0);
  fields.writeUInt32LE(sizes.compressedSize, 4);
  fields.writeUInt32LE(sizes.size, 8);
  return fields;
}

function localHeader(name: string, sizes: PartSizes): Buffer {
  const nameBytes = Buffer.from(name, 'utf8');
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(versionNeeded, 4);
  header.writeUInt16LE(namesAreUtf8, 6);
  header.writeUInt16LE(deflated, 8);
  header.writeUInt16LE(dosDate, 12);
  sizeFields(sizes).copy(header, sizesOffset);
  header.writeUInt16LE(nameBytes.length, 26);
  return Buffer.concat([header, nameBytes]);
}

function directoryEntry(entry: DirectoryEntry): Buffer {
  const nameBytes = Buffer.from(entry.name, 'utf8');
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(versionNeeded, 4);
  header.writeUInt16LE(versionNeeded, 6);
  header.writeUInt16LE(namesAreUtf8, 8);
  header.writeUInt16LE(deflated, 10);
  header.writeUInt16LE(dosDate, 14);
  sizeFields(entry).copy(header, 16);
  header.writeUInt16LE(nameBytes.length, 28);
  header.writeUInt32LE(entry.position, 42);
  return Buffer.concat([header, nameBytes]);
}

function endOfDirectory(entries: number, directoryBytes: number, position: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries, 8);
  end.writeUInt16LE(entries, 10);
  end.writeUInt32LE(directoryBytes, 12);
  end.writeUInt32LE(position, 16);
  return end;
}

function tooLarge(file: string): AppError {
  return new AppError('usage', 'The spreadsheet would grow beyond 4 GiB.', {
    details: { file, nextStep: 'Tag the notes in several folders, or write csv or jsonl.' },
  });
}
