/** Recognises files that are not plain text: documents, pictures, archives, and binary content in general. */
import { AppError } from '../domain/errors.ts';

/** First bytes of what people put into note folders by mistake. */
const otherKinds: readonly (readonly [signature: string, name: string])[] = [
  ['%PDF-', 'a PDF document'],
  ['{\\rtf', 'a rich text (RTF) document'],
  ['PK\x03\x04', 'a ZIP archive or an Office document (.docx, .xlsx)'],
  ['\xd0\xcf\x11\xe0', 'an old Office document (.doc, .xls)'],
  ['\x1f\x8b', 'a gzip archive'],
  ['\x89PNG', 'a picture'],
  ['\xff\xd8\xff', 'a picture'],
  ['GIF8', 'a picture'],
  ['SQLite format 3', 'a database'],
];

/** @throws AppError `encoding-unknown` naming the kind of document the first bytes show. */
export function refuseOtherKind(bytes: Uint8Array, file: string | undefined): void {
  const head = String.fromCharCode(...bytes.subarray(0, 16));
  const kind = otherKinds.find(([signature]) => head.startsWith(signature))?.[1];
  if (kind !== undefined) throw refusal(`The file is ${kind}, not plain text.`, file);
}

/**
 * Refuse content with more control bytes than text has; a stray NUL or form feed is no reason.
 * `share` is the largest fraction (0..1) of control bytes that still counts as text.
 * @throws AppError `encoding-unknown`.
 */
export function refuseBinary(bytes: Uint8Array, share: number, file: string | undefined): void {
  const controls = bytes.reduce((sum, byte) => (isControl(byte) ? sum + 1 : sum), 0);
  if (controls > 4 && controls > share * bytes.length) throw refusal('The file is not text.', file);
}

/** Control bytes that no text editor writes: all but tab, newlines, vertical tab, form feed and escape. */
function isControl(byte: number): boolean {
  return byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d) && byte !== 0x1b;
}

function refusal(message: string, file: string | undefined): AppError {
  return new AppError('encoding-unknown', message, {
    details: {
      ...(file === undefined ? {} : { file }),
      nextStep: 'Save it as plain text (.txt, UTF-8), or remove it from the folder.',
    },
  });
}
