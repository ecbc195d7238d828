/** How much memory a training will take, told before it starts. */
import { components, type Recipe } from '../domain/recipe.ts';
import { blockOf, type NetworkSizes } from './blocks.ts';
import { initials } from './network.ts';
import { copies } from './sharing.ts';

/** The parts of an estimate, in bytes. */
export interface MemoryEstimate {
  /** Weights, Adam's two moments, gradients and the packed copies that kernels read: lives as long as the training. */
  readonly weights: number;
  /** What the largest batch keeps from its forward pass for its backward pass. */
  readonly activations: number;
  /** The best weights, and the copies made when an epoch is saved: by the worker, and by the process that stores them. */
  readonly saving: number;
  /** The runtime and the program. */
  readonly program: number;
}

const bytesANumber = 4;
/** Measured: a worker that trains Chia and MACCROBAT (2,133 documents), less the parts that are told apart here. */
const programBytes = 320e6;
/** Weight, two moments, gradient, two packed copies; rounded up by the heap's size classes. */
const copiesOfWeights = 6.5;
/** The word table has no gradient of its own shape and no packed copy. */
const copiesOfTable = 3.5;
/**
 * Copies at the end of an epoch, as numbers a weight, measured: in the worker, and in the process that stores them. Of the word table a
 * point to go on from holds the rows that training has touched.
 */
const saved = { dense: 9 + 12, table: 9 + 5 };
/** Numbers an LSTM direction keeps for a row, in units of its hidden size, and of its input size: measured with the largest batches. */
const hiddenFactor = 22;
const inputFactor = 5;
/** Nodes of the character tries for each token of a batch: words share beginnings and ends. */
const nodesAToken = 4;

/** `batchTokens`: tokens of the largest batch. */
export function estimateMemory(recipe: Recipe, sizes: NetworkSizes, batchTokens: number): MemoryEstimate {
  let dense = 0;
  for (const { shape } of initials(recipe, sizes).values())
    dense += shape.reduce((product, length) => product * length);
  const table = sizes.words * sizes.wordSize;
  const numbers = recipe.tasks.map((task) => {
    let sum = 0;
    for (const component of components) {
      const { hidden, input, directions, layers } = blockOf(recipe, sizes, component);
      const rows = component === 'characterEncoder' ? batchTokens * nodesAToken : batchTokens;
      const running = copies(component, recipe.sharing[component], task).length;
      const levels = recipe.sharing[component].kind === 'shared-cell' ? layers + 1 : layers;
      sum += rows * (running * levels * directions * hidden * hiddenFactor + input * inputFactor);
    }
    return sum;
  });
  return {
    weights: bytesANumber * (dense * copiesOfWeights + table * copiesOfTable),
    activations: bytesANumber * Math.max(...numbers),
    saving: bytesANumber * (dense * saved.dense + table * saved.table),
    program: programBytes,
  };
}
