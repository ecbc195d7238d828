/** The blocks that components are made of: their sizes and their weights. */
import type { Component, Recipe } from '../domain/recipe.ts';
import { sourcesOf, type Task } from '../domain/task-names.ts';
import type { OfTasks, Vocabulary } from '../domain/vocabulary.ts';
import type { GruLayer } from '../engine/ops/gru.ts';
import type { SharedCellLayer } from '../engine/ops/shared-cell.ts';
import { layersOfTask } from './sharing.ts';
import { parameter, uniform, type Initial, type Parameters } from './parameters.ts';

/** Sizes that come from the data. */
export interface NetworkSizes {
  readonly words: number;
  /** Size of a word vector (the recipe's, or the vector file's). */
  readonly wordSize: number;
  readonly characters: number;
  /** K by task. */
  readonly tags: OfTasks<number>;
  /** Tasks whose tags are classes of tokens. */
  readonly classes?: readonly Task[];
}

/** The sizes of a network over a vocabulary. */
export function networkSizes(recipe: Recipe, { words, characters, tags }: Vocabulary): NetworkSizes {
  return {
    words: words.length,
    wordSize: recipe.wordEmbedding.size,
    characters: characters.length,
    tags: {
      ...Object.fromEntries(Object.entries(tags).map(([task, { size }]) => [task, size])),
      target: tags.target.size,
    },
    classes: Object.entries(tags).flatMap(([task, { classes }]) => (classes ? [task] : [])),
  };
}

/** What computes a component. dense: one tanh layer. none: the component hands its input on. */
export interface Block {
  readonly kind: 'lstm' | 'gru' | 'cnn' | 'dense' | 'none';
  readonly layers: number;
  /** Layers that a source runs too; the others above them are the target's own. */
  readonly sharedLayers: number;
  readonly directions: 1 | 2;
  readonly input: number;
  /** Of one direction; of a cnn the number of its filters. */
  readonly hidden: number;
  /** Numbers that the component gives for each of its rows. */
  readonly output: number;
  /** Size of a_target at the component's gate. */
  readonly gateInput: number;
}

/** Characters that a filter of the CNN sees at a time (SC-LSTM table 2: kernel size 3, padding 1). */
export const windowSize = 3;

const oneLayer = { layers: 1, sharedLayers: 1, directions: 1 } as const;

/** The block of a component, with its sizes. */
export function blockOf(recipe: Recipe, sizes: NetworkSizes, component: Component): Block {
  const { characterEncoder, wordEncoder, decoder } = recipe;
  switch (component) {
    case 'characterEncoder': {
      const { kind, layers, embeddingSize, hiddenSize: hidden } = characterEncoder;
      if (kind !== 'cnn')
        return {
          ...{ kind, layers, sharedLayers: layers, directions: 2, input: embeddingSize, hidden },
          ...{ output: 2 * hidden, gateInput: embeddingSize },
        };
      const input = windowSize * embeddingSize;
      return { ...oneLayer, kind, input, hidden, output: hidden, gateInput: embeddingSize };
    }
    case 'wordEncoder': {
      const { kind, layers, hiddenSize: hidden } = wordEncoder;
      const features = recipe.tokenFeatures?.projection ?? 0;
      const input = sizes.wordSize + blockOf(recipe, sizes, 'characterEncoder').output + features;
      const { wordEncoder: sharing } = recipe.sharing;
      const sourceLayers = sourcesOf(recipe.tasks).map((source) => layersOfTask(recipe, 'wordEncoder', source, layers));
      const sharedLayers = sharing.kind === 'layered' ? Math.max(sharing.sourceLayer, ...sourceLayers) : layers;
      const expert = sharing.kind === 'experts' ? sharing.expertSize : 0;
      const output = (sharing.kind === 'shared-cell' ? 4 : 2) * hidden + expert;
      return { kind, layers, sharedLayers, directions: 2, input, hidden, output, gateInput: input };
    }
    case 'decoder': {
      const word = blockOf(recipe, sizes, 'wordEncoder').output;
      const { kind, hiddenSize: hidden, tagEmbeddingSize } = decoder;
      if (kind === 'tag-lstm') {
        const input = word + tagEmbeddingSize;
        return { ...oneLayer, kind: 'lstm', input, hidden, output: hidden, gateInput: input };
      }
      const none = hidden === 0;
      return {
        ...{ ...oneLayer, kind: none ? 'none' : 'dense', input: word, hidden },
        ...{ output: none ? word : hidden, gateInput: word },
      };
    }
  }
}

