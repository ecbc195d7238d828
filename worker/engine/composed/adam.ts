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

/** A weight or a moment, and the tensor whose numbers it is to take. */
interface Assignment {
  readonly target: Tensor;
  readonly value: Tensor;
}

/** See ops/adam.ts. The weights and moments must be kept tensors (tf.keep): a tidy around the update must not own them. */
export function adamUpdate({ dense, rows, settings }: AdamAttributes): Scalar[] {
  const assignments: Assignment[] = [];
  const [norm, shareLoss] = tidy(() => {
    const shared = shareLossOf(dense);
    const gradients = dense.map((update) => wholeGradient(update, settings.shareWeight));
    const squares = gradients.map((gradient) => sum(square(gradient)) as Scalar);
    const total = squares.length > 0 ? sqrt(addN(squares)) : scalar(0);
    const clip: Scalar = minimum(scalar(1), div(scalar(settings.clipNorm), add(total, scalar(1e-6))));
    const rates = stepRates(settings);
    for (const [i, { value, first, second, step }] of dense.entries()) {
      const moved = adam(value, mul(gradients[i] as Tensor, clip), first, second, rates(step));
      assignments.push(...assigned([value, first, second], moved));
    }
    for (const update of rows) assignments.push(...rowAssignments(update, rates(update.step)));
    // Returned with the report, so that the tidy leaves them.
    return [total, shared, ...assignments.map(({ value }) => value)] as [Scalar, Scalar, ...Tensor[]];
  });
  for (const { target, value } of assignments) {
    assign(target, value);
    value.dispose();
  }
  return [norm, shareLoss];
}

/** As tf.Variable.assign, for any tensor: the old numbers are released, the new ones shared. */
function assign(target: Tensor, value: Tensor): void {
  engine().disposeTensor(target);
  target.dataId = value.dataId;
  engine().incRef(target, engine().backend);
}

function assigned(targets: readonly Tensor[], values: readonly Tensor[]): Assignment[] {
  return targets.map((target, i) => ({ target, value: values[i] as Tensor }));
}

/** L_share: each pair is seen from both its sides. */
function shareLossOf(dense: readonly DenseUpdate[]): Scalar {
  const distances = dense.flatMap(({ value, twin }) => (twin ? [sum(square(sub(value, twin)))] : []));
  return distances.length > 0 ? mul(addN(distances), scalar(0.5)) : scalar(0);
}

/** With the gradient of λ‖value − twin‖². */
function wholeGradient({ value, gradient, twin }: DenseUpdate, shareWeight: number): Tensor {
  if (!twin) return gradient ?? zerosLike(value);
  const pull = mul(sub(value, twin), scalar(2 * shareWeight));
  return gradient ? add(gradient, pull) : pull;
}

/** Adam's factors as tensors, for one step count. */
interface Rates {
  readonly beta1: Scalar;
  readonly rest1: Scalar;
  readonly beta2: Scalar;
  readonly rest2: Scalar;
  /** learningRate / (1 − β1^t). */
  readonly rate: Scalar;
  /** 1 / √(1 − β2^t). */
  readonly root: Scalar;
  readonly epsilon: Scalar;
}

/** The factors by step count; each is uploaded once an update. */
function stepRates({ learningRate, beta1, beta2, epsilon }: AdamSettings): (step: number) => Rates {
  const fixed = {
    beta1: scalar(beta1),
    rest1: scalar(1 - beta1),
    beta2: scalar(beta2),
    rest2: scalar(1 - beta2),
    epsilon: scalar(epsilon),
  };
  const known = new Map<number, Rates>();
  return (step) => {
    const rates = known.get(step) ?? {
      ...fixed,
      rate: scalar(learningRate / (1 - beta1 ** step)),
      root: scalar(1 / Math.sqrt(1 - beta2 ** step)),
    };
    known.set(step, rates);
    return rates;
  };
}

/** The new value and moments (Kingma and Ba 2014, Algorithm 1). */
function adam(value: Tensor, gradient: Tensor, first: Tensor, second: Tensor, rates: Rates): Tensor[] {
  return tidy(() => {
    const m = add(mul(first, rates.beta1), mul(gradient, rates.rest1));
    const v = add(mul(second, rates.beta2), mul(square(gradient), rates.rest2));
    const deviation = add(mul(sqrt(v), rates.root), rates.epsilon);
    return [sub(value, div(mul(m, rates.rate), deviation)), m, v];
  });
}

/** The same for the named rows of a table and of its moments. */
function rowAssignments({ table, first, second, rows, gradient }: RowUpdate, rates: Rates): Assignment[] {
  const index = tensor1d(rows, 'int32');
  const targets = [table, first, second];
  const [value, m, v] = targets.map((target) => gather(target, index)) as [Tensor, Tensor, Tensor];
  const places = reshape(index, [rows.length, 1]);
  const moved = adam(value, gradient, m, v, rates).map((part, i) =>
    tensorScatterUpdate(targets[i] as Tensor, places, part),
  );
  return assigned(targets, moved);
}
