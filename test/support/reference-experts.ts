/** The mixture of experts, its gate and the critic of tasks in double precision, one token at a time. */
import { addVectors, rows, times, weight, type Vector, type Weights } from './reference-blocks.ts';

function affine(weights: Weights, path: string, x: Vector): Vector {
  return addVectors(times(x, weight(weights, `${path}/kernel`)), rows(weight(weights, `${path}/bias`))[0] ?? []);
}

function softmax(scores: Vector): Vector {
  const exponentials = scores.map((score) => Math.exp(score - Math.max(...scores)));
  const all = exponentials.reduce((sum, value) => sum + value, 0);
  return exponentials.map((value) => value / all);
}

/** The gate's share of each source; of a single one all. */
export function sharesOf(weights: Weights, sources: readonly string[], own: Vector): Vector {
  return sources.length < 2 ? [1] : softmax(affine(weights, 'shared/wordEncoder/expertGate', own));
}

/** Σ g_s·tanh(E_s·h + b_s). */
export function expertMix(weights: Weights, sources: readonly string[], own: Vector): Vector {
  const shares = sharesOf(weights, sources, own);
  return sources
    .map((source, s): Vector =>
      affine(weights, `shared/wordEncoder/expert/${source}`, own).map((value) => Math.tanh(value) * (shares[s] ?? NaN)),
    )
    .reduce(addVectors);
}

/** What the critic wants small at one token of task `task` (see worker/model/discriminator.ts). */
export function criticTokenLoss(weights: Weights, kind: 'nll' | 'wgan', shared: Vector, task: number): number {
  const scores = affine(weights, 'critic/output', affine(weights, 'critic/hidden', shared).map(Math.tanh));
  if (kind === 'nll') return -Math.log(softmax(scores)[task] ?? NaN);
  const others = scores.filter((_, k) => k !== task);
  return others.reduce((sum, score) => sum + score, 0) / others.length - (scores[task] ?? NaN);
}
