/** The words of notes as numbers, for the training of word vectors: counted, the rare ones left out, sentences kept apart. */
import type { TokenTable } from '../domain/document.ts';
import { zeroDigits } from './vocabulary.ts';

export interface CorpusWords {
  /** Most frequent first; equal counts in the order of their letters. */
  readonly words: readonly string[];
  /** How often each occurs `[words]`. */
  readonly counts: Int32Array;
  /** Word numbers in reading order, −1 behind each sentence; words left out are not there. */
  readonly text: Int32Array;
  /** Tokens that are in `text`. */
  readonly tokens: number;
}

/** Takes note after note. */
export interface WordCollector {
  /** Tokens seen so far. */
  readonly tokens: number;
  add(text: string, tokens: TokenTable): void;
  /**
   * Words that occur at least `minCount` times. A rarer word with digits counts as its form with digits as 0, as the taggers look
   * words up (see {@link wordIndex}), so that numbers have vectors.
   */
  finish(minCount: number): CorpusWords;
}

const sentenceEnd = -1;
/** Longer sentences are cut, so that the kernels' buffer holds each. */
const longestSentence = 1000;

/** A collector that has seen nothing. */
export function wordCollector(): WordCollector {
  const numbers = new Map<string, number>();
  const counts: number[] = [];
  let text = new Int32Array(1 << 16);
  let length = 0;
  let tokenTotal = 0;

  function append(value: number): void {
    if (length === text.length) {
      const wider = new Int32Array(text.length * 2);
      wider.set(text);
      text = wider;
    }
    text[length++] = value;
  }

  function numberOf(form: string): number {
    const known = numbers.get(form);
    if (known !== undefined) return known;
    numbers.set(ownCopy(form), counts.length);
    return counts.push(0) - 1;
  }

  return {
    get tokens() {
      return tokenTotal;
    },
    add(note, { starts, ends, sentenceEnds }) {
      let token = 0;
      for (const end of sentenceEnds) {
        for (const first = token; token < end; token++) {
          if (token > first && (token - first) % longestSentence === 0) append(sentenceEnd);
          const number = numberOf(note.slice(starts[token], ends[token]).toLowerCase());
          counts[number] = (counts[number] ?? 0) + 1;
          append(number);
        }
        append(sentenceEnd);
      }
      tokenTotal += starts.length;
    },
    finish(minCount) {
      const forms = [...numbers.keys()];
      const meant = Int32Array.from(forms, (form, number) => {
        if ((counts[number] ?? 0) >= minCount) return number;
        const zeroed = zeroDigits(form);
        return zeroed === form ? number : numberOf(zeroed);
      });
      const totals = new Int32Array(counts.length);
      for (const [number, other] of meant.entries()) totals[other] = (totals[other] ?? 0) + (counts[number] ?? 0);
      const kept = [...numbers]
        .filter(([, number]) => (totals[number] ?? 0) >= minCount)
        .sort(([a, i], [b, j]) => (totals[j] ?? 0) - (totals[i] ?? 0) || (a < b ? -1 : 1));
      const finalNumbers = new Int32Array(totals.length).fill(-1);
      for (const [final, [, number]] of kept.entries()) finalNumbers[number] = final;
      const encoded = renumbered(text.subarray(0, length), (number) => finalNumbers[meant[number] ?? 0] ?? -1);
      return {
        words: kept.map(([word]) => word),
        counts: Int32Array.from(kept, ([, number]) => totals[number] ?? 0),
        ...encoded,
      };
    },
  };
}

/** In place: the numbers as `finalNumber` has them, without those that are −1 there and without sentences of less than two words. */
function renumbered(text: Int32Array, finalNumber: (number: number) => number): { text: Int32Array; tokens: number } {
  let at = 0;
  let first = 0;
  let tokens = 0;
  for (const number of text) {
    if (number !== sentenceEnd) {
      const final = finalNumber(number);
      if (final >= 0) text[at++] = final;
      continue;
    }
    tokens += at - first;
    if (at - first > 1) text[at++] = sentenceEnd;
    else at = first;
    first = at;
  }
  return { text: text.slice(0, at), tokens };
}

/** A part of a string keeps the whole one in memory; this is a string of its own. */
function ownCopy(word: string): string {
  return Buffer.from(word, 'utf16le').toString('utf16le');
}
