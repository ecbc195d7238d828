/** The fused LSTM operations: over a packed batch of sentences, and over the characters of distinct words. */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { registerFusedGradient, runFused } from './kernel-call.ts';
import type { CharacterTries, PackedRows } from './layout.ts';

/** One direction: kernel [I,4H], recurrent [H,4H], bias [4H]; gates in the order i, f, g(cell), o. */
export interface LstmWeights {
  readonly kernel: Tensor;
  readonly recurrent: Tensor;
  readonly bias: Tensor;
}

/** One layer: [forward] or [forward, backward]. */
export type LstmLayer = readonly LstmWeights[];

export interface LstmSequenceAttributes {
  readonly rows: PackedRows;
  readonly layers: number;
  readonly directions: number;
  readonly inputSize: number;
  readonly hiddenSize: number;
  saved: unknown;
}

export interface CharacterLstmAttributes {
  readonly tries: CharacterTries;
  readonly layers: number;
  readonly alphabet: number;
  readonly inputSize: number;
  readonly hiddenSize: number;
  saved: unknown;
}

function named(layers: readonly LstmLayer[]): Record<string, Tensor> {
  const inputs: Record<string, Tensor> = {};
  for (const [i, direction] of layers.flat().entries()) {
    inputs[`kernel${i}`] = direction.kernel;
    inputs[`recurrent${i}`] = direction.recurrent;
    inputs[`bias${i}`] = direction.bias;
  }
  return inputs;
}

function names(first: string, directions: number): string[] {
  return [first, ...Array.from({ length: directions }, (_, i) => [`kernel${i}`, `recurrent${i}`, `bias${i}`]).flat()];
}

function hiddenSize(layers: readonly LstmLayer[]): number {
  return layers[0]?.[0]?.recurrent.shape[0] ?? 0;
}

/**
 * LSTMs (Hochreiter and Schmidhuber 1997; no peepholes, zero initial state) that all read x [N,I] in packed rows.
 * Returns for each layer h [N, directions·H], the directions side by side; a backward direction starts at each
 * sentence's own last token.
 */
export function lstmSequence(x: Tensor2D, layers: readonly LstmLayer[], rows: PackedRows): Tensor2D[] {
  const attributes: LstmSequenceAttributes = {
    rows,
    layers: layers.length,
    directions: layers[0]?.length ?? 0,
    inputSize: x.shape[1],
    hiddenSize: hiddenSize(layers),
    saved: null,
  };
  return runFused('LstmSequence', { x, ...named(layers) }, attributes) as Tensor2D[];
}

/**
 * Character BiLSTMs over the distinct words of a batch, embedding [A,E] over the alphabet.
 * Returns for each layer [W, 2H]: the last states of both directions (TTN §"Encoders").
 */
export function characterLstm(embedding: Tensor2D, layers: readonly LstmLayer[], tries: CharacterTries): Tensor2D[] {
  const attributes: CharacterLstmAttributes = {
    tries,
    layers: layers.length,
    alphabet: embedding.shape[0],
    inputSize: embedding.shape[1],
    hiddenSize: hiddenSize(layers),
    saved: null,
  };
  return runFused('CharacterLstm', { embedding, ...named(layers) }, attributes) as Tensor2D[];
}

export function registerLstmGradients(): void {
  registerFusedGradient<LstmSequenceAttributes>('LstmSequence', (a) => names('x', a.layers * a.directions));
  registerFusedGradient<CharacterLstmAttributes>('CharacterLstm', (a) => names('embedding', a.layers * 2));
}
