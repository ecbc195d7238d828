/** The papers' tagger once more, in double precision and one sentence at a time: what the engine's numbers are checked against. */
import { sourcesOf, type Task } from '../../worker/domain/task-names.ts';
import type { Component, Recipe } from '../../worker/domain/recipe.ts';
import { crfPermitted } from '../../worker/engine/ops/crf.ts';
import { permittedTags } from '../../worker/model/permitted.ts';
import { pathScore, referenceCrf, sums, withCost } from './engine/crf-reference.ts';
import { criticTokenLoss, expertMix, sharesOf } from './reference-experts.ts';
import { biLstm, characterVector, sharedCellStates, stack } from './reference-stacks.ts';
import {
  addVectors,
  concatenate,
  embeddingRow,
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
  /** Each token's vector from elsewhere, where the recipe reads some. */
  readonly features?: readonly Vector[];
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

const sharedCopy = 'shared/wordEncoder/hard';
const privateCopy = 'shared/wordEncoder/private';

/** One component's output: `run` gives a copy's own output, `a` is the component's input at the gate (a_target). */
function componentOutput(
  { recipe, weights }: ReferenceModel,
  name: Component,
  task: Task,
  a: Vector,
  run: (copy: string) => Vector,
): Vector {
  const sharing = recipe.sharing[name];
  if (sharing.kind === 'experts')
    return concatenate(run(sharedCopy), expertMix(weights, sourcesOf(recipe.tasks), run(privateCopy)));
  if (sharing.kind === 'hard' || sharing.kind === 'shared-cell' || sharing.kind === 'layered')
    return run(`shared/${name}/hard`);
  if (sharing.kind !== 'gated') return run(`${task}/${name}/${sharing.kind}`);
  const hard = run(`shared/${name}/hard`);
  const soft = run(`${task}/${name}/soft`);
  if (task !== 'target') return addVectors(hard, soft);
  const shared = sharedOutput(weights, `target/${name}/gate1`, soft, hard, a);
  if (!sharing.independent) return shared;
  return targetOutput(weights, `target/${name}/gate2`, run(`target/${name}/independent`), shared, a);
}

/** m_t: what the word encoder reads at every token. */
function wordInputs(model: ReferenceModel, task: Task, sentence: ReferenceSentence): Vector[] {
  const { weights, recipe } = model;
  return sentence.words.map((word, t) => {
    const characters = (sentence.characters[t] ?? []).map((id) =>
      embeddingRow(weights, 'shared/characterEmbedding', id),
    );
    const encoded = componentOutput(model, 'characterEncoder', task, meanOf(characters), (copy) =>
      characterVector(weights, recipe.characterEncoder, copy, characters),
    );
    const spelled = concatenate(embeddingRow(weights, 'shared/wordEmbedding', word), encoded);
    const features = sentence.features?.[t];
    if (features === undefined) return spelled;
    const bias = rows(weight(weights, 'shared/tokenFeatures/bias'))[0] ?? [];
    return concatenate(spelled, addVectors(times(features, weight(weights, 'shared/tokenFeatures/kernel')), bias));
  });
}

/** h_t: the word encoder's output at every token, without dropout. */
export function encodeSentence(model: ReferenceModel, task: Task, sentence: ReferenceSentence): Vector[] {
  const m = wordInputs(model, task, sentence);
  const outputs = new Map<string, Vector[]>();
  const outputAt = (copy: string, t: number): Vector => {
    const known = outputs.get(copy) ?? wordStates(model, task, copy, m);
    outputs.set(copy, known);
    return known[t] ?? [];
  };
  return m.map((a, t) => componentOutput(model, 'wordEncoder', task, a, (copy) => outputAt(copy, t)));
}

/** The word encoder of a copy at every token: a stack, its top layer with the task's gates, or the layers that the task runs. */
function wordStates({ recipe, weights }: ReferenceModel, task: Task, copy: string, m: readonly Vector[]): Vector[] {
  const { wordEncoder } = recipe;
  const sharing = recipe.sharing.wordEncoder;
  if (sharing.kind === 'shared-cell') {
    const below = stack(weights, { ...wordEncoder, layers: wordEncoder.layers - 1 }, copy, m);
    const top = wordEncoder.layers === 1 ? copy : `${copy}/layer${wordEncoder.layers}`;
    return sharedCellStates(weights, top, `${task}/wordEncoder/cell`, below);
  }
  if (sharing.kind !== 'layered') return stack(weights, wordEncoder, copy, m);
  const layerOf = (source: Task): number => sharing.sourceLayer + sourcesOf(recipe.tasks).indexOf(source);
  const highest = Math.max(...sourcesOf(recipe.tasks).map(layerOf));
  const layers = task === 'target' ? highest : layerOf(task);
  let states = stack(weights, { ...wordEncoder, layers }, copy, m);
  if (task !== 'target') return states;
  for (let layer = highest + 1; layer <= wordEncoder.layers; layer++)
    states = biLstm(weights, `target/wordEncoder/hard/layer${layer}`, states);
  return states;
}

/** What decides a task's tags: its own, or shared where labels are mapped. */
function headOf({ recipe }: ReferenceModel, task: Task): string {
  return `${recipe.decoder.labels === 'mapped' ? 'shared' : task}/decoder`;
}

function projected(model: ReferenceModel, task: Task, output: Vector): Vector {
  const head = headOf(model, task);
  const bias = rows(weight(model.weights, `${head}/projection/bias`))[0] ?? [];
  return addVectors(times(output, weight(model.weights, `${head}/projection/kernel`)), bias);
}

/** Scores of every tag at every token, of a decoder that does not read its own tags. */
function emissions(model: ReferenceModel, task: Task, h: readonly Vector[]): Vector[] {
  const { recipe, weights } = model;
  return h.map((x) => {
    if (recipe.decoder.hiddenSize === 0) return projected(model, task, x);
    const output = componentOutput(model, 'decoder', task, x, (copy) => {
      const bias = rows(weight(weights, `${copy}/bias`))[0] ?? [];
      return addVectors(times(x, weight(weights, `${copy}/kernel`)), bias).map(Math.tanh);
    });
    return projected(model, task, output);
  });
}

/** −log p of a sentence's tags, or its softmax-margin (Yang 2017 §3.4), over the tag scheme's sequences. */
function crfLoss(model: ReferenceModel, task: Task, scores: readonly Vector[], tags: Vector): number {
  const K = scores[0]?.length ?? 0;
  const permitted = crfPermitted(permittedTags({ labels: [], size: K }), K);
  const crf = referenceCrf(rows(weight(model.weights, `${headOf(model, task)}/transitions`)), permitted);
  const { logPartition } = sums(crf, withCost(scores, tags, model.recipe.decoder.cost));
  return logPartition - pathScore(crf, scores, tags);
}

/** The states of the decoder's copies after some tokens. */
export type DecoderStates = ReadonlyMap<string, LstmState>;

/** Read one token (h_t and the tag before it; K stands for "none"): new states, and a score for every tag. */
export function decodeToken(
  model: ReferenceModel,
  task: Task,
  before: DecoderStates,
  h: Vector,
  previousTag: number,
): { states: DecoderStates; scores: Vector } {
  const { weights } = model;
  const input = concatenate(h, embeddingRow(weights, `${headOf(model, task)}/tagEmbedding`, previousTag));
  const states = new Map<string, LstmState>();
  const output = componentOutput(model, 'decoder', task, input, (copy) => {
    const path = `${copy}/forward`;
    const state = lstmStep(weights, path, input, before.get(copy) ?? zeroState(weights, path));
    states.set(copy, state);
    return state.hidden;
  });
  return { states, scores: projected(model, task, output) };
}

/** log softmax. */
export function logProbabilities(scores: Vector): Vector {
  const highest = Math.max(...scores);
  const normaliser = highest + Math.log(scores.reduce((sum, score) => sum + Math.exp(score - highest), 0));
  return scores.map((score) => score - normaliser);
}

/** The sum of a sentence's losses: of a tag-lstm fed with the gold tag before (teacher forcing), without dropout. */
function sentenceLoss(model: ReferenceModel, task: Task, sentence: ReferenceSentence): number {
  const h = encodeSentence(model, task, sentence);
  const { kind } = model.recipe.decoder;
  if (kind === 'crf') return crfLoss(model, task, emissions(model, task, h), sentence.tags);
  let states: DecoderStates = new Map();
  const scores =
    kind === 'softmax'
      ? emissions(model, task, h)
      : h.map((x, t) => {
          const step = decodeToken(model, task, states, x, sentence.tags[t - 1] ?? tagCountOf(model, task));
          states = step.states;
          return step.scores;
        });
  return sentence.tags.reduce((loss, tag, t) => loss - (logProbabilities(scores[t] ?? [])[tag] ?? NaN), 0);
}

/** What the experts' gate and the shared features add to a sentence's loss (MAN-MoE), summed over its tokens. */
function expertsLoss(model: ReferenceModel, task: Task, sentence: ReferenceSentence): number {
  const { recipe, weights } = model;
  const experts = recipe.sharing.wordEncoder;
  if (experts.kind !== 'experts') return 0;
  const m = wordInputs(model, task, sentence);
  const [shared, own] = [sharedCopy, privateCopy].map((copy) => wordStates(model, task, copy, m));
  const sources = sourcesOf(recipe.tasks);
  const ownTask = recipe.tasks.indexOf(task);
  return m.reduce((sum, _, t) => {
    const critic = criticTokenLoss(weights, experts.adversary, shared?.[t] ?? [], ownTask);
    const gate =
      task === 'target' ? 0 : -Math.log(sharesOf(weights, sources, own?.[t] ?? [])[sources.indexOf(task)] ?? NaN);
    return sum + experts.gateWeight * gate - experts.adversaryWeight * critic;
  }, 0);
}

/** The mean loss of a token, without dropout; without gold tags what experts learn beside them. */
export function meanLoss(model: ReferenceModel, task: Task, sentences: readonly ReferenceSentence[]): number {
  const tokens = sentences.reduce((sum, { words }) => sum + words.length, 0);
  const tagged = sentences.filter(({ tags }) => tags.length > 0);
  const ofTags = tagged.reduce((sum, sentence) => sum + sentenceLoss(model, task, sentence), 0);
  return (ofTags + sentences.reduce((sum, sentence) => sum + expertsLoss(model, task, sentence), 0)) / tokens;
}

/** K of a task. */
export function tagCountOf(model: ReferenceModel, task: Task): number {
  return weight(model.weights, `${headOf(model, task)}/projection/bias`).columns;
}

/** L_share = Σ ‖θ_source − θ_target‖² over the soft components and the sources. */
export function shareLoss(weights: Weights): number {
  let sum = 0;
  for (const [path, { values }] of weights) {
    if (!/^(?!target)[a-z-]+\/\w+\/soft\//.test(path)) continue;
    const twin = weight(weights, path.replace(/^[a-z-]+/, 'target')).values;
    for (const [i, value] of values.entries()) sum += (value - (twin[i] ?? NaN)) ** 2;
  }
  return sum;
}
