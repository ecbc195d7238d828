/** Checks an annotation's offsets against the text it states, and mends them where that is safe. */

/** A stretch of text: UTF-16 code units, end exclusive. */
export type Piece = readonly [start: number, end: number];

/** What became of one annotation. `reason` never holds note text. */
export type Verdict =
  | { readonly status: 'ok'; readonly pieces: readonly Piece[] }
  | { readonly status: 'repaired'; readonly pieces: readonly Piece[]; readonly kind: string; readonly reason: string }
  | { readonly status: 'skipped'; readonly kind: string; readonly reason: string };

export interface SurfaceRules {
  /** False for formats whose files are lower-cased and re-spaced by rule (i2b2): such a difference is then no repair. */
  readonly exact: boolean;
}

/** How far, in characters, a stated text is searched from its stated place. */
const searchDistance = 50;

/**
 * Compare `text` at `pieces` with the stated `surface`: exactly, then without letter case, then with white space collapsed,
 * then in composed Unicode, then up to 50 characters away. Several pieces are joined by a space (or by nothing, as older
 * brat did). Without a stated surface only the range is checked. Never throws; time is linear in the length of the surface.
 */
export function checkOffsets(
  text: string,
  pieces: readonly Piece[],
  surface: string | undefined,
  rules: SurfaceRules = { exact: true },
): Verdict {
  const inRange = areInRange(text, pieces);
  if (surface === undefined) return inRange ? { status: 'ok', pieces } : outOfRange(text, pieces);
  const inPlace = inRange ? compareInPlace(text, pieces, surface, rules) : undefined;
  if (inPlace !== undefined) return inPlace;
  const moved = searchNearby(text, pieces, surface);
  if (moved !== undefined)
    return { status: 'repaired', pieces: moved, kind: 'offset-shifted', reason: shiftOf(pieces, moved) };
  return inRange ? surfaceMismatch : outOfRange(text, pieces);
}

/** Whether the text at these places is the surface, apart from letter case, white space and Unicode form. */
export function agrees(text: string, pieces: readonly Piece[], surface: string): boolean {
  return areInRange(text, pieces) && compareInPlace(text, pieces, surface, { exact: false }) !== undefined;
}

/** The verdict for offsets that fit the text but not the stated surface. */
const surfaceMismatch: Verdict = {
  status: 'skipped',
  kind: 'surface-mismatch',
  reason: `The stated text is neither at its offsets nor within ${searchDistance} characters of them.`,
};

function outOfRange(text: string, pieces: readonly Piece[]): Verdict {
  const stated = pieces.map(([start, end]) => `${start}-${end}`).join(', ');
  const reason = pieces.some(([start, end]) => end <= start)
    ? `The offsets ${stated} hold no character.`
    : `The offsets ${stated} lie outside the text of ${text.length} characters, or overlap.`;
  return { status: 'skipped', kind: 'out-of-range', reason };
}

function areInRange(text: string, pieces: readonly Piece[]): boolean {
  let last = 0;
  for (const [start, end] of pieces) {
    if (!(start >= last && end > start && end <= text.length)) return false;
    last = end;
  }
  return pieces.length > 0;
}

const foldings: readonly (readonly [kind: string, difference: string, fold: (text: string) => string])[] = [
  ['surface-case', 'in letter case', (text) => text.toLowerCase()],
  ['surface-whitespace', 'in white space', (text) => collapsed(text.toLowerCase())],
  ['surface-unicode', 'in Unicode form', (text) => collapsed(text.normalize('NFC').toLowerCase())],
];

