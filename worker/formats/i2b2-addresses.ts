/** What the i2b2 readers share: from annotations by line and token to spans, with the books kept. */
import { checkOffsets, type Piece, type Verdict } from './repair.ts';
import type { Place, Tally } from './tally.ts';
import {
  charactersAt,
  chooseTokenLines,
  nearestCharacter,
  tokensOfLine,
  type AddressedText,
  type TokenAddress,
  type TokenLines,
} from './token-lines.ts';

/** One annotation as an i2b2 file states it. */
export interface AddressedAnnotation extends AddressedText {
  readonly place: Place;
  readonly label: string;
}

/**
 * Find out how the text counts its tokens, place every annotation, and record each in the tally.
 * Returns the cut text. `textFile` names the text in the audit.
 */
export function placeAnnotations(
  text: string,
  annotations: readonly AddressedAnnotation[],
  tally: Tally,
  textFile: string,
): TokenLines {
  const { lines, fits, firstFits } = chooseTokenLines(text, annotations);
  if (fits > firstFits) {
    const reason = `Tokens are counted ${wayOf(lines)}: ${fits} of ${annotations.length} annotations fit that way, ${firstFits} when every white space character ends a token.`;
    tally.note({ file: textFile }, 'token-counting', reason);
  }
  for (const annotation of annotations) {
    const verdict = placeOne(lines, annotation);
    tally.record(annotation.place, annotation.label, verdict);
    const crossing = annotation.addresses.find((address) => address.endLine > address.startLine);
    if (crossing !== undefined && verdict.status !== 'skipped') {
      const reason = `The annotation runs over lines ${crossing.startLine} to ${crossing.endLine} of the text.`;
      tally.note(annotation.place, 'multi-line', reason);
    }
  }
  return lines;
}

function wayOf(lines: TokenLines): string {
  const tokens = { each: 'by every white space character', runs: 'by runs of white space', blanks: 'by single blanks' };
  return tokens[lines.counting.tokens] + (lines.counting.universalNewlines ? ', with a lone CR ending a line' : '');
}

function placeOne(lines: TokenLines, annotation: AddressedAnnotation): Verdict {
  const exact = annotation.addresses.map((address) => charactersAt(lines, address));
  const missing = annotation.addresses[exact.indexOf(undefined)];
  const pieces = annotation.addresses.map((address, i) => exact[i] ?? emptyNear(lines, address));
  if (!pieces.every((piece) => piece !== undefined)) return noSuchPlace(lines, missing);
  const ordered = [...pieces].sort((a, b) => a[0] - b[0] || a[1] - b[1]);

  let verdict = checkOffsets(lines.text, ordered, annotation.surfaces[0] ?? '', { exact: false });
  for (const surface of annotation.surfaces.slice(1)) {
    if (verdict.status === 'ok') break;
    const other = checkOffsets(lines.text, ordered, surface, { exact: false });
    if (other.status === 'ok' || verdict.status === 'skipped') verdict = other;
  }
  if (verdict.status !== 'skipped') return verdict;
  if (missing !== undefined) return noSuchPlace(lines, missing);
  return verdict.kind === 'out-of-range'
    ? { ...verdict, reason: 'The last token stands before the first, or pieces overlap.' }
    : verdict;
}

/** Stands for an address that does not exist: never right as it is, but a place to search from. */
function emptyNear(lines: TokenLines, address: TokenAddress): Piece | undefined {
  const at = nearestCharacter(lines, address);
  return at === undefined ? undefined : [at, at];
}

function noSuchPlace(lines: TokenLines, address: TokenAddress | undefined): Verdict {
  return {
    status: 'skipped',
    kind: 'out-of-range',
    reason: address === undefined ? 'No offsets.' : whatIsMissing(lines, address),
  };
}

function whatIsMissing(lines: TokenLines, { startLine, startToken, endLine, endToken }: TokenAddress): string {
  const ends = [
    [startLine, startToken],
    [endLine, endToken],
  ] as const;
  for (const [line, token] of ends) {
    const count = tokensOfLine(lines, line);
    if (count === undefined) return `There is no line ${line}; the text ends with line ${lines.lineFirst.length - 1}.`;
    if (token >= count) return `Line ${line} of the text has no token ${token}; it has ${count}, counted from 0.`;
  }
  return 'The offsets name no text.';
}
