/** The blocks that components are made of: their sizes and their weights. */
import type { Component, Recipe } from '../domain/recipe.ts';
import type { GruLayer } from '../engine/ops/gru.ts';
import { parameter, uniform, type Initial, type Parameters } from './parameters.ts';

/** Sizes that come from the data. */
export interface NetworkSizes {
  readonly words: number;
  /** Size of a word vector (the recipe's, or the vector file's). */
  readonly wordSize: number;
  readonly characters: number;
  /** K by task; null when the network has no source. */
  readonly tags: { readonly source: number | null; readonly target: number };
}

/** What computes a component. dense: one tanh layer. none: the component hands its input on. */
export interface Block {
  readonly kind: 'lstm' | 'gru' | 'cnn' | 'dense' | 'none';
  readonly layers: number;
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

/** The block of a component, with its sizes. */
export function blockOf(recipe: Recipe, sizes: NetworkSizes, component: Component): Block {
  const { characterEncoder, wordEncoder, decoder } = recipe;
  switch (component) {
    case 'characterEncoder': {
      const { kind, layers, embeddingSize, hiddenSize: hidden } = characterEncoder;
      if (kind !== 'cnn')
        return {
          ...{ kind, layers, directions: 2, input: embeddingSize, hidden },
          ...{ output: 2 * hidden, gateInput: embeddingSize },
        };
      const input = windowSize * embeddingSize;
      return { kind, layers: 1, directions: 1, input, hidden, output: hidden, gateInput: embeddingSize };
    }
    case 'wordEncoder': {
      const { kind, layers, hiddenSize: hidden } = wordEncoder;
      const input = sizes.wordSize + blockOf(recipe, sizes, 'characterEncoder').output;
      return { kind, layers, directions: 2, input, hidden, output: 2 * hidden, gateInput: input };
    }
    case 'decoder': {
      const word = blockOf(recipe, sizes, 'wordEncoder').output;
      const { kind, hiddenSize: hidden, tagEmbeddingSize } = decoder;
      if (kind === 'tag-lstm') {
        const input = word + tagEmbeddingSize;
        return { kind: 'lstm', layers: 1, directions: 1, input, hidden, output: hidden, gateInput: input };
      }
      if (hidden === 0)
        return { kind: 'none', layers: 0, directions: 1, input: word, hidden, output: word, gateInput: word };
      return { kind: 'dense', layers: 1, directions: 1, input: word, hidden, output: hidden, gateInput: word };
    }
  }
}

const directionNames = ['forward', 'backward'] as const;
const gatesOf = { lstm: 4, gru: 3 } as const;

/** A layer's place below its copy; the first has none, so that models of one layer keep their names. */
function layerPath(copy: string, layer: number): string {
  return layer === 1 ? copy : `${copy}/layer${layer}`;
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
      const path = `${layerPath(copy, i + 1)}/${direction}`;
      return [
        [`${path}/kernel`, uniform([width, gatesOf[kind] * hidden], hidden)],
        [`${path}/recurrent`, uniform([hidden, gatesOf[kind] * hidden], hidden)],
        [`${path}/bias`, uniform([gatesOf[kind] * hidden], hidden)],
      ];
    });
  }).flat();
}

/** The weights of one layer of a recurrent copy, counted from 1: those of an LSTM or of a GRU, as the block says. */
export function recurrentLayer(parameters: Parameters, { directions }: Block, copy: string, layer: number): GruLayer {
  return directionNames.slice(0, directions).map((direction) => {
    const path = `${layerPath(copy, layer)}/${direction}`;
    return {
      kernel: parameter(parameters, `${path}/kernel`),
      recurrent: parameter(parameters, `${path}/recurrent`),
      bias: parameter(parameters, `${path}/bias`),
    };
  });
}
