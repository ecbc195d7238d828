/** The reference's encoders: both directions, several layers, LSTMs or GRUs, and the CNN over characters. */
import type { Recipe } from '../../worker/domain/recipe.ts';
import { biGru } from './engine/gru-reference.ts';
import {
  addVectors,
  concatenate,
  lstmStates,
  lstmStep,
  rows,
  sigmoid,
  times,
  weight,
  zeroState,
  type Vector,
  type Weights,
} from './reference-blocks.ts';

/** Both directions at every token (TTN: h_t = [→h_t ‖ ←h_t]). */
export function biLstm(weights: Weights, copy: string, inputs: readonly Vector[]): Vector[] {
  const forward = lstmStates(weights, `${copy}/forward`, inputs);
  const backward = lstmStates(weights, `${copy}/backward`, inputs.toReversed()).toReversed();
  return forward.map((state, t) => concatenate(state, backward[t] ?? []));
}

/** The last states of both directions over a word's characters (TTN §"Encoders": h_c = [→h_l ‖ ←h_l]). */
export function characterStates(weights: Weights, copy: string, characters: readonly Vector[]): Vector {
  return ends(biLstm(weights, copy, characters));
}

/** The forward half of the last state, and the backward half of the first. */
function ends(states: readonly Vector[]): Vector {
  const half = (states[0]?.length ?? 0) / 2;
  return concatenate((states.at(-1) ?? []).slice(0, half), (states[0] ?? []).slice(half));
}

/** The last of several bidirectional layers at every token. */
export function stack(
  weights: Weights,
  { kind, layers }: Recipe['wordEncoder'],
  copy: string,
  inputs: readonly Vector[],
): Vector[] {
  const layer = (path: string, x: readonly Vector[]): Vector[] =>
    kind === 'gru' ? biGru(weights, path, x) : biLstm(weights, path, x);
  if (layers === 0) return [...inputs];
  let states = layer(copy, inputs);
  for (let i = 2; i <= layers; i++) states = layer(`${copy}/layer${i}`, states);
  return states;
}

/** Both directions of a shared cell with a task's output gates: h and q^k of each (SC-LSTM Eq. 1–3). */
export function sharedCellStates(weights: Weights, copy: string, gate: string, inputs: readonly Vector[]): Vector[] {
  const one = (direction: string, own: readonly Vector[]): Vector[] => {
    const [path, gatePath] = [`${copy}/${direction}`, `${gate}/${direction}`];
    const bias = rows(weight(weights, `${gatePath}/bias`))[0] ?? [];
    let state = zeroState(weights, path);
    let q: Vector = bias.map(() => 0);
    return own.map((x) => {
      state = lstmStep(weights, path, x, state);
      const read = addVectors(times(q, weight(weights, `${gatePath}/recurrent`)), bias);
      const open = addVectors(times(x, weight(weights, `${gatePath}/kernel`)), read).map(sigmoid);
      q = open.map((o, i) => o * Math.tanh(state.cell[i] ?? NaN));
      return concatenate(state.hidden, q);
    });
  };
  const forward = one('forward', inputs);
  const backward = one('backward', inputs.toReversed()).toReversed();
  return forward.map((state, t) => concatenate(state, backward[t] ?? []));
}

/** A word's encoding from its characters' embeddings. */
export function characterVector(
  weights: Weights,
  { kind, layers, hiddenSize }: Recipe['characterEncoder'],
  copy: string,
  characters: readonly Vector[],
): Vector {
  if (kind !== 'cnn') return ends(stack(weights, { kind, layers, hiddenSize }, copy, characters));
  const outside = rows(weight(weights, 'shared/characterEmbedding')).at(-1) ?? [];
  const bias = rows(weight(weights, `${copy}/bias`))[0] ?? [];
  const filtered = characters.map((own, i) => {
    const window = [characters[i - 1] ?? outside, own, characters[i + 1] ?? outside].flat();
    return addVectors(times(window, weight(weights, `${copy}/kernel`)), bias);
  });
  return filtered.reduce((most, values) => most.map((value, i) => Math.max(value, values[i] ?? NaN)));
}
