/** Packed batches and character tries for operation tests, from plain lengths and words. */
import { characterTrie } from '../../../worker/data/batches.ts';
import type { CharacterTries, PackedRows } from '../../../worker/engine/ops/layout.ts';
import type { Vector } from '../reference-blocks.ts';

/** Lengths longest first. */
export function packedRows(lengths: readonly number[]): PackedRows {
  const steps = Int32Array.from({ length: lengths[0] ?? 0 }, (_, t) => lengths.filter((length) => length > t).length);
  return { rows: lengths.reduce((sum, length) => sum + length, 0), sentences: lengths.length, steps };
}

/** Row numbers of each sentence's tokens. */
export function sentenceRows({ sentences, steps }: PackedRows): number[][] {
  const found: number[][] = Array.from({ length: sentences }, () => []);
  let offset = 0;
  for (const active of steps) {
    for (let s = 0; s < active; s++) found[s]?.push(offset + s);
    offset += active;
  }
  return found;
}

/** Applies a function to every sentence's rows and puts the results back into packed order. */
export function bySentence(layout: PackedRows, all: readonly Vector[], run: (own: Vector[]) => Vector[]): Vector[] {
  const out: Vector[] = all.map(() => []);
  for (const numbers of sentenceRows(layout)) {
    const results = run(numbers.map((row) => all[row] ?? []));
    for (const [t, row] of numbers.entries()) out[row] = results[t] ?? [];
  }
  return out;
}

export function characterTries(words: readonly (readonly number[])[]): CharacterTries {
  const forms = words.map((word) => Int32Array.from(word));
  return {
    words: words.length,
    lengths: Int32Array.from(words, (word) => word.length),
    forward: characterTrie(forms, false),
    backward: characterTrie(forms, true),
  };
}
