/** The units in which brat files count characters: code points by the book, others in practice. */
import type { Piece } from './repair.ts';

/** One way of counting the characters of a text. */
export interface OffsetUnit {
  /** Completes "Offsets are counted …" in the audit. */
  readonly name: string;
  /** The UTF-16 offset of a stated one; undefined outside the text. */
  toOffset(stated: number): number | undefined;
}

/** The ways worth trying for this text, the standard one first; for most texts they are all one and the same. */
export function offsetUnits(text: string, hadBom: boolean): OffsetUnit[] {
  const hasPairs = /[\ud800-\udbff][\udc00-\udfff]/.test(text);
  const hasCrlf = text.includes('\r\n');
  const units = [countedUnit(text, 'in code points', hasPairs, false)];
  if (hasPairs) units.push(countedUnit(text, 'in UTF-16 code units', false, false));
  if (hasCrlf) units.push(countedUnit(text, 'with CR LF as one character', hasPairs, true));
  if (hasPairs && hasCrlf) units.push(countedUnit(text, 'in UTF-16 code units with CR LF as one', false, true));
  const standard = units[0];
  if (hadBom && standard !== undefined) {
    units.push({
      name: 'with the byte order mark as a character',
      toOffset: (stated) => standard.toOffset(stated - 1),
    });
  }
  return units;
}

/** The stated pieces in UTF-16 offsets, in order; a place outside the text becomes -1, which no check accepts. */
export function piecesIn(unit: OffsetUnit, stated: readonly Piece[]): Piece[] {
  return stated
    .map(([start, end]): Piece => [unit.toOffset(start) ?? -1, unit.toOffset(end) ?? -1])
    .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}

function countedUnit(text: string, name: string, pairsAsOne: boolean, crlfAsOne: boolean): OffsetUnit {
  if (!pairsAsOne && !crlfAsOne) {
    return { name, toOffset: (stated) => (stated >= 0 && stated <= text.length ? stated : undefined) };
  }
  const offsets = new Int32Array(text.length + 1);
  let count = 0;
  for (let at = 0; at < text.length; count++) {
    offsets[count] = at;
    at += isOne(text, at, pairsAsOne, crlfAsOne) ? 2 : 1;
  }
  offsets[count] = text.length;
  return { name, toOffset: (stated) => (stated >= 0 && stated <= count ? offsets[stated] : undefined) };
}

/** Whether the two code units at `at` count as one character. */
function isOne(text: string, at: number, pairsAsOne: boolean, crlfAsOne: boolean): boolean {
  const unit = text.charCodeAt(at);
  if (crlfAsOne && unit === 0x0d) return text.charCodeAt(at + 1) === 0x0a;
  if (!pairsAsOne || unit < 0xd800 || unit > 0xdbff) return false;
  const next = text.charCodeAt(at + 1);
  return next >= 0xdc00 && next <= 0xdfff;
}
