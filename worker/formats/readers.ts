/** From the files of a group to documents: reads bytes, hashes and decodes them, and asks the format's reader. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { FormatName, ImportedDocument } from '../domain/document.ts';
import { AppError, systemCode } from '../domain/errors.ts';
import { brat } from './brat.ts';
import { conll } from './conll.ts';
import { decodeAllowingEmpty, decodeFile } from './decode.ts';
import { auditName, type DecodedFile, type FileGroup, type FormatReader, type ReadDocument } from './format.ts';
import { i2b2Entries } from './i2b2-2009.ts';
import { i2b2Concepts } from './i2b2-2010.ts';
import { plainText } from './text.ts';

const readers: Readonly<Record<FormatName, FormatReader>> = {
  'i2b2-2010': i2b2Concepts,
  'i2b2-2009': i2b2Entries,
  brat,
  conll,
  text: plainText,
};

/** A document with where it came from. */
export interface ImportedRead extends ReadDocument {
  readonly document: ImportedDocument;
}

/**
 * Read the documents of one group. The hash is the SHA-256 over the raw bytes of the group's files in order; where a file
 * holds several documents, over its bytes and the document's number.
 * @throws AppError `file-not-found`, `file-unreadable`, `file-empty`, `encoding-unknown`, `format-invalid`; each names the file.
 */
export async function readGroup(group: FileGroup, format: FormatName): Promise<ImportedRead[]> {
  const hash = createHash('sha256');
  const decoded: DecodedFile[] = [];
  for (const [index, file] of group.files.entries()) {
    const bytes = await readBytes(file);
    hash.update(bytes);
    decoded.push(index === 0 ? decodeFile(bytes, file) : decodeAllowingEmpty(bytes, file));
  }
  const encoding = decoded[0]?.encoding ?? { encoding: 'utf-8', bom: false, newline: 'none' };
  const reads = readers[format].read(group, decoded);
  const guesses = decoded.flatMap((file, index) => guessNote(file, auditName(group, index)));
  return reads.map((read, index) => {
    const own = reads.length === 1 ? hash.copy() : hash.copy().update(`#${index}`);
    const document = { ...read.document, format, hash: own.digest('hex'), encoding };
    return { document, counts: read.counts, audit: index === 0 ? [...guesses, ...read.audit] : read.audit };
  });
}

/** Says in the audit which encoding was guessed; UTF-8 and what a byte order mark tells are certain. */
function guessNote({ encoding }: DecodedFile, file: string): ReadDocument['audit'] {
  if (encoding.encoding === 'utf-8' || encoding.bom) return [];
  const reason = `The file says no encoding; it was read as ${encoding.encoding}.`;
  return [{ file, status: 'note', kind: 'encoding-guessed', reason }];
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOENT') {
      throw new AppError('file-not-found', 'The file is no longer there.', {
        details: { file, nextStep: 'Put the file back, or leave it out.' },
        cause: thrown,
      });
    }
    throw new AppError('file-unreadable', `The file could not be read (${systemCode(thrown) ?? 'unknown reason'}).`, {
      details: { file, nextStep: 'Allow reading it, close programs that hold it open, or leave it out.' },
      cause: thrown,
    });
  }
}
