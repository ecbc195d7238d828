/** The critic that tells tasks apart by the shared features, and what those gain by deceiving it (MAN-MoE's adversarial part, a variant). */
import {
  add,
  matMul,
  reshape,
  tanh,
  tensor2d,
  type Rank,
  type Scalar,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { tagLoss } from '../engine/ops/loss.ts';
import { noDropout } from '../engine/ops/rows.ts';
import { parameter, uniform, type Initial, type Parameters } from './parameters.ts';

/** Whose weights these are: no task trains them, and no model file keeps them. */
const owner = 'critic';

/** nll: a classifier of tasks. wgan: a score a task, the farther apart the better (Arjovsky et al. 2017, for several tasks our choice). */
export type CriticKind = 'nll' | 'wgan';

/** How a critic of features [N,I] with C hidden units and K tasks starts. */
export function criticInitials(I: number, C: number, K: number): [path: string, initial: Initial][] {
  return [
    [`${owner}/hidden/kernel`, uniform([I, C], I)],
    [`${owner}/hidden/bias`, uniform([C], I)],
    [`${owner}/output/kernel`, uniform([C, K], C)],
    [`${owner}/output/bias`, uniform([K], C)],
  ];
}

/** Is this one of the critic's weights? */
export function isCritic(path: string): boolean {
  return path.startsWith(`${owner}/`);
}

/** Has this shared weight a part in what the critic sees? A batch without tags trains no other. */
export function isSeenByCritic(path: string): boolean {
  return !/^shared\/(decoder|wordEncoder\/(private|expert))/.test(path);
}

/**
 * What the critic wants small, where `tasks` [N] is whose each token is. nll: −log p(task), the mean over tokens. wgan: minus the distance
 * of a token's own score from the mean of the others', the mean over tokens. The encoder wants the same large.
 */
export function criticLoss(parameters: Parameters, kind: CriticKind, features: Tensor2D, tasks: Int32Array): Scalar {
  const weights = (path: string): Tensor2D => parameter<Tensor2D>(parameters, `${owner}/${path}/kernel`);
  const bias = (path: string): Tensor1D => parameter<Tensor1D>(parameters, `${owner}/${path}/bias`);
  const hidden: Tensor2D = tanh(add(matMul(features, weights('hidden')), bias('hidden')));
  if (kind === 'nll') return tagLoss(hidden, weights('output'), bias('output'), tasks, noDropout);
  const scores: Tensor2D = add(matMul(hidden, weights('output')), bias('output'));
  const one: Tensor2D = matMul(reshape<Rank.R2>(scores, [1, -1]), distances(tasks, scores.shape[1]));
  return reshape<Rank.R0>(one, []);
}

/** For each token −1/N at its own task and 1/(N(K−1)) at the others, [N·K,1]. */
function distances(tasks: Int32Array, K: number): Tensor2D {
  const [N, others] = [tasks.length, Math.max(1, K - 1)];
  const values = new Float32Array(N * K).fill(1 / (N * others));
  for (const [row, task] of tasks.entries()) values[row * K + task] = -1 / N;
  return tensor2d(values, [N * K, 1]);
}
