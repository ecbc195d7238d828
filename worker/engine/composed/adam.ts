/** AdamUpdate, composed: the weights' tensors get new numbers, as a tf.Variable does. */
import {
  add,
  addN,
  div,
  engine,
  gather,
  minimum,
  mul,
  reshape,
  scalar,
  sqrt,
  square,
  sub,
  sum,
  tensor1d,
  tensorScatterUpdate,
  tidy,
  zerosLike,
  type Scalar,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { AdamAttributes, AdamSettings, DenseUpdate, RowUpdate } from '../ops/adam.ts';

/** A weight, and its first and second moment. */
type Weight = [value: Tensor, first: Tensor, second: Tensor];

/** See ops/adam.ts. The weights and moments must be kept tensors (tf.keep): a tidy around the update must not own them. */
export function adamUpdate({ dense, rows, settings }: AdamAttributes): Scalar[] {
  const targets = [...dense.map(weightOf), ...rows.map(({ table, first, second }): Weight => [table, first, second])];
  const [norm, shareLoss, ...updated] = tidy(() => {
    const distances = dense.map(({ value, twin }) => twin && sub(value, twin));
    const gradients = dense.map((update, i) => wholeGradient(update, distances[i] ?? null, settings.shareWeight));
    const total = sqrt(sumOfSquares(gradients));
    const clip: Scalar = minimum(scalar(1), div(scalar(settings.clipNorm), add(total, scalar(1e-6))));
    const clipped = stepRates(settings, clip);
    const unclipped = stepRates(settings, scalar(1));
    const weights = [
      ...dense.map((update, i) => adam(weightOf(update), gradients[i] as Tensor, clipped(update.step))),
      ...rows.map((update) => rowUpdate(update, unclipped(update.step))),
    ];
    // Each pair is seen from both its sides.
    const shared: Scalar = mul(sumOfSquares(distances.filter((distance) => distance !== null)), scalar(0.5));
    return [total, shared, ...weights.flat()] as [Scalar, Scalar, ...Tensor[]];
  });
  for (const [i, target] of targets.flat().entries()) assign(target, updated[i] as Tensor);
  return [norm, shareLoss];
}

function weightOf({ value, first, second }: DenseUpdate): Weight {
  return [value, first, second];
}

/** As tf.Variable.assign, for any tensor: its old numbers are released, and it takes over those of `value`. */
export function assign(target: Tensor, value: Tensor): void {
  engine().disposeTensor(target);
  target.dataId = value.dataId;
  engine().incRef(target, engine().backend);
  value.dispose();
}

/** Of all numbers of all tensors. */
export function sumOfSquares(tensors: readonly Tensor[]): Scalar {
  return tensors.length > 0 ? addN(tensors.map((tensor) => sum<Scalar>(square(tensor)))) : scalar(0);
}

/** With the gradient of λ‖value − twin‖². */
export function wholeGradient(
  { value, gradient }: Pick<DenseUpdate, 'value' | 'gradient'>,
  distance: Tensor | null,
  shareWeight: number,
): Tensor {
  if (!distance) return gradient ?? zerosLike(value);
  const pull = mul(distance, scalar(2 * shareWeight));
  return gradient ? add(gradient, pull) : pull;
}

/** Adam's factors as tensors, for one step count; arranged so that few operations pass over the weights. */
interface Rates {
  readonly beta1: Scalar;
  readonly beta2: Scalar;
  /** (1 − β1) · clip and (1 − β2) · clip². */
  readonly toFirst: Scalar;
  readonly toSecond: Scalar;
  /** learningRate / (1 − β1^t) · √(1 − β2^t), and ε · √(1 − β2^t). */
  readonly rate: Scalar;
  readonly epsilon: Scalar;
}

/** The factors by step count; each is uploaded once an update. */
function stepRates({ learningRate, beta1, beta2, epsilon }: AdamSettings, clip: Scalar): (step: number) => Rates {
  const fixed = {
    beta1: scalar(beta1),
    beta2: scalar(beta2),
    toFirst: mul<Scalar>(scalar(1 - beta1), clip),
    toSecond: mul<Scalar>(scalar(1 - beta2), square(clip)),
  };
  const known = new Map<number, Rates>();
  return (step) => {
    const deviation = Math.sqrt(1 - beta2 ** step);
    const rates = known.get(step) ?? {
      ...fixed,
      rate: scalar((learningRate / (1 - beta1 ** step)) * deviation),
      epsilon: scalar(epsilon * deviation),
    };
    known.set(step, rates);
    return rates;
  };
}

/** The new weight and moments (Kingma and Ba 2014, §2, the efficient order of Algorithm 1). */
function adam([value, first, second]: Weight, gradient: Tensor, rates: Rates): Weight {
  return tidy((): Weight => {
    const m = add(mul(first, rates.beta1), mul(gradient, rates.toFirst));
    const v = add(mul(second, rates.beta2), mul(square(gradient), rates.toSecond));
    return [sub(value, div(mul(m, rates.rate), add(sqrt(v), rates.epsilon))), m, v];
  });
}

/** The same for the named rows of a table and of its moments. */
function rowUpdate({ table, first, second, rows, gradient }: RowUpdate, rates: Rates): Weight {
  const index = tensor1d(rows, 'int32');
  const places = reshape(index, [rows.length, 1]);
  const [value, m, v] = adam([gather(table, index), gather(first, index), gather(second, index)], gradient, rates);
  return [
    tensorScatterUpdate(table, places, value),
    tensorScatterUpdate(first, places, m),
    tensorScatterUpdate(second, places, v),
  ];
}
