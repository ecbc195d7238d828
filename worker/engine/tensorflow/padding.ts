/** Where the rows of a packed batch lie in padded, time-major blocks. */
import type { PackedRows } from '../ops/layout.ts';

/** Sentences of similar length, as one block [longest, sentences]. */
export interface PaddedBlock {
  readonly longest: number;
  readonly sentences: number;
  /** For each direction and each place of the block its row; a place of padding has the number of rows. */
  readonly sources: readonly Int32Array[];
}

/** Index arrays between packed rows and blocks, forwards and, with two directions, backwards. */
export interface PaddedBlocks {
  readonly blocks: readonly PaddedBlock[];
  /** For each direction and each row its place, counted through all blocks. */
  readonly places: readonly Int32Array[];
}

/** A sentence this much shorter than the longest of a block starts the next one: less padding for one more kernel call. */
const shortest = 0.5;

/** A backward direction has each sentence's last token first, so that padding comes last there too. */
export function paddedBlocks({ rows, sentences, steps }: PackedRows, directions: number): PaddedBlocks {
  const lengths = new Int32Array(sentences);
  for (const count of steps) for (let s = 0; s < count; s++) lengths[s] = (lengths[s] ?? 0) + 1;
  const offsets = new Int32Array(steps.length);
  for (let t = 1; t < steps.length; t++) offsets[t] = (offsets[t - 1] ?? 0) + (steps[t - 1] ?? 0);
  const places = Array.from({ length: directions }, () => new Int32Array(rows));
  const blocks: PaddedBlock[] = [];
  let before = 0;
  for (let from = 0; from < sentences;) {
    const longest = lengths[from] ?? 0;
    let to = from + 1;
    while (to < sentences && (lengths[to] ?? 0) > longest * shortest) to++;
    const width = to - from;
    const sources = places.map((place, direction) => {
      const source = new Int32Array(longest * width).fill(rows);
      for (let s = from; s < to; s++) {
        const length = lengths[s] ?? 0;
        for (let t = 0; t < length; t++) {
          const row = (offsets[t] ?? 0) + s;
          const at = (direction === 0 ? t : length - 1 - t) * width + s - from;
          source[at] = row;
          place[row] = before + at;
        }
      }
      return source;
    });
    blocks.push({ longest, sentences: width, sources });
    before += longest * width;
    from = to;
  }
  return { blocks, places };
}
