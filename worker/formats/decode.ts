/** Bytes to text, verbatim: finds the encoding, removes the byte order mark, and refuses what is not text. */
import type { TextEncoding } from '../domain/document.ts';
import { AppError } from '../domain/errors.ts';
import type { DecodedFile } from './format.ts';
import { decodeEightBit, decodeUtf8 } from './guess-encoding.ts';
import { refuseBinary, refuseOtherKind } from './not-text.ts';

/**
 * Decode a file that must hold text. Newlines, form feeds, NUL and lone surrogates stay as they are, so offsets stay exact.
 * `file` is only used to name the file in an error.
 * @throws AppError `file-empty` for no bytes or white space only; `encoding-unknown` for content that cannot be text.
 */
export function decodeFile(bytes: Uint8Array, file?: string): DecodedFile {
  const decoded = decodeAllowingEmpty(bytes, file);
  if (/\S/.test(decoded.text)) return decoded;
  throw new AppError('file-empty', bytes.length === 0 ? 'The file is empty.' : 'The file holds only white space.', {
    details: { ...named(file), nextStep: 'Remove the file or replace it with one that has text.' },
  });
}

/**
 * As {@link decodeFile}, for annotation files, where empty means "no annotations".
 * @throws AppError `encoding-unknown`.
 */
export function decodeAllowingEmpty(bytes: Uint8Array, file?: string): DecodedFile {
  refuseOtherKind(bytes, file);
  const { text, encoding, bom } = decodeBytes(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), file);
  return { text, encoding: { encoding, bom, newline: newlineOf(text) } };
}

interface Decoded {
  readonly text: string;
  readonly encoding: string;
  readonly bom: boolean;
}

function decodeBytes(bytes: Buffer, file: string | undefined): Decoded {
  const marked = markedEncoding(bytes);
  if (marked === 'utf-8') {
    const text = decodeUtf8(bytes.subarray(3));
    if (text === undefined) throw damaged('The file is marked as UTF-8 but holds bytes that are not UTF-8.', file);
    return { text, encoding: 'utf-8', bom: true };
  }
  if (marked !== undefined) return { text: decodeUtf16(bytes.subarray(2), marked, file), encoding: marked, bom: true };

  const unmarked = utf16ByZeros(bytes);
  if (unmarked !== undefined) return { text: decodeUtf16(bytes, unmarked, file), encoding: unmarked, bom: false };

  const text = decodeUtf8(bytes);
  if (text !== undefined) {
    refuseBinary(bytes, 0.1, file);
    return { text, encoding: 'utf-8', bom: false };
  }
  refuseBinary(bytes, 0.02, file);
  const guessed = decodeEightBit(bytes);
  if (guessed === undefined) throw damaged('Most of the file is UTF-8, but some bytes are not.', file);
  return { ...guessed, bom: false };
}

type Utf16 = 'utf-16le' | 'utf-16be';

function markedEncoding(bytes: Buffer): 'utf-8' | Utf16 | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return undefined;
}

/** Text of Latin script in UTF-16 has a zero in nearly every second byte, and nearly none in between. */
function utf16ByZeros(bytes: Buffer): Utf16 | undefined {
  if (bytes.length < 2 || bytes.length % 2 !== 0) return undefined;
  const pairs = Math.min(bytes.length, 65536) / 2;
  let first = 0;
  let second = 0;
  for (let i = 0; i < pairs; i++) {
    if (bytes[2 * i] === 0) first++;
    if (bytes[2 * i + 1] === 0) second++;
  }
  if (second > 0.4 * pairs && first < 0.05 * pairs) return 'utf-16le';
  if (first > 0.4 * pairs && second < 0.05 * pairs) return 'utf-16be';
  return undefined;
}

/** Node's own UTF-16 keeps lone surrogates; TextDecoder would replace them. */
function decodeUtf16(bytes: Buffer, encoding: Utf16, file: string | undefined): string {
  if (bytes.length % 2 !== 0) throw damaged('The file is UTF-16 but ends in the middle of a character.', file);
  const text = (encoding === 'utf-16le' ? bytes : Buffer.from(bytes).swap16()).toString('utf16le');
  const zeros = text.split('\0').length - 1;
  if (zeros > 4 && zeros > 0.1 * text.length) throw damaged('The file is not text in a known encoding.', file);
  return text;
}

function newlineOf(text: string): TextEncoding['newline'] {
  const crlf = /\r\n/.test(text);
  const cr = /\r(?!\n)/.test(text);
  const lf = /(?<!\r)\n/.test(text);
  if (Number(crlf) + Number(cr) + Number(lf) > 1) return 'mixed';
  return crlf ? 'crlf' : cr ? 'cr' : lf ? 'lf' : 'none';
}

function damaged(message: string, file: string | undefined): AppError {
  return new AppError('encoding-unknown', message, {
    details: { ...named(file), nextStep: 'Save the file again as UTF-8 text in the program that wrote it.' },
  });
}

function named(file: string | undefined): { file?: string } {
  return file === undefined ? {} : { file };
}
