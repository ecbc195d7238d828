/** A packed batch as the LSTM shaders read it: index tables made on the CPU once a pass. */
import type { PackedRows } from '../ops/layout.ts';

export interface SequenceLayout {
  /** N. */
  readonly rows: number;
  readonly sentences: number;
  /** Tokens of the longest sentence. */
  readonly longest: number;
  /** Tokens of each sentence, decreasing. */
  readonly lengths: Int32Array;
  /** The row of the first sentence at each token. */
  readonly offsets: Int32Array;
}

export function sequenceLayout({ rows, sentences, steps }: PackedRows): SequenceLayout {
  const lengths = new Int32Array(sentences);
  const offsets = new Int32Array(steps.length);
  let offset = 0;
  for (const [t, active] of steps.entries()) {
    offsets[t] = offset;
    offset += active;
    for (let s = 0; s < active; s++) lengths[s] = t + 1;
  }
  return { rows, sentences, longest: steps.length, lengths, offsets };
}

/** The table that the shaders call `places`: lengths, offsets, and the source of each row (its own number where null). */
export function layoutTable({ rows, lengths, offsets }: SequenceLayout, sources: Int32Array | null): Int32Array {
  const table = new Int32Array(lengths.length + offsets.length + rows);
  table.set(lengths);
  table.set(offsets, lengths.length);
  table.set(sources ?? Int32Array.from({ length: rows }, (_, row) => row), lengths.length + offsets.length);
  return table;
}

/** For each direction and row, [directions · N], the row read before it; −1 where a sentence begins to be read. */
export function rowsBefore({ rows, lengths, offsets }: SequenceLayout, directions: number): Int32Array {
  const before = new Int32Array(directions * rows).fill(-1);
  for (const [s, length] of lengths.entries()) {
    for (let t = 1; t < length; t++) {
      const [earlier, later] = [(offsets[t - 1] ?? 0) + s, (offsets[t] ?? 0) + s];
      before[later] = earlier;
      if (directions === 2) before[rows + earlier] = later;
    }
  }
  return before;
}
