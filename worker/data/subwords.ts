/** Character n-grams of words, hashed as fastText does (Bojanowski et al. 2017, §3.2), so that unknown words can be composed. */
import type { SubwordSettings } from '../domain/embeddings.ts';

export interface Subwords {
  /** Rows of word w: rows[offsets[w]] up to rows[offsets[w + 1]]; offsets `[words + 1]`. */
  readonly offsets: Int32Array;
  readonly rows: Int32Array;
  /** Distinct rows. */
  readonly count: number;
  /** Rows of any word's subwords that the vocabulary has; none where it has less than a third of them: they would say little. */
  rowsOf(word: string): number[];
}

/** The subwords of a vocabulary. Buckets that occur are numbered densely, so that memory follows the vocabulary, not the buckets. */
export function subwordsOf(words: readonly string[], settings: SubwordSettings): Subwords {
  const rowOfBucket = new Map<number, number>();
  const offsets = new Int32Array(words.length + 1);
  const rows: number[] = [];
  for (const [i, word] of words.entries()) {
    for (const bucket of subwordBuckets(word, settings)) {
      let row = rowOfBucket.get(bucket);
      if (row === undefined) rowOfBucket.set(bucket, (row = rowOfBucket.size));
      rows.push(row);
    }
    offsets[i + 1] = rows.length;
  }
  return {
    offsets,
    rows: Int32Array.from(rows),
    count: rowOfBucket.size,
    rowsOf(word) {
      const buckets = subwordBuckets(word, settings);
      const known = buckets.flatMap((bucket) => rowOfBucket.get(bucket) ?? []);
      return known.length < buckets.length * leastKnownShare ? [] : known;
    },
  };
}

/** Our choice, see DECISIONS. */
const leastKnownShare = 1 / 3;
const lessThan = 0x3c;
const greaterThan = 0x3e;

/**
 * The bucket of each subword of `<word>`, in fastText's order: by first character, then by length. Characters are code points; the
 * hash is FNV-1a over UTF-8 bytes taken as signed. The marks alone are no subwords.
 */
export function subwordBuckets(word: string, { shortest, longest, buckets }: SubwordSettings): number[] {
  const bytes = Uint8Array.of(lessThan, ...Buffer.from(word, 'utf8'), greaterThan);
  const found: number[] = [];
  for (let start = 0; start < bytes.length; start++) {
    if (isContinuation(bytes[start])) continue;
    let hash = 0x811c9dc5;
    for (let end = start, length = 1; end < bytes.length && length <= longest; length++) {
      do {
        hash = Math.imul(hash ^ (((bytes[end] ?? 0) << 24) >> 24), 0x01000193);
        end++;
      } while (isContinuation(bytes[end]));
      const isMarkAlone = length === 1 && (start === 0 || end === bytes.length);
      if (length >= shortest && !isMarkAlone) found.push((hash >>> 0) % buckets);
    }
  }
  return found;
}

/** Is the byte one of UTF-8's that go on with a character? */
function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
