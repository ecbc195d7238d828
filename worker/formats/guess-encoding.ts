/** Decoding without a byte order mark: strict UTF-8, and a guess for 8-bit files. */
import { analyse, type EncodingName } from 'chardet';
import iconv from 'iconv-lite';

/** The text, or undefined where the bytes are not UTF-8. Lone surrogates written as three bytes are kept as such. */
export function decodeUtf8(bytes: Buffer): string | undefined {
  return decodeStrictUtf8(bytes) ?? decodeWithSurrogates(bytes);
}

function decodeStrictUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Some programs write a lone surrogate as ED A0..BF 80..BF, which strict UTF-8 forbids. */
function decodeWithSurrogates(bytes: Buffer): string | undefined {
  const pieces: string[] = [];
  let start = 0;
  for (let at = bytes.indexOf(0xed); at >= 0; at = bytes.indexOf(0xed, at + 1)) {
    const second = bytes[at + 1] ?? 0;
    const third = bytes[at + 2] ?? 0;
    const isSurrogate = second >= 0xa0 && second <= 0xbf && third >= 0x80 && third <= 0xbf;
    if (!isSurrogate) continue;
    const before = decodeStrictUtf8(bytes.subarray(start, at));
    if (before === undefined) return undefined;
    pieces.push(before, String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f)));
    start = at + 3;
  }
  if (start === 0) return undefined;
  const rest = decodeStrictUtf8(bytes.subarray(start));
  return rest === undefined ? undefined : pieces.join('') + rest;
}

/** How sure (0..100) the detector must be of an encoding that is not Western European. */
const sureEnough = 60;
/** The same for a text of another script, where more than this share of the bytes is above ASCII. */
const sureEnoughOtherScript = 20;
const otherScriptShare = 0.3;
const western: readonly EncodingName[] = ['ISO-8859-1', 'windows-1252', 'ASCII'];

/**
 * Decode bytes that are not UTF-8: Windows-1252 (or Latin-1, where a byte has no meaning in it) unless the detector is sure of
 * another encoding. Undefined when the file is UTF-8 with damaged bytes: guessing would garble every accent.
 */
export function decodeEightBit(bytes: Buffer): { text: string; encoding: string } | undefined {
  const firstHigh = bytes.findIndex((byte) => byte >= 0x80);
  const sample = bytes.subarray(Math.max(0, firstHigh - 2000), firstHigh + 60000);
  const matches = analyse(sample);
  if (matches.some((match) => match.name === 'UTF-8' && match.confidence >= 25)) return undefined;

  const high = sample.reduce((sum, byte) => sum + (byte >> 7), 0);
  const required = high > otherScriptShare * sample.length ? sureEnoughOtherScript : sureEnough;
  const best = matches[0];
  const isOther = best !== undefined && !western.includes(best.name) && best.confidence >= required;
  if (isOther && iconv.encodingExists(best.name)) {
    const text = iconv.decode(bytes, best.name, { stripBOM: false });
    if (!text.includes('\ufffd')) return { text, encoding: best.name.toLowerCase() };
  }
  const text = iconv.decode(bytes, 'windows-1252', { stripBOM: false });
  if (!text.includes('\ufffd')) return { text, encoding: 'windows-1252' };
  return { text: bytes.toString('latin1'), encoding: 'iso-8859-1' };
}
