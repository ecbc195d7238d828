/** Asynchronous successive halving: after which epochs trials are compared, and which of them are then not worth going on with. */
import { z } from 'zod';

/** `leastEpochs` is the first rung; each later one has `factor` times its epochs. */
export const halvingSchema = z.strictObject({
  leastEpochs: z.int().min(1).max(10000).default(3),
  factor: z.int().min(2).max(10).default(3),
});
export type Halving = z.infer<typeof halvingSchema>;

/** A trial as it is compared: its score after each epoch, and whether it has ended by itself. */
export interface ComparedTrial {
  readonly curve: readonly number[];
  readonly isDone: boolean;
}

/** Epochs after which trials of at most `epochs` are compared; none at the end, where there is nothing to save (Li et al. 2020, §3.1). */
export function rungsOf({ leastEpochs, factor }: Halving, epochs: number): number[] {
  const rungs: number[] = [];
  for (let rung = leastEpochs; rung < epochs; rung *= factor) rungs.push(rung);
  return rungs;
}

/** The best score of the first `epochs`; 0 before there is one. */
export function bestWithin(curve: readonly number[], epochs: number = curve.length): number {
  return curve.slice(0, epochs).reduce((best, score) => Math.max(best, score), 0);
}

/**
 * Whether a trial that has just reached a rung is below the best 1/`factor` of all that have reached it so far, itself included (Li et al. 2020,
 * "A System for Massively Parallel Hyperparameter Tuning", Algorithm 2, as a rule for stopping). Trials never wait for each other.
 * Scores are the best so far, a trial that ended by itself before the rung keeps its last.
 * Our choice: fewer than `factor` trials say nothing, and a tie goes on.
 */
export function isHopeless(
  curve: readonly number[],
  others: readonly ComparedTrial[],
  halving: Halving,
  epochs: number,
): boolean {
  const rung = curve.length;
  if (!rungsOf(halving, epochs).includes(rung)) return false;
  const own = bestWithin(curve);
  const reached = others.filter((trial) => trial.isDone || trial.curve.length >= rung);
  const scores = [own, ...reached.map((trial) => bestWithin(trial.curve, rung))].sort((a, b) => b - a);
  if (scores.length < halving.factor) return false;
  return own < (scores[Math.floor(scores.length / halving.factor) - 1] ?? 0);
}
