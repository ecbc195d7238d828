/** Bootstrap of a study: test documents and seeds are drawn anew, and every cell's mean strict micro F1, or accuracy, is computed on the same draw. */
import { deriveSeed, seededRandom } from './random.ts';
import type { Figure } from './figures.ts';
import type { LabelCountRow } from './study.ts';

/** One training's hits by test document. */
export interface CellTrial {
  readonly seed: number;
  readonly documents: readonly (readonly LabelCountRow[])[];
}

/** Trainings that differ in their seed alone, such as one recipe at one fraction. */
export interface Cell {
  readonly trials: readonly CellTrial[];
}

export interface StudyDraws {
  readonly documents: number;
  /** Mean over the seeds of each cell, as observed. */
  readonly observed: Float64Array;
  /** `draws[d]` holds the mean of every cell in draw d. */
  readonly draws: readonly Float64Array[];
}

const defaultDraws = 2000;

/**
 * Each draw takes as many test documents as there are, with replacement, and as many seeds as there are, with replacement; both are the
 * same for all cells, so that differences between cells are paired: what makes a document hard, or a seed's choice of training notes
 * lucky, cancels out. With one seed nothing is said of others. All trials must be scored on the same documents, in the same order.
 */
export function drawStudy(
  cells: readonly Cell[],
  { draws = defaultDraws, seed = 1, figure = 'f1' }: { draws?: number; seed?: number; figure?: Figure } = {},
): StudyDraws {
  const pooled = cells.map(({ trials }) => trials.map((trial) => ({ seed: trial.seed, counts: pooledCounts(trial) })));
  const documents = cells[0]?.trials[0]?.documents.length ?? 0;
  const seeds = [...new Set(cells.flatMap(({ trials }) => trials.map((trial) => trial.seed)))];
  const once = new Int32Array(documents).fill(1);
  const everySeed = new Map(seeds.map((value) => [value, 1]));
  const means = (times: Int32Array, weights: ReadonlyMap<number, number>): Float64Array =>
    Float64Array.from(pooled, (trials) => meanFigure(trials, times, weights, figure));
  const random = seededRandom(deriveSeed(seed, 'study'));
  const pick = (count: number): number => Math.floor(random.next() * count);
  return {
    documents,
    observed: means(once, everySeed),
    draws: Array.from({ length: draws }, () => {
      const times = new Int32Array(documents);
      for (let i = 0; i < documents; i++) {
        const d = pick(documents);
        times[d] = (times[d] ?? 0) + 1;
      }
      const weights = new Map<number, number>();
      for (let i = 0; i < seeds.length; i++) {
        const drawn = seeds[pick(seeds.length)] ?? 0;
        weights.set(drawn, (weights.get(drawn) ?? 0) + 1);
      }
      return means(times, weights);
    }),
  };
}

interface PooledTrial {
  readonly seed: number;
  readonly counts: Float64Array;
}

/** Gold, predicted and strictly matched spans of all labels: three numbers a document. */
function pooledCounts({ documents }: CellTrial): Float64Array {
  const counts = new Float64Array(documents.length * 3);
  for (const [d, labels] of documents.entries()) {
    for (const [, gold, predicted, strict] of labels) {
      counts[d * 3] = (counts[d * 3] ?? 0) + gold;
      counts[d * 3 + 1] = (counts[d * 3 + 1] ?? 0) + predicted;
      counts[d * 3 + 2] = (counts[d * 3 + 2] ?? 0) + strict;
    }
  }
  return counts;
}

/** The cell's mean with each seed taken so often; all its seeds once where it has none of those drawn. */
function meanFigure(
  trials: readonly PooledTrial[],
  times: Int32Array,
  weights: ReadonlyMap<number, number>,
  figure: Figure,
): number {
  const isDrawn = trials.some(({ seed }) => weights.has(seed));
  let [sum, weight] = [0, 0];
  for (const { seed, counts } of trials) {
    const taken = isDrawn ? (weights.get(seed) ?? 0) : 1;
    if (taken === 0) continue;
    sum += taken * pooledFigure(counts, times, figure);
    weight += taken;
  }
  return weight === 0 ? 0 : sum / weight;
}

/** Strict micro F1, or its recall, which is the accuracy where each token has a class. */
function pooledFigure(counts: Float64Array, times: Int32Array, figure: Figure): number {
  let [gold, predicted, strict] = [0, 0, 0];
  for (let d = 0; d < times.length; d++) {
    const weight = times[d] ?? 0;
    if (weight === 0) continue;
    gold += weight * (counts[d * 3] ?? 0);
    predicted += weight * (counts[d * 3 + 1] ?? 0);
    strict += weight * (counts[d * 3 + 2] ?? 0);
  }
  if (figure === 'accuracy') return gold === 0 ? 0 : strict / gold;
  return gold + predicted === 0 ? 0 : (2 * strict) / (gold + predicted);
}
