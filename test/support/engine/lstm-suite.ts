/** Tests of the LSTM operations, run on every build of the kernels. */
import { describe, test } from 'node:test';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { characterLstm, lstmSequence, type LstmLayer } from '../../../worker/engine/ops/lstm.ts';
import { characterMean, joinRows, noDropout } from '../../../worker/engine/ops/rows.ts';
import { meanOf } from '../reference.ts';
import { biLstm, characterStates } from '../reference-stacks.ts';
import { embeddingRow, lstmStates, rows, weight, type Vector, type Weights } from '../reference-blocks.ts';
import { bySentence, characterTries, packedRows } from './layouts.ts';
import { checkOperation, type Operation, type OperationInput } from './operation-check.ts';

const directionNames = ['forward', 'backward'];

function layerInputs(layers: number, directions: number, I: number, H: number): Record<string, OperationInput> {
  const inputs: Record<string, OperationInput> = {};
  for (let layer = 0; layer < layers; layer++) {
    for (const direction of directionNames.slice(0, directions)) {
      inputs[`${layer}/${direction}/kernel`] = { shape: [I, 4 * H] };
      inputs[`${layer}/${direction}/recurrent`] = { shape: [H, 4 * H] };
      inputs[`${layer}/${direction}/bias`] = { shape: [4 * H] };
    }
  }
  return inputs;
}

function layersOf(tensors: Readonly<Record<string, Tensor>>, layers: number, directions: number): LstmLayer[] {
  return Array.from({ length: layers }, (_, layer) =>
    directionNames.slice(0, directions).map((direction) => ({
      kernel: tensors[`${layer}/${direction}/kernel`] as Tensor,
      recurrent: tensors[`${layer}/${direction}/recurrent`] as Tensor,
      bias: tensors[`${layer}/${direction}/bias`] as Tensor,
    })),
  );
}

/** All outputs side by side, so that each gets a gradient of its own. */
function sideBySide(outputs: readonly Tensor2D[]): Tensor2D {
  return outputs.reduce((left, right) => {
    const part = (table: Tensor2D) => ({ table, index: null, dropout: noDropout });
    return joinRows(part(left), part(right), left.shape[0]);
  });
}

export interface SequenceCase {
  readonly lengths: readonly number[];
  readonly layers: number;
  readonly directions: number;
  readonly I: number;
  readonly H: number;
}

/** The LSTM over packed sentences as an operation to check. */
export function sequence({ lengths, layers, directions, I, H }: SequenceCase): Operation {
  const layout = packedRows(lengths);
  const run = (weights: Weights, layer: number) => (own: Vector[]) =>
    directions === 2 ? biLstm(weights, `${layer}`, own) : lstmStates(weights, `${layer}/forward`, own);
  return {
    inputs: { x: { shape: [layout.rows, I] }, ...layerInputs(layers, directions, I, H) },
    run: (tensors) => sideBySide(lstmSequence(tensors['x'] as Tensor2D, layersOf(tensors, layers, directions), layout)),
    reference: (weights) => {
      const x = rows(weight(weights, 'x'));
      const outputs = Array.from({ length: layers }, (_, layer) => bySentence(layout, x, run(weights, layer)));
      return x.map((_, row) => outputs.flatMap((output) => [...(output[row] ?? [])]));
    },
  };
}

const sequenceCases: readonly SequenceCase[] = [
  { lengths: [1], layers: 1, directions: 1, I: 1, H: 1 },
  { lengths: [1, 1, 1], layers: 1, directions: 2, I: 3, H: 3 },
  { lengths: [5], layers: 1, directions: 2, I: 2, H: 5 },
  { lengths: [4, 1], layers: 2, directions: 1, I: 4, H: 4 },
  { lengths: [6, 4, 4, 2, 1], layers: 3, directions: 2, I: 5, H: 3 },
  { lengths: [9, 7, 3, 3, 1, 1, 1], layers: 2, directions: 1, I: 7, H: 6 },
  { lengths: [3, 3, 3, 3, 3, 3, 3], layers: 1, directions: 2, I: 6, H: 8 },
  { lengths: [8, 5, 2, 1], layers: 1, directions: 2, I: 17, H: 50 },
  // Large enough to be cut up for several threads.
  { lengths: [12, 11, 11, 9, 8, 6, 3, 3, 2, 1], layers: 1, directions: 1, I: 40, H: 27 },
  { lengths: [12, 11, 11, 9, 8, 6, 3, 3, 2, 1], layers: 2, directions: 2, I: 40, H: 24 },
];

const words: readonly (readonly number[])[] = [
  [1],
  [2, 3, 1],
  [2, 3],
  [2, 3, 1, 1, 4],
  [4, 4, 4],
  [0, 3, 1],
  [5, 2, 3, 1],
];

interface CharacterCase {
  readonly words: readonly (readonly number[])[];
  readonly layers: number;
  readonly I: number;
  readonly H: number;
}

/** Spellings enough to be cut up for several threads. */
const manyWords = Array.from({ length: 40 }, (_, w) =>
  Array.from({ length: 1 + (w % 9) }, (__, i) => (w * w + i * 3) % 7),
);

const alphabet = 7;

function characters({ words: given, layers, I, H }: CharacterCase): Operation {
  const tries = characterTries(given);
  return {
    inputs: { embedding: { shape: [alphabet, I] }, ...layerInputs(layers, 2, I, H) },
    run: (tensors) => sideBySide(characterLstm(tensors['embedding'] as Tensor2D, layersOf(tensors, layers, 2), tries)),
    reference: (weights) =>
      given.map((word) => {
        const embedded = word.map((id) => embeddingRow(weights, 'embedding', id));
        return Array.from({ length: layers }, (_, layer) => characterStates(weights, `${layer}`, embedded)).flat();
      }),
  };
}

const characterCases: readonly CharacterCase[] = [
  { words: [[3]], layers: 1, I: 1, H: 1 },
  { words, layers: 1, I: 4, H: 3 },
  { words, layers: 3, I: 3, H: 4 },
  { words, layers: 2, I: 5, H: 6 },
  { words: words.slice(1, 4), layers: 1, I: 25, H: 50 },
  { words: manyWords, layers: 1, I: 25, H: 21 },
];

function mean(given: readonly (readonly number[])[], size: number): Operation {
  return {
    inputs: { embedding: { shape: [alphabet, size] } },
    run: (tensors) => characterMean(tensors['embedding'] as Tensor2D, characterTries(given)),
    reference: (weights) => given.map((word) => meanOf(word.map((id) => embeddingRow(weights, 'embedding', id)))),
  };
}

export function lstmSuite(): void {
  describe('an LSTM over packed sentences agrees with one sentence at a time', () => {
    for (const given of sequenceCases) {
      const { lengths, layers, directions, I, H } = given;
      test(`lengths ${lengths.join(',')}, layers ${layers}, directions ${directions}, input ${I}, hidden ${H}`, (t) =>
        checkOperation(t, sequence(given)));
    }
  });

  describe('a character LSTM over tries agrees with one word at a time', () => {
    for (const given of characterCases) {
      test(`words ${given.words.length}, layers ${given.layers}, input ${given.I}, hidden ${given.H}`, (t) =>
        checkOperation(t, characters(given)));
    }
  });

  describe('the mean character embedding of each word', () => {
    for (const size of [1, 3, 4, 25]) {
      test(`size ${size}`, (t) => checkOperation(t, mean(words, size)));
    }
    test('of many words', (t) => checkOperation(t, mean(manyWords, 30)));
  });
}
