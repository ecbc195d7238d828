/** Finds the sentence borders between tokens: full stops told from clinical abbreviations, and the line structure of notes. */
import { isLabelledLine, isListItem, isWrapped, lineStyle, newlineBreaks, type LineStyle } from './lines.ts';
import {
  firstCharacter,
  gapAfter,
  isCapital,
  isDigit,
  isSmall,
  lengthAt,
  touchesNext,
  wordAt,
  type TokenText,
} from './token-text.ts';

/** Words whose full stop does not end a sentence. */
const neverEnding = wordSet(
  'dr drs mr mrs ms prof st vs cf ca approx aprox resp incl excl esp dra sra srta mme mlle dott sig bzw ggf ac av avda ctra pza dña eg ie',
);
/** Words whose full stop does not end a sentence when a number follows: "No. 5", "Fig. 2". */
const beforeNumber = wordSet(
  'no nos num núm nr fig figs ref refs vol pp eq tab tabla ch sec art al temp wt ht ver jan feb mar apr jun jul aug sep sept oct nov dec',
);
/** Dotted abbreviations, dots left out, that may end a sentence before any capital. */
const dottedEnding = wordSet('bid tid qid qd qod qhs qam qpm qh prn hs am pm po');
const dottedNever = wordSet('eg ie pej zb dh');
/** Words that open sentences: they decide after "Dr. X." or "U.S.". */
const openers = wordSet(
  'the he she it this that these those there his her its their they we our patient a an in on at to for from with by as ' +
    'after before during when while upon since because although however if and but then also both all not one two ' +
    'el la los las un una se en tras al il elle le les lo gli una der die das er sie es',
);

function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.split(' '));
}

/** Where the walk over the tokens stands. */
interface Walk extends TokenText {
  readonly style: LineStyle;
  /** First token of the sentence, and of the line. */
  sentenceFirst: number;
  lineFirst: number;
  /** The full stop that closed the text so far, closing quotes and citations allowed behind it; -1 where there is none. */
  stop: number;
}

/**
 * One-past-last token index of every sentence; token i is text[starts[i], ends[i]). No sentence is empty; no tokens, no sentences.
 * A blank line, form feed, list item or heading breaks; a single newline only where it did more than wrap the line; and
 * `.,` or `:,` without newlines (transcriptions that lost theirs) break like a line end.
 */
export function sentenceEnds(text: string, starts: Int32Array, ends: Int32Array): Int32Array {
  const walk: Walk = { text, starts, ends, style: lineStyle(text), sentenceFirst: 0, lineFirst: 0, stop: -1 };
  const found: number[] = [];
  for (let i = 0; i < starts.length; i++) {
    if (isStop(walk, i)) walk.stop = i;
    else if (walk.stop >= 0 && !trailsStop(walk, i)) walk.stop = -1;
    const isLast = i + 1 === starts.length;
    const gap = gapAfter(walk, i);
    if (isLast || breaksAfter(walk, i)) {
      found.push(i + 1);
      walk.sentenceFirst = i + 1;
      walk.stop = -1;
    }
    if (gap === 'line' || gap === 'block') walk.lineFirst = i + 1;
  }
  return Int32Array.from(found);
}

function breaksAfter(walk: Walk, i: number): boolean {
  const gap = gapAfter(walk, i);
  if (gap === 'block') return true;
  if (gap === 'line' && walk.stop < 0) return newlineBreaks(walk, walk.style, walk.lineFirst, i);
  if (gap === 'line') {
    if (isListItem(walk, i + 1) || isLabelledLine(walk, i + 1)) return true;
    return stopEndsSentence(walk, i) || (!isAbbreviation(walk) && !isWrapped(walk, walk.style, walk.lineFirst, i));
  }
  if (walk.stop >= 0 && gap === 'space') return stopEndsSentence(walk, i);
  if (walk.stop === i) return isMissingBlank(walk, i);
  return firstCharacter(walk, i) === ',' && commaEndsSentence(walk, i);
}

function isStop(walk: Walk, i: number): boolean {
  const mark = firstCharacter(walk, i);
  if (mark === '.') return !isDigit(wordAt(walk, i).charAt(1));
  // "? pneumonia" and "?CHF" are doubts, not questions.
  if (mark === '?') return i > 0 && touchesNext(walk, i - 1);
  return mark !== '' && '!。！？।…'.includes(mark);
}

/** Closing quotes, brackets and citation numbers that stick to a full stop: `cured.")`, `cured.[12]`, `cured.5,6`. */
function trailsStop(walk: Walk, i: number): boolean {
  if (!touchesNext(walk, i - 1)) return false;
  const mark = firstCharacter(walk, i);
  if ('"\')]}”’»'.includes(mark)) return true;
  if (mark === '[') return isDigit(firstCharacter(walk, i + 1));
  return isDigit(mark) || (i > walk.stop + 1 && ',-–'.includes(mark));
}

