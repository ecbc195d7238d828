/** The papers' tagger once more, in double precision and one sentence at a time: what the engine's numbers are checked against. */
import type { Role } from '../../worker/domain/document.ts';
import type { Component, Recipe } from '../../worker/domain/recipe.ts';
import {
  addVectors,
  concatenate,
  embeddingRow,
  lstmStates,
  lstmStep,
  mixed,
  rows,
  sigmoid,
  times,
  weight,
  zeroState,
  type LstmState,
  type Vector,
  type Weights,
} from './reference-blocks.ts';

export interface ReferenceModel {
  readonly recipe: Recipe;
  readonly weights: Weights;
}

/** One sentence as numbers: a word and its characters for each token, and the gold tags. */
export interface ReferenceSentence {
  readonly words: readonly number[];
  readonly characters: readonly (readonly number[])[];
  readonly tags: readonly number[];
}

/** The last states of both directions over a word's characters (TTN §"Encoders": h_c = [→h_l ‖ ←h_l]). */
export function characterStates(weights: Weights, copy: string, characters: readonly Vector[]): Vector {
  const forward = lstmStates(weights, `${copy}/forward`, characters).at(-1);
  const backward = lstmStates(weights, `${copy}/backward`, characters.toReversed()).at(-1);
  return concatenate(forward ?? [], backward ?? []);
}

/** Both directions at every token (TTN: h_t = [→h_t ‖ ←h_t]). */
export function biLstm(weights: Weights, copy: string, inputs: readonly Vector[]): Vector[] {
  const forward = lstmStates(weights, `${copy}/forward`, inputs);
  const backward = lstmStates(weights, `${copy}/backward`, inputs.toReversed()).toReversed();
  return forward.map((state, t) => concatenate(state, backward[t] ?? []));
}

export function meanOf(vectors: readonly Vector[]): Vector {
  return vectors.reduce(addVectors).map((sum) => sum / vectors.length);
}

/** DTN Eq. 1 and 2. */
export function sharedOutput(weights: Weights, gate: string, soft: Vector, hard: Vector, a: Vector): Vector {
  const [kernel, O] = [weight(weights, `${gate}/kernel`), soft.length];
  const Q = times(soft, kernel);
  const R = times(hard, kernel, O);
  const S = times(a, kernel, 2 * O);
  const g1 = [Q, R, S, rows(weight(weights, `${gate}/bias`))[0] ?? []].reduce(addVectors).map(sigmoid);
  return mixed(g1, soft, hard);
}

/** DTN Eq. 3 and 4. */
export function targetOutput(weights: Weights, gate: string, independent: Vector, shared: Vector, a: Vector): Vector {
  const [kernel, O] = [weight(weights, `${gate}/kernel`), independent.length];
  const T = times(independent, kernel, O);
  const U = times(shared, kernel);
  const V = times(a, kernel, 2 * O);
  const g2 = [T, U, V, rows(weight(weights, `${gate}/bias`))[0] ?? []].reduce(addVectors).map(sigmoid);
  return mixed(g2, shared, independent);
}

/** One component's output: `run` gives a copy's own output, `a` is the component's input at the gate (a_target). */
function componentOutput(
  { recipe, weights }: ReferenceModel,
  name: Component,
  task: Role,
  a: Vector,
  run: (copy: string) => Vector,
): Vector {
  const sharing = recipe.sharing[name];
  if (sharing.kind === 'hard') return run(`shared/${name}/hard`);
  if (sharing.kind !== 'gated') return run(`${task}/${name}/${sharing.kind}`);
  const hard = run(`shared/${name}/hard`);
  const soft = run(`${task}/${name}/soft`);
  if (task === 'source') return addVectors(hard, soft);
  const shared = sharedOutput(weights, `target/${name}/gate1`, soft, hard, a);
  if (!sharing.independent) return shared;
  return targetOutput(weights, `target/${name}/gate2`, run(`target/${name}/independent`), shared, a);
}

/** m_t and h_t: the word encoder's output at every token, without dropout. */
export function encodeSentence(model: ReferenceModel, task: Role, sentence: ReferenceSentence): Vector[] {
  const { weights } = model;
  const m = sentence.words.map((word, t) => {
    const characters = (sentence.characters[t] ?? []).map((id) =>
      embeddingRow(weights, 'shared/characterEmbedding', id),
    );
    const encoded = componentOutput(model, 'characterEncoder', task, meanOf(characters), (copy) =>
      characterStates(weights, copy, characters),
    );
    return concatenate(embeddingRow(weights, 'shared/wordEmbedding', word), encoded);
  });
  const outputs = new Map<string, Vector[]>();
  const outputAt = (copy: string, t: number): Vector => {
    const known = outputs.get(copy) ?? biLstm(weights, copy, m);
    outputs.set(copy, known);
    return known[t] ?? [];
  };
  return m.map((a, t) => componentOutput(model, 'wordEncoder', task, a, (copy) => outputAt(copy, t)));
}

/** The states of the decoder's copies after some tokens. */
export type DecoderStates = ReadonlyMap<string, LstmState>;

/** Read one token (h_t and the tag before it; K stands for "none"): new states, and a score for every tag. */
export function decodeToken(
  model: ReferenceModel,
  task: Role,
  before: DecoderStates,
  h: Vector,
  previousTag: number,
): { states: DecoderStates; scores: Vector } {
  const { weights } = model;
  const input = concatenate(h, embeddingRow(weights, `${task}/decoder/tagEmbedding`, previousTag));
  const states = new Map<string, LstmState>();
  const output = componentOutput(model, 'decoder', task, input, (copy) => {
    const path = `${copy}/forward`;
    const state = lstmStep(weights, path, input, before.get(copy) ?? zeroState(weights, path));
    states.set(copy, state);
    return state.hidden;
  });
  const bias = rows(weight(weights, `${task}/decoder/projection/bias`))[0] ?? [];
  return { states, scores: addVectors(times(output, weight(weights, `${task}/decoder/projection/kernel`)), bias) };
}

/** log softmax. */
export function logProbabilities(scores: Vector): Vector {
  const highest = Math.max(...scores);
  const normaliser = highest + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - highest), 0));
  return scores.map((score) => score - normaliser);
}

/** Mean cross-entropy over all tokens, the decoder fed with the gold tag before (teacher forcing), without dropout. */
export function meanLoss(model: ReferenceModel, task: Role, sentences: readonly ReferenceSentence[]): number {
  const start = tagCountOf(model, task);
  let [loss, tokens] = [0, 0];
  for (const sentence of sentences) {
    const h = encodeSentence(model, task, sentence);
    let states: DecoderStates = new Map();
    for (const [t, tag] of sentence.tags.entries()) {
      const step = decodeToken(model, task, states, h[t] ?? [], sentence.tags[t - 1] ?? start);
      states = step.states;
      loss -= logProbabilities(step.scores)[tag] ?? NaN;
      tokens++;
    }
  }
  return loss / tokens;
}

/** K of a task. */
export function tagCountOf({ weights }: ReferenceModel, task: Role): number {
  return weight(weights, `${task}/decoder/projection/bias`).columns;
}

/** L_share = ‖θ_source − θ_target‖² over the soft components. */
export function shareLoss(weights: Weights): number {
  let sum = 0;
  for (const [path, { values }] of weights) {
    if (!/^source\/\w+\/soft\//.test(path)) continue;
    const twin = weight(weights, path.replace('source/', 'target/')).values;
    for (const [i, value] of values.entries()) sum += (value - (twin[i] ?? NaN)) ** 2;
  }
  return sum;
}
