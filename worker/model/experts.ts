/** A mixture of experts over private features, one expert a source, weighed token by token by a gate (a variant of Chen et al. 2019, of which we have the abstract). */
import {
  add,
  concat,
  customGrad,
  div,
  exp,
  matMul,
  mul,
  scalar,
  slice,
  sub,
  sum,
  tanh,
  tensor2d,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { tagLoss } from '../engine/ops/loss.ts';
import { noDropout } from '../engine/ops/rows.ts';
import { parameter, uniform, type Initial, type Parameters } from './parameters.ts';

const gate = 'shared/wordEncoder/expertGate';
const expert = (source: string): string => `shared/wordEncoder/expert/${source}`;

/** How experts [I,M] and their gate [I,S] start. A single expert has no gate: all is its own. */
export function expertInitials(sources: readonly string[], I: number, M: number): [path: string, initial: Initial][] {
  const gates = sources.length < 2 ? [] : [gate];
  return [
    ...sources.map((source) => [expert(source), M] as const),
    ...gates.map((path) => [path, sources.length] as const),
  ].flatMap(([path, width]): [string, Initial][] => [
    [`${path}/kernel`, uniform([I, width], I)],
    [`${path}/bias`, uniform([width], I)],
  ]);
}

/**
 * What the experts make of private features [N,I]: Σ_s g_s·tanh(E_s·h + b_s), [N,M]. Every expert is asked at every token, of a source
 * as of the target; g is the gate's.
 */
export function mixExperts(parameters: Parameters, sources: readonly string[], features: Tensor2D): Tensor2D {
  const [kernels, biases] = ['kernel', 'bias'].map((part) =>
    sources.map((source) => parameter<Tensor>(parameters, `${expert(source)}/${part}`)),
  ) as [Tensor2D[], Tensor1D[]];
  const opinions = kernels.map((kernel, s) => tanh<Tensor2D>(add(matMul(features, kernel), biases[s] as Tensor1D)));
  const shares = expertShares(parameters, sources, features);
  if (shares === null) return opinions[0] as Tensor2D;
  const M = kernels[0]?.shape[1] ?? 0;
  const weighed = opinions.map((opinion, s) => mul<Tensor2D>(opinion, matMul(slice(shares, [0, s], [-1, 1]), ones(M))));
  return weighed.reduce((sum, next) => add(sum, next));
}

/** The gate: each source's share at each token, [N,S], a softmax; null where there is one source alone. */
export function expertShares(parameters: Parameters, sources: readonly string[], features: Tensor2D): Tensor2D | null {
  if (sources.length < 2) return null;
  const scores: Tensor2D = matMul(features, parameter<Tensor2D>(parameters, `${gate}/kernel`));
  return softmaxRows(add(scores, parameter<Tensor1D>(parameters, `${gate}/bias`)));
}

/** The gate's loss at a batch of one source: −log g_s, the mean over its tokens; null where there is no gate. `source` counts among the sources. */
export function gateLoss(
  parameters: Parameters,
  sources: readonly string[],
  source: number,
  features: Tensor2D,
): Scalar | null {
  if (sources.length < 2) return null;
  const [kernel, bias] = [
    parameter<Tensor2D>(parameters, `${gate}/kernel`),
    parameter<Tensor1D>(parameters, `${gate}/bias`),
  ];
  return tagLoss(features, kernel, bias, new Int32Array(features.shape[0]).fill(source), noDropout);
}

/** exp(x_i) / Σ_j exp(x_j) in each row, as 1 / Σ_j exp(x_j − x_i): safe for scores of any size, and made of operations that every backend has. */
const softmaxRows = customGrad((given, save) => {
  const x = given as Tensor2D;
  const S = x.shape[1];
  const columns = Array.from({ length: S }, (_, i) => {
    const own = matMul<Tensor2D>(slice(x, [0, i], [-1, 1]), ones(S));
    return div<Tensor2D>(scalar(1), sum(exp(sub(x, own)), 1, true));
  });
  const shares: Tensor2D = concat(columns, 1);
  (save as (tensors: Tensor[]) => void)([shares]);
  return {
    value: shares,
    gradFunc: (dy, saved) => {
      const [g] = saved as [Tensor2D];
      const weighed = mul<Tensor2D>(dy, g);
      return [sub(weighed, mul(g, matMul<Tensor2D>(sum(weighed, 1, true), ones(S))))];
    },
  };
}) as (x: Tensor2D) => Tensor2D;

function ones(columns: number): Tensor2D {
  return tensor2d(new Float32Array(columns).fill(1), [1, columns]);
}