const directionNames = ['forward', 'backward'] as const;
const gatesOf = { lstm: 4, gru: 3 } as const;

/** A layer's place below its copy; the first has none, so that models of one layer keep their names. */
function layerPath({ sharedLayers }: Block, copy: string, layer: number): string {
  const owned = layer > sharedLayers ? copy.replace('shared/', 'target/') : copy;
  return layer === 1 ? owned : `${owned}/layer${layer}`;
}

/** Does a task run the layer that a weight belongs to? Layers above a source's own are other tasks'. */
export function isRunFor(recipe: Recipe, path: string, task: Task): boolean {
  const [, component, level] = /^[^/]+\/(\w+)\/.*\/layer(\d)\//.exec(path) ?? [];
  return level === undefined || Number(level) <= layersOfTask(recipe, component as Component, task, Infinity);
}

/** Where the output gate of a task lies that reads the shared cell (SC-LSTM Eq. 2): weights as a layer's, of one gate. */
function cellGatePath(task: Task, direction: string): string {
  return `${task}/wordEncoder/cell/${direction}`;
}

/** How the weights of one copy of a block start. */
export function blockInitials(block: Block, copy: string): [path: string, initial: Initial][] {
  const { kind, input, hidden } = block;
  if (kind === 'none') return [];
  if (kind === 'cnn' || kind === 'dense') {
    return [
      [`${copy}/kernel`, uniform([input, hidden], input)],
      [`${copy}/bias`, uniform([hidden], input)],
    ];
  }
  return Array.from({ length: block.layers }, (_, i) => {
    const width = i === 0 ? input : block.directions * hidden;
    return directionNames.slice(0, block.directions).flatMap((direction): [string, Initial][] => {
      const path = `${layerPath(block, copy, i + 1)}/${direction}`;
      return [
        [`${path}/kernel`, uniform([width, gatesOf[kind] * hidden], hidden)],
        [`${path}/recurrent`, uniform([hidden, gatesOf[kind] * hidden], hidden)],
        [`${path}/bias`, uniform([gatesOf[kind] * hidden], hidden)],
      ];
    });
  }).flat();
}

/** The weights of one layer of a recurrent copy, counted from 1: those of an LSTM or of a GRU, as the block says. */
export function recurrentLayer(parameters: Parameters, block: Block, copy: string, layer: number): GruLayer {
  const path = layerPath(block, copy, layer);
  return directionNames
    .slice(0, block.directions)
    .map((direction) => directionWeights(parameters, `${path}/${direction}`));
}

/** How a task's output gates of the shared cell start. */
export function cellGateInitials({ layers, input, hidden }: Block, task: Task): [path: string, initial: Initial][] {
  const width = layers === 1 ? input : 2 * hidden;
  return directionNames.flatMap((direction): [string, Initial][] => {
    const path = cellGatePath(task, direction);
    return [
      [`${path}/kernel`, uniform([width, hidden], hidden)],
      [`${path}/recurrent`, uniform([hidden, hidden], hidden)],
      [`${path}/bias`, uniform([hidden], hidden)],
    ];
  });
}

/** The top layer of a shared cell with a task's output gates. */
export function sharedCellLayer(parameters: Parameters, block: Block, copy: string, task: Task): SharedCellLayer {
  return recurrentLayer(parameters, block, copy, block.layers).map((shared, i) => ({
    shared,
    gate: directionWeights(parameters, cellGatePath(task, directionNames[i] ?? '')),
  }));
}

function directionWeights(parameters: Parameters, path: string): GruLayer[number] {
  return {
    kernel: parameter(parameters, `${path}/kernel`),
    recurrent: parameter(parameters, `${path}/recurrent`),
    bias: parameter(parameters, `${path}/bias`),
  };
}
