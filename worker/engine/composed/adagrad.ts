/** AdagradUpdate, composed: the weights' tensors get new numbers, as a tf.Variable does. */
import {
  add,
  div,
  gather,
  minimum,
  mul,
  reshape,
  scalar,
  sqrt,
  square,
  sub,
  tensor1d,
  tensorScatterUpdate,
  tidy,
  type Scalar,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { AdagradAttributes, AdagradRows, AdagradSettings } from '../ops/adagrad.ts';
import { assign, sumOfSquares, wholeGradient } from './adam.ts';

/** A weight and the sum of its squared gradients. */
type Weight = [value: Tensor, squares: Tensor];

/** See ops/adagrad.ts. The weights and sums must be kept tensors (tf.keep): a tidy around the update must not own them. */
export function adagradUpdate({ dense, rows, settings }: AdagradAttributes): Scalar[] {
  const targets = [
    ...dense.map(({ value, squares }): Weight => [value, squares]),
    ...rows.map(({ table, squares }): Weight => [table, squares]),
  ];
  const [norm, shareLoss, ...updated] = tidy(() => {
    const distances = dense.map(({ value, twin }) => twin && sub(value, twin));
    const gradients = dense.map((update, i) => wholeGradient(update, distances[i] ?? null, settings.shareWeight));
    const total = sqrt(sumOfSquares(gradients));
    const clip: Scalar = minimum(scalar(1), div(scalar(settings.clipNorm), add(total, scalar(1e-6))));
    const weights = [
      ...dense.map(({ value, squares }, i) => adagrad([value, squares], mul(gradients[i] as Tensor, clip), settings)),
      ...rows.map((update) => rowUpdate(update, settings)),
    ];
    // Each pair is seen from both its sides.
    const shared: Scalar = mul(sumOfSquares(distances.filter((distance) => distance !== null)), scalar(0.5));
    return [total, shared, ...weights.flat()] as [Scalar, Scalar, ...Tensor[]];
  });
  for (const [i, target] of targets.flat().entries()) assign(target, updated[i] as Tensor);
  return [norm, shareLoss];
}

function adagrad([value, squares]: Weight, gradient: Tensor, { learningRate, epsilon }: AdagradSettings): Weight {
  const total = add(squares, square(gradient));
  return [sub(value, div(mul(gradient, scalar(learningRate)), add(sqrt(total), scalar(epsilon)))), total];
}

/** The same for the named rows of a table and of its sums. */
function rowUpdate({ table, squares, rows, gradient }: AdagradRows, settings: AdagradSettings): Weight {
  const index = tensor1d(rows, 'int32');
  const places = reshape(index, [rows.length, 1]);
  const [value, total] = adagrad([gather(table, index), gather(squares, index)], gradient, settings);
  return [tensorScatterUpdate(table, places, value), tensorScatterUpdate(squares, places, total)];
}