function compareInPlace(
  text: string,
  pieces: readonly Piece[],
  surface: string,
  rules: SurfaceRules,
): Verdict | undefined {
  const slices = pieces.map(([start, end]) => text.slice(start, end));
  const joined = slices.join(' ');
  // A line break inside the span is written as one space by every tool that keeps annotations on one line.
  if (joined === surface || (joined.length === surface.length && joined.replace(/\s/g, ' ') === surface)) {
    return { status: 'ok', pieces };
  }
  if (slices.length > 1 && slices.join('') === surface) return { status: 'ok', pieces };
  for (const [kind, difference, fold] of foldings) {
    if (fold(joined) !== fold(surface)) continue;
    const trimmed = pieces.map((piece) => trimmedPiece(text, piece)).filter(([start, end]) => end > start);
    if (trimmed.length === 0) return undefined;
    if (!rules.exact && kind !== 'surface-unicode') return { status: 'ok', pieces: trimmed };
    return {
      status: 'repaired',
      pieces: trimmed,
      kind,
      reason: `The stated text differs ${difference} only; the note's own text is used.`,
    };
  }
  return undefined;
}

function collapsed(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function trimmedPiece(text: string, [start, end]: Piece): Piece {
  const slice = text.slice(start, end);
  return [start + slice.length - slice.trimStart().length, end - slice.length + slice.trimEnd().length];
}

function shiftOf(from: readonly Piece[], to: readonly Piece[]): string {
  const start = (to[0]?.[0] ?? 0) - (from[0]?.[0] ?? 0);
  const end = (to.at(-1)?.[1] ?? 0) - (from.at(-1)?.[1] ?? 0);
  const signed = (shift: number): string => (shift < 0 ? String(shift) : `+${shift}`);
  return `The stated text was found nearby: start moved by ${signed(start)}, end by ${signed(end)} characters.`;
}

function searchNearby(text: string, pieces: readonly Piece[], surface: string): readonly Piece[] | undefined {
  const only = pieces[0];
  if (only === undefined) return undefined;
  if (pieces.length === 1) {
    const found = findNearest(text, only[0], surface);
    return found === undefined ? undefined : [found];
  }
  for (let distance = 1; distance <= searchDistance; distance++) {
    for (const shift of [-distance, distance]) {
      const moved = pieces.map(([start, end]): Piece => [start + shift, end + shift]);
      if (agrees(text, moved, surface)) return moved;
    }
  }
  return undefined;
}

/** Shorter texts than this must stand as whole words to be believed elsewhere. */
const safeInsideWord = 4;

/** Where `surface` stands nearest to `start`, without regard to letter case and width of white space. */
function findNearest(text: string, start: number, surface: string): Piece | undefined {
  const pattern = searchForm(surface.trim()).text;
  if (pattern === '' || start > text.length + searchDistance) return undefined;
  const from = Math.max(0, Math.min(start, text.length) - searchDistance);
  const window = searchForm(text.slice(from, start + searchDistance + 2 * surface.length + 2));
  let best: { piece: Piece; distance: number; isWord: boolean } | undefined;
  for (let at = window.text.indexOf(pattern); at >= 0; at = window.text.indexOf(pattern, at + 1)) {
    const first = from + (window.positions[at] ?? 0);
    const end = from + (window.positions[at + pattern.length - 1] ?? 0) + 1;
    const distance = Math.abs(first - start);
    if (first > start + searchDistance) break;
    if (distance > searchDistance) continue;
    const isWord = isWholeWord(text, first, end);
    if (!isWord && pattern.length < safeInsideWord) continue;
    const isBetter =
      best === undefined || (isWord && !best.isWord) || (isWord === best.isWord && distance < best.distance);
    if (isBetter) best = { piece: [first, end], distance, isWord };
  }
  return best?.piece;
}

/** Lower case with single spaces, and the index in the original of each character. */
function searchForm(text: string): { text: string; positions: number[] } {
  const kept: string[] = [];
  const positions: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    const isSpace = /\s/.test(character);
    if (isSpace && kept.at(-1) === ' ') continue;
    const lower = character.toLowerCase();
    kept.push(isSpace ? ' ' : lower.length === 1 ? lower : character);
    positions.push(i);
  }
  return { text: kept.join(''), positions };
}

function isWholeWord(text: string, start: number, end: number): boolean {
  const joins = (left: number): boolean => /^[\p{L}\p{N}]{2}$/u.test(text.slice(Math.max(0, left), left + 2));
  return !joins(start - 1) && !joins(end - 1);
}
