/** How much arithmetic a network needs: the matrix products of a batch, which are all but a few per cent of it. */
import type { Role } from '../domain/document.ts';
import { components, type Component } from '../domain/recipe.ts';
import { componentShape, type Network, type NetworkBatch } from './network.ts';
import { copies } from './sharing.ts';

/** What arithmetic depends on: tokens, distinct words, and trie nodes of both reading directions (0 where encodings are known). */
export interface Workload {
  readonly tokens: number;
  readonly words: number;
  readonly nodes: number;
}

/** A batch whose characters are computed too. */
export function workloadOf({ rows, tries }: Pick<NetworkBatch, 'rows' | 'tries'>): Workload {
  return { tokens: rows.rows, words: tries.words, nodes: tries.forward.ids.length + tries.backward.ids.length };
}

/** Floating-point operations of [1,I]·[I,O], a multiplication and an addition counted each. */
const product = (I: number, O: number): number => 2 * I * O;

/**
 * Floating-point operations of the matrix products of one forward pass over a batch. An LSTM direction takes
 * 2·(I+H)·4H a token, a gate 2·(2O+I)·O a token, the projection 2·H·K. Characters count once a distinct prefix (trie node)
 * for the recurrent product and once a letter of the alphabet for the input's, as they are computed.
 */
export function forwardFlops(network: Network, task: Role, load: Workload): number {
  const { recipe, sizes } = network;
  const projection = load.tokens * product(recipe.decoder.hiddenSize, sizes.tags[task] ?? 0);
  return components.reduce((sum, name) => sum + componentFlops(network, name, task, load), projection);
}

/** As {@link forwardFlops} for a training step: each product comes back as two, for its input's gradient and its weight's. */
export function trainingFlops(network: Network, task: Role, load: Workload): number {
  return 3 * forwardFlops(network, task, load);
}

function componentFlops(
  { recipe, sizes }: Network,
  name: Component,
  task: Role,
  { tokens, words, nodes }: Workload,
): number {
  const { input: I, hidden: H, directions, gateInput } = componentShape(recipe, sizes, name);
  const sharing = recipe.sharing[name];
  const running = copies(name, sharing, task).length;
  const gateCount = sharing.kind === 'gated' && task === 'target' ? running - 1 : 0;
  const O = directions * H;
  if (name !== 'characterEncoder')
    return tokens * (running * directions * product(I + H, 4 * H) + gateCount * product(2 * O + gateInput, O));
  if (nodes === 0) return 0;
  const lstm = nodes * product(H, 4 * H) + directions * sizes.characters * product(I, 4 * H);
  return running * lstm + words * gateCount * product(2 * O + gateInput, O);
}
