/** Where the rows of a packed batch lie in a padded, time-major one. */
import type { PackedRows } from '../ops/layout.ts';

/** Index arrays between packed rows and places [longest · sentences], forwards and, with two directions, backwards. */
export interface PaddedIndices {
  readonly longest: number;
  readonly sentences: number;
  readonly directions: readonly {
    /** For each place its row; a place of padding has the number of rows. */
    readonly source: Int32Array;
    /** For each row its place. */
    readonly place: Int32Array;
  }[];
}

/** A backward direction has each sentence's last token first, so that padding comes last there too. */
export function paddedIndices({ rows, sentences, steps }: PackedRows, directions: number): PaddedIndices {
  const lengths = new Int32Array(sentences);
  for (const count of steps) for (let s = 0; s < count; s++) lengths[s] = (lengths[s] ?? 0) + 1;
  const indices = Array.from({ length: directions }, (_, direction) => {
    const source = new Int32Array(steps.length * sentences).fill(rows);
    const place = new Int32Array(rows);
    let row = 0;
    for (const [t, count] of steps.entries()) {
      for (let s = 0; s < count; s++) {
        const time = direction === 0 ? t : (lengths[s] ?? 0) - 1 - t;
        source[time * sentences + s] = row;
        place[row++] = time * sentences + s;
      }
    }
    return { source, place };
  });
  return { longest: steps.length, sentences, directions: indices };
}
