/** The distinct words of a batch as packed sequences of characters, out of the tries that the CPU's kernels use. */
import type { CharacterTries } from '../ops/layout.ts';
import { sequenceLayout, type SequenceLayout } from './sequence-layout.ts';

export interface CharacterSequences {
  /** Words take the place of sentences, longest first; N characters. */
  readonly layout: SequenceLayout;
  /** The character of each row [N]. */
  readonly ids: Int32Array;
  /** For both directions and each word in the batch's order, [2·W], the row read last. */
  readonly lastRows: Int32Array;
  /** For both directions and each row, [2·N], the word that ends there; −1 where none does. */
  readonly wordsOfRows: Int32Array;
}

/** W words, none of them empty. */
export function characterSequences({ words, lengths, forward }: CharacterTries): CharacterSequences {
  const order = Array.from({ length: words }, (_, w) => w).sort((a, b) => (lengths[b] ?? 0) - (lengths[a] ?? 0));
  const rows = lengths.reduce((sum, length) => sum + length, 0);
  const steps = new Int32Array(lengths[order[0] ?? 0] ?? 0);
  for (const length of lengths) for (let t = 0; t < length; t++) steps[t] = (steps[t] ?? 0) + 1;
  const layout = sequenceLayout({ rows, sentences: words, steps });
  const ids = new Int32Array(rows);
  const lastRows = new Int32Array(2 * words);
  const wordsOfRows = new Int32Array(2 * rows).fill(-1);
  for (const [place, w] of order.entries()) {
    let node = forward.last[w] ?? -1;
    const length = lengths[w] ?? 0;
    for (let t = length - 1; t >= 0; t--) {
      ids[(layout.offsets[t] ?? 0) + place] = forward.ids[node] ?? 0;
      node = forward.parents[node] ?? -1;
    }
    const [first, last] = [place, (layout.offsets[length - 1] ?? 0) + place];
    lastRows[w] = last;
    lastRows[words + w] = first;
    wordsOfRows[last] = w;
    wordsOfRows[rows + first] = w;
  }
  return { layout, ids, lastRows, wordsOfRows };
}
