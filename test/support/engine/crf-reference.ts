/** A linear-chain CRF in double precision, one sentence at a time: by all its paths, and by sums in logarithms. */
import type { Vector } from '../reference-blocks.ts';

/** Transitions [K+2][K] with −Infinity where not permitted; rows K and K+1 are start and end. */
export interface ReferenceCrf {
  readonly K: number;
  readonly transitions: readonly Vector[];
}

export function referenceCrf(transitions: readonly Vector[], permitted: Uint8Array): ReferenceCrf {
  const K = transitions.length - 2;
  return {
    K,
    transitions: transitions.map((row, from) => row.map((score, to) => (permitted[from * K + to] ? score : -Infinity))),
  };
}

const at = (matrix: readonly Vector[], row: number, column: number): number => matrix[row]?.[column] ?? NaN;

export function logSum(scores: readonly number[]): number {
  const top = Math.max(...scores);
  return top === -Infinity ? top : top + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - top), 0));
}

/** f(h, y). */
export function pathScore({ K, transitions }: ReferenceCrf, emissions: readonly Vector[], path: Vector): number {
  const inside = path.reduce(
    (sum, tag, t) => sum + at(emissions, t, tag) + at(transitions, t === 0 ? K : (path[t - 1] ?? NaN), tag),
    0,
  );
  return inside + at(transitions, K + 1, path.at(-1) ?? NaN);
}

/** Emissions with `cost` added to every tag that is not gold. */
export function withCost(emissions: readonly Vector[], gold: Vector, cost: number): Vector[] {
  return emissions.map((row, t) => row.map((score, tag) => (tag === gold[t] ? score : score + cost)));
}

/** Every path of a length, permitted or not. */
export function allPaths(K: number, length: number): number[][] {
  if (length === 0) return [[]];
  return allPaths(K, length - 1).flatMap((path) => Array.from({ length: K }, (_, tag) => [...path, tag]));
}

export interface ReferenceSums {
  readonly logPartition: number;
  /** [T][K]. */
  readonly marginals: Vector[];
  /** [K+2][K]: expected number of times each transition is taken. */
  readonly counts: number[][];
}

/** Log partition, marginals and expected transitions, by forward and backward sums. */
export function sums({ K, transitions }: ReferenceCrf, emissions: readonly Vector[]): ReferenceSums {
  const tags = Array.from({ length: K }, (_, tag) => tag);
  const T = emissions.length;
  const forward: number[][] = [];
  for (let t = 0; t < T; t++)
    forward.push(
      tags.map((tag) => {
        const before =
          t === 0
            ? at(transitions, K, tag)
            : logSum(tags.map((from) => at(forward, t - 1, from) + at(transitions, from, tag)));
        return before + at(emissions, t, tag);
      }),
    );
  const backward: number[][] = [];
  for (let t = T - 1; t >= 0; t--)
    backward[t] = tags.map((tag) =>
      t === T - 1
        ? at(transitions, K + 1, tag)
        : logSum(tags.map((to) => at(transitions, tag, to) + at(emissions, t + 1, to) + at(backward, t + 1, to))),
    );
  const logPartition = logSum(tags.map((tag) => at(forward, T - 1, tag) + at(transitions, K + 1, tag)));
  const marginals = forward.map((row, t) =>
    row.map((score, tag) => Math.exp(score + at(backward, t, tag) - logPartition)),
  );
  const counts = transitions.map((row, from) =>
    row.map((score, to) => {
      if (from === K) return at(marginals, 0, to);
      if (from === K + 1) return at(marginals, T - 1, to);
      let count = 0;
      for (let t = 1; t < T; t++)
        count += Math.exp(at(forward, t - 1, from) + score + at(emissions, t, to) + at(backward, t, to) - logPartition);
      return count;
    }),
  );
  return { logPartition, marginals, counts };
}

/** The best path, by dynamic programming; paths that tie differ only by rounding, so scores are compared, not paths. */
export function bestScore({ K, transitions }: ReferenceCrf, emissions: readonly Vector[]): number {
  const tags = Array.from({ length: K }, (_, tag) => tag);
  let best: number[] = tags.map((tag) => at(transitions, K, tag) + at(emissions, 0, tag));
  for (const row of emissions.slice(1)) {
    const before = best;
    best = tags.map(
      (tag) => Math.max(...tags.map((from) => (before[from] ?? NaN) + at(transitions, from, tag))) + (row[tag] ?? NaN),
    );
  }
  return Math.max(...tags.map((tag) => (best[tag] ?? NaN) + at(transitions, K + 1, tag)));
}
