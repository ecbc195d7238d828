/** Fused row operations: gather two tables side by side with dropout, and the mean character embedding of words. */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { registerFusedGradient, runFusedSingle } from './kernel-call.ts';
import type { CharacterTries } from './layout.ts';

/** Dropout of one part: inverted, with a draw that depends on the seed and the position alone. Rate 0 is no dropout. */
export interface Dropout {
  readonly rate: number;
  readonly seed: number;
}
export const noDropout: Dropout = { rate: 0, seed: 0 };

/** One part of a join: its rows are picked by `index` (null: in order), its numbers dropped independently a row. */
export interface JoinPart {
  readonly table: Tensor2D;
  readonly index: Int32Array | null;
  readonly dropout: Dropout;
}

export interface JoinAttributes {
  readonly rows: number;
  readonly parts: readonly { rows: number; columns: number; index: Int32Array | null; dropout: Dropout }[];
  saved: unknown;
}

/** out[n] = [left[index[n]] ∘ mask ‖ right[index[n]] ∘ mask], shape [rows, left + right]. */
export function joinRows(left: JoinPart, right: JoinPart, rows: number): Tensor2D {
  const parts = [left, right].map(({ table, index, dropout }) => ({
    rows: table.shape[0],
    columns: table.shape[1],
    index,
    dropout,
  }));
  const attributes: JoinAttributes = { rows, parts, saved: null };
  return runFusedSingle('JoinRows', { left: left.table, right: right.table }, attributes) as Tensor2D;
}

/** out[n] = table[index[n]] ∘ mask; without an index the rows in their order. A join of one part. */
export function dropRows(table: Tensor2D, index: Int32Array | null, dropout: Dropout): Tensor2D {
  if (index === null && dropout.rate === 0) return table;
  const [rows, columns] = table.shape;
  const attributes: JoinAttributes = {
    rows: index?.length ?? rows,
    parts: [{ rows, columns, index, dropout }],
    saved: null,
  };
  return runFusedSingle('JoinRows', { left: table }, attributes) as Tensor2D;
}

export interface CharacterMeanAttributes {
  readonly tries: CharacterTries;
  readonly alphabet: number;
  readonly size: number;
  saved: unknown;
}

/** Mean embedding of each distinct word's characters, [W,E]: a_target of the character component (our choice, see DECISIONS). */
export function characterMean(embedding: Tensor2D, tries: CharacterTries): Tensor2D {
  const attributes: CharacterMeanAttributes = {
    tries,
    alphabet: embedding.shape[0],
    size: embedding.shape[1],
    saved: null,
  };
  return runFusedSingle('CharacterMean', { embedding }, attributes) as Tensor2D;
}

export function registerRowGradients(): void {
  registerFusedGradient('JoinRows', () => ['left', 'right']);
  registerFusedGradient('CharacterMean', () => ['embedding']);
}
