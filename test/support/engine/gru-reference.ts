/** A GRU in double precision, one sequence at a time: Yang 2017 §3.4 with biases. */
import {
  addVectors,
  mixed,
  rows,
  sigmoid,
  times,
  weight,
  type Matrix,
  type Vector,
  type Weights,
} from '../reference-blocks.ts';

/** The hidden states of a GRU that starts from zeros; gates side by side in the order r, z, h̃. */
export function gruStates(weights: Weights, path: string, inputs: readonly Vector[]): Vector[] {
  const [kernel, recurrent, bias] = ['kernel', 'recurrent', 'bias'].map((name) =>
    weight(weights, `${path}/${name}`),
  ) as [Matrix, Matrix, Matrix];
  const H = recurrent.columns / 3;
  const gate = (all: Vector, number: number): Vector => all.slice(number * H, (number + 1) * H);
  let hidden: Vector = new Array<number>(H).fill(0);
  return inputs.map((x) => {
    const fromInput = addVectors(times(x, kernel), rows(bias)[0] ?? []);
    const both = addVectors(fromInput, times(hidden, recurrent));
    const [reset, update] = [gate(both, 0).map(sigmoid), gate(both, 1).map(sigmoid)];
    const left = hidden.map((h, i) => h * (reset[i] ?? NaN));
    const candidate = addVectors(gate(fromInput, 2), gate(times(left, recurrent), 2)).map(Math.tanh);
    hidden = mixed(update, hidden, candidate);
    return hidden;
  });
}

/** Both directions side by side. */
export function biGru(weights: Weights, path: string, inputs: readonly Vector[]): Vector[] {
  const forward = gruStates(weights, `${path}/forward`, inputs);
  const backward = gruStates(weights, `${path}/backward`, [...inputs].reverse()).reverse();
  return forward.map((h, t) => [...h, ...(backward[t] ?? [])]);
}
