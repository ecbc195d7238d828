/** How much arithmetic a network needs: the matrix products of a batch, which are all but a few per cent of it. */
import { expertsOf } from '../domain/experts.ts';
import { components, type Component } from '../domain/recipe.ts';
import { sourcesOf, type Task } from '../domain/task-names.ts';
import { blockOf, type Block } from './blocks.ts';
import type { Network, NetworkBatch } from './network.ts';
import { copies, layersOfTask } from './sharing.ts';

/** What arithmetic depends on: tokens, distinct words, trie nodes of both reading directions and characters (0 where encodings are known). */
export interface Workload {
  readonly tokens: number;
  readonly words: number;
  readonly nodes: number;
  readonly characters: number;
}

/** A batch whose characters are computed too. */
export function workloadOf({ rows, tries }: Pick<NetworkBatch, 'rows' | 'tries'>): Workload {
  const nodes = tries.forward.ids.length + tries.backward.ids.length;
  const characters = tries.lengths.reduce((sum, length) => sum + length, 0);
  return { tokens: rows.rows, words: tries.words, nodes, characters };
}

/** Floating-point operations of [1,I]·[I,O], a multiplication and an addition counted each. */
const product = (I: number, O: number): number => 2 * I * O;

/**
 * Floating-point operations of the matrix products of one forward pass over a batch. An LSTM direction takes
 * 2·(I+H)·4H a token (a GRU 3H), a gate 2·(2O+I)·O a token, the projection 2·H·K. One layer of character LSTMs counts once a distinct
 * prefix (trie node) for the recurrent product and once a letter of the alphabet for the input's, as they are computed; other character
 * encoders count once a character. A CRF's sums over tags, and the critic of experts, are left out.
 */
export function forwardFlops(network: Network, task: Task, load: Workload): number {
  const { recipe, sizes } = network;
  const projection = load.tokens * product(blockOf(recipe, sizes, 'decoder').output, sizes.tags[task] ?? 0);
  const { size, projection: width } = recipe.tokenFeatures ?? { size: 0, projection: 0 };
  const own = projection + load.tokens * (product(size, width) + expertFlops(network));
  return components.reduce((sum, name) => sum + componentFlops(network, name, task, load), own);
}

/** All experts and their gate at one token. */
function expertFlops({ recipe }: Network): number {
  const experts = expertsOf(recipe);
  const sources = sourcesOf(recipe.tasks).length;
  return experts === null ? 0 : sources * product(2 * recipe.wordEncoder.hiddenSize, experts.expertSize + 1);
}

/** As {@link forwardFlops} for a training step: each product comes back as two, for its input's gradient and its weight's. */
export function trainingFlops(network: Network, task: Task, load: Workload): number {
  return 3 * forwardFlops(network, task, load);
}

function componentFlops({ recipe, sizes }: Network, name: Component, task: Task, load: Workload): number {
  const block = blockOf(recipe, sizes, name);
  const sharing = recipe.sharing[name];
  const running = copies(name, sharing, task).length;
  const gateCount = sharing.kind === 'gated' && task === 'target' ? running - 1 : 0;
  const isCharacters = name === 'characterEncoder';
  if (isCharacters && load.nodes === 0) return 0;
  const gate = gateCount * product(2 * block.output + block.gateInput, block.output);
  const { hidden: H, input: I, directions } = block;
  const isTrie = isCharacters && block.kind === 'lstm' && block.layers === 1;
  const copy = isTrie
    ? load.nodes * product(H, 4 * H) + directions * sizes.characters * product(I, 4 * H)
    : (isCharacters ? load.characters : load.tokens) *
      rowFlops(block, layersOfTask(recipe, name, task, block.layers), sharing.kind === 'shared-cell');
  return running * copy + (isCharacters ? load.words : load.tokens) * gate;
}

/** One copy of a block over one row; a shared cell has a fifth gate in the top layer. */
function rowFlops(block: Block, layers: number, isSharedCell: boolean): number {
  const { kind, input: I, hidden: H, directions } = block;
  if (kind === 'none') return 0;
  if (kind === 'cnn' || kind === 'dense') return product(I, H);
  const gates = kind === 'gru' ? 3 : 4;
  let sum = 0;
  for (let layer = 1; layer <= layers; layer++) {
    const count = isSharedCell && layer === layers ? gates + 1 : gates;
    sum += directions * product((layer === 1 ? I : directions * H) + H, count * H);
  }
  return sum;
}