/** Does the full stop end the sentence, given what opens behind token i (its last closing mark)? */
function stopEndsSentence(walk: Walk, i: number): boolean {
  const next = openingToken(walk, i + 1);
  const first = firstCharacter(walk, next);
  if (isSmall(first)) {
    return walk.style.letterCase === 'lower' && !isAbbreviation(walk) && lengthAt(walk, walk.stop - 1) > 2;
  }
  if (!isWordStart(first) && !isListItem(walk, next)) return first === '¿' || first === '¡';
  return !isListMarker(walk) && !isAbbreviation(walk, next);
}

/** Steps over an opening quote or bracket. */
function openingToken(walk: Walk, i: number): number {
  return '"\'([{“‘«'.includes(firstCharacter(walk, i) || ' ') ? i + 1 : i;
}

/** A letter or digit of any script. */
function isWordStart(character: string): boolean {
  return character > '\x7f'
    ? /[\p{L}\p{N}]/u.test(character)
    : isDigit(character) || isCapital(character) || isSmall(character);
}

/** Is the stop the one of a list number that opens the sentence: "1. Aspirin", "- 2. Lasix"? */
function isListMarker(walk: Walk): boolean {
  const number = walk.stop - 1;
  const opens = number === walk.sentenceFirst || number === walk.lineFirst;
  return opens && touchesNext(walk, number) && /^(\d{1,2}|[A-Za-z]|[IVX]{2,4})$/.test(wordAt(walk, number));
}

/** Does the stop belong to an abbreviation inside a sentence? `next` is the token that would open the next sentence, if known. */
function isAbbreviation(walk: Walk, next = -1): boolean {
  const at = walk.stop - 1;
  if (at < 0 || firstCharacter(walk, walk.stop) !== '.' || !touchesNext(walk, at)) return false;
  const length = lengthAt(walk, at);
  if (length > 6) return false;
  const word = wordAt(walk, at).toLowerCase();
  if (neverEnding.has(word)) return true;
  const opener = next >= 0 && openers.has(wordAt(walk, next).toLowerCase());
  const number = next >= 0 && isDigit(firstCharacter(walk, next));
  if (beforeNumber.has(word)) return number || (next < 0 && word !== 'no');
  if (length > 1 || !isWordStart(word) || isDigit(word)) return false;
  const letters = dottedLetters(walk, at);
  if (letters.length === 1) return !opener && !(number && isCapital(firstCharacter(walk, at)));
  if (dottedNever.has(letters)) return true;
  return dottedEnding.has(letters) ? isDotted(walk, next) : !opener;
}

/** Letters of a dotted abbreviation that ends with token i, small: `bid` for "b.i.d". At most five. */
function dottedLetters(walk: Walk, i: number): string {
  let letters = '';
  for (let j = i; j >= 0 && letters.length < 5; j -= 2) {
    if (lengthAt(walk, j) !== 1 || !isWordStart(firstCharacter(walk, j)) || isDigit(firstCharacter(walk, j))) break;
    letters = firstCharacter(walk, j).toLowerCase() + letters;
    if (firstCharacter(walk, j - 1) !== '.' || !touchesNext(walk, j - 1) || !touchesNext(walk, j - 2)) break;
  }
  return letters;
}

/** Is token i the first letter of another dotted abbreviation ("P.O. B.I.D.")? */
function isDotted(walk: Walk, i: number): boolean {
  return i >= 0 && lengthAt(walk, i) === 1 && touchesNext(walk, i) && firstCharacter(walk, i + 1) === '.';
}

/** "nodules.The": a full stop between a word of small letters and a capitalised one lacks its blank. */
function isMissingBlank(walk: Walk, i: number): boolean {
  if (firstCharacter(walk, i) !== '.' || i === 0 || !touchesNext(walk, i - 1)) return false;
  const next = firstCharacter(walk, i + 1);
  if (!isCapital(next) || lengthAt(walk, i + 1) < 2 || lengthAt(walk, i - 1) < 3) return false;
  return isSmall(walk.text.charAt((walk.ends[i - 1] ?? 0) - 1)) && !isAbbreviation(walk, i + 1);
}

/** Commas that stand where a newline was lost: "eye.,POSTOPERATIVE", "PLAN:,1. Zyrtec", "DIAGNOSES,1. Cellulitis", "normal,LUNGS: clear". */
function commaEndsSentence(walk: Walk, i: number): boolean {
  const before = firstCharacter(walk, i - 1);
  if (before === ':') return true;
  if (!touchesNext(walk, i) || i === 0) return false;
  const next = firstCharacter(walk, openingToken(walk, i + 1));
  if ('.?!'.includes(before)) return isCapital(next) || isDigit(next) || isListItem(walk, i + 1);
  if (isDigit(before) || before === ',') return false;
  return isListItem(walk, i + 1) || (lengthAt(walk, i + 1) > 1 && isLabelledLine(walk, i + 1));
}
