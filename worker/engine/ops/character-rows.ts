/** How the words of a batch lie as packed rows of characters. */
import type { CharacterTries, PackedRows } from './layout.ts';

/** A batch's distinct words, longest first, as rows of characters. */
export interface CharacterRows {
  readonly rows: PackedRows;
  /** The character of each row. */
  readonly ids: Int32Array;
  /** The rows of each word's first and last character, words in the tries' order. */
  readonly first: Int32Array;
  readonly last: Int32Array;
}

/** Lays the words of the tries out as sentences of characters. */
export function characterRows({ words, lengths, forward }: CharacterTries): CharacterRows {
  const order = Array.from({ length: words }, (_, w) => w).sort((a, b) => (lengths[b] ?? 0) - (lengths[a] ?? 0));
  const longest = lengths[order[0] ?? 0] ?? 0;
  const steps = new Int32Array(longest);
  for (const length of lengths) for (let t = 0; t < length; t++) steps[t] = (steps[t] ?? 0) + 1;
  const offsets = new Int32Array(longest);
  for (let t = 1; t < longest; t++) offsets[t] = (offsets[t - 1] ?? 0) + (steps[t - 1] ?? 0);
  const count = steps.reduce((sum, step) => sum + step, 0);
  const ids = new Int32Array(count);
  const [first, last] = [new Int32Array(words), new Int32Array(words)];
  for (const [rank, w] of order.entries()) {
    let t = (lengths[w] ?? 0) - 1;
    first[w] = rank;
    last[w] = (offsets[t] ?? 0) + rank;
    for (let node = forward.last[w] ?? -1; node >= 0; node = forward.parents[node] ?? -1) {
      ids[(offsets[t--] ?? 0) + rank] = forward.ids[node] ?? 0;
    }
  }
  return { rows: { rows: count, sentences: words, steps }, ids, first, last };
}

/** For each row the character before, its own, and the one after; `outside` stands where a word has none. */
export function characterWindows({ steps }: PackedRows, ids: Int32Array, outside: number): Int32Array[] {
  const before = new Int32Array(ids.length).fill(outside);
  const after = new Int32Array(ids.length).fill(outside);
  let offset = 0;
  for (const [t, count] of steps.entries()) {
    const next = offset + count;
    for (let s = 0; s < (steps[t + 1] ?? 0); s++) {
      before[next + s] = ids[offset + s] ?? 0;
      after[offset + s] = ids[next + s] ?? 0;
    }
    offset = next;
  }
  return [before, ids, after];
}
