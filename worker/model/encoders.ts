/** The components at work: all copies of one that run for a task, and how their outputs meet. */
import { add, concat, matMul, slice, tanh, tensor2d, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { AppError } from '../domain/errors.ts';
import type { Component } from '../domain/recipe.ts';
import { sourcesOf, type Task } from '../domain/task-names.ts';
import { characterRows, characterWindows } from '../engine/ops/character-rows.ts';
import { gruSequence } from '../engine/ops/gru.ts';
import type { CharacterTries, PackedRows } from '../engine/ops/layout.ts';
import { characterLstm, lstmSequence, type LstmLayer } from '../engine/ops/lstm.ts';
import { maxOverSteps } from '../engine/ops/max-pool.ts';
import { characterMean, dropRows, joinRows, noDropout, type Dropout } from '../engine/ops/rows.ts';
import { isSharedCell, sharedCellSequence, type RecurrentLayer } from '../engine/ops/shared-cell.ts';
import { blockOf, recurrentLayer, sharedCellLayer, type Block } from './blocks.ts';
import { mixExperts } from './experts.ts';
import { characterTable, featureProjection, type DropoutSeeds, type Network } from './network.ts';
import { parameter } from './parameters.ts';
import { copies, gates, layersOfTask, meet } from './sharing.ts';

/** Outputs of a component's copies, in the order of `copies`; and a_target, what its gates see beside them. */
export interface ComponentOutputs {
  readonly outputs: Tensor2D[];
  readonly input: () => Tensor2D;
}

/** The characters of distinct words through every copy, [W, output] each. */
export function characterOutputs(
  network: Network,
  task: Task,
  tries: CharacterTries,
  seeds: DropoutSeeds,
): ComponentOutputs {
  const { recipe, sizes, parameters } = network;
  const embedding = parameter<Tensor2D>(parameters, characterTable);
  const running = copies('characterEncoder', recipe.sharing.characterEncoder, task);
  const block = blockOf(recipe, sizes, 'characterEncoder');
  const input = (): Tensor2D => characterMean(embedding, tries);
  // One layer of LSTMs reads shared beginnings and ends of words once.
  if (block.kind === 'lstm' && block.layers === 1) {
    const layers = running.map((copy) => recurrentLayer(parameters, block, copy, 1));
    return { outputs: characterLstm(embedding, layers, tries), input };
  }
  const { rows, ids, first, last } = characterRows(tries);
  if (block.kind === 'cnn') {
    const windows = characterWindows(rows, ids, embedding.shape[0] - 1).map((index) => pick(embedding, index));
    const x: Tensor2D = concat(windows, 1);
    return { outputs: running.map((copy) => pick(maxOverSteps(affine(network, copy, x), rows), first)), input };
  }
  const states = stacks(network, block, 'characterEncoder', task, pick(embedding, ids), rows, seeds);
  const H = block.hidden;
  const outputs = states.map((h): Tensor2D => {
    const ends = joinRows(
      { table: h, index: last, dropout: noDropout },
      { table: h, index: first, dropout: noDropout },
      tries.words,
    );
    return concat([slice(ends, [0, 0], [-1, H]), slice(ends, [0, 3 * H], [-1, H])], 1);
  });
  return { outputs, input };
}

/** Words in their sentences, x [N, input], through every copy of the word encoder, [N, output] each. */
export function wordOutputs(
  network: Network,
  task: Task,
  x: Tensor2D,
  rows: PackedRows,
  seeds: DropoutSeeds,
): ComponentOutputs {
  const block = blockOf(network.recipe, network.sizes, 'wordEncoder');
  return { outputs: stacks(network, block, 'wordEncoder', task, x, rows, seeds), input: () => x };
}

/** Every copy of the decoder's LSTM or hidden layer over y [N, input], [N, output] each; y itself where there is none. */
export function decoderOutputs(network: Network, task: Task, y: Tensor2D, rows: PackedRows): ComponentOutputs {
  const { recipe, sizes } = network;
  const running = copies('decoder', recipe.sharing.decoder, task);
  const block = blockOf(recipe, sizes, 'decoder');
  const input = (): Tensor2D => y;
  if (block.kind === 'none') return { outputs: [y], input };
  if (block.kind === 'dense') return { outputs: running.map((copy) => tanh(affine(network, copy, y))), input };
  return { outputs: stacks(network, block, 'decoder', task, y, rows, null), input };
}

/** The copies' outputs as one, through the gates where the component has them. */
export function met(network: Network, name: Component, task: Task, { outputs, input }: ComponentOutputs): Tensor2D {
  const { recipe, sizes, parameters } = network;
  if (recipe.sharing[name].kind === 'experts') {
    const [shared, own] = outputs as [Tensor2D, Tensor2D];
    return concat([shared, mixExperts(parameters, sourcesOf(recipe.tasks), own)], 1);
  }
  const { output } = blockOf(recipe, sizes, name);
  return meet(outputs, task === 'target' ? gates(parameters, name, recipe.sharing[name], output) : [], input);
}

/** Character encodings of a batch's distinct words for a task, [W, output] (TTN §"Encoders"; gated as the recipe says). */
export function encodeCharacters(network: Network, task: Task, tries: CharacterTries, seeds: DropoutSeeds): Tensor2D {
  return met(network, 'characterEncoder', task, characterOutputs(network, task, tries, seeds));
}

/** Where each row finds its word vector and its word's character encoding. */
export interface EncoderInput {
  readonly wordRows: Tensor2D;
  readonly wordIndex: Int32Array;
  readonly characters: Tensor2D;
  readonly formIndex: Int32Array;
  /** Of each row [N · size]; only read where the recipe has token features. */
  readonly features: Float32Array | null;
}

/** Word encoder output [N, output]. */
export function encodeWords(
  network: Network,
  task: Task,
  rows: PackedRows,
  input: EncoderInput,
  seeds: DropoutSeeds,
): Tensor2D {
  const x = wordInput(network, rows, input, seeds);
  return met(network, 'wordEncoder', task, wordOutputs(network, task, x, rows, seeds));
}

/** What the word encoder reads: a word's vector ‖ its characters ‖ its token's projected features, [N, input]. @throws AppError `features-invalid` without features where the recipe has some. */
export function wordInput(network: Network, rows: PackedRows, input: EncoderInput, seeds: DropoutSeeds): Tensor2D {
  const { dropout, tokenFeatures } = network.recipe;
  const x = joinRows(
    { table: input.wordRows, index: input.wordIndex, dropout: drop(dropout.wordEmbedding, seeds, 'wordEmbedding') },
    {
      table: input.characters,
      index: input.formIndex,
      dropout: drop(dropout.characterEncoder, seeds, 'characterEncoder'),
    },
    rows.rows,
  );
  if (tokenFeatures === undefined) return x;
  if (input.features === null) throw featuresMissing();
  const features = tensor2d(input.features, [rows.rows, tokenFeatures.size]);
  const projected = affine(network, featureProjection, features);
  return concat([x, dropRows(projected, null, drop(dropout.wordEmbedding, seeds, 'tokenFeatures'))], 1);
}

function featuresMissing(): AppError {
  return new AppError('features-invalid', 'This model reads token features, and there are none for these documents.', {
    details: { nextStep: 'Name the folder that holds them with --features of `notegraft train`, `evaluate` or `tag`.' },
  });
}

/** Dropout of a place in this step, none without seeds. */
export function drop(rate: number, seeds: DropoutSeeds, place: string): Dropout {
  return seeds && rate > 0 ? { rate, seed: seeds(place) } : noDropout;
}

/** The layers of one level, counted from 1, that run for a task: of every copy, the top one with the task's gate where the cell is shared. */
export function layersAt(
  { recipe, parameters }: Network,
  block: Block,
  name: Component,
  task: Task,
  level: number,
): RecurrentLayer[] {
  const sharing = recipe.sharing[name];
  const isGated = sharing.kind === 'shared-cell' && level === block.layers;
  return copies(name, sharing, task).map((copy) =>
    isGated ? sharedCellLayer(parameters, block, copy, task) : recurrentLayer(parameters, block, copy, level),
  );
}

/** The last layers of stacked recurrent copies; between two layers the component's dropout, as after the last (our choice). */
function stacks(
  network: Network,
  block: Block,
  name: Component,
  task: Task,
  x: Tensor2D,
  rows: PackedRows,
  seeds: DropoutSeeds,
): Tensor2D[] {
  const sequence = block.kind === 'gru' ? gruSequence : lstmSequence;
  const run = (input: Tensor2D, layers: readonly RecurrentLayer[]): Tensor2D[] => {
    const [first] = layers;
    if (first && isSharedCell(first)) return [sharedCellSequence(input, first, rows)];
    return sequence(input, layers as LstmLayer[], rows);
  };
  const rate = network.recipe.dropout[name];
  let outputs = run(x, layersAt(network, block, name, task, 1));
  for (let level = 2; level <= layersOfTask(network.recipe, name, task, block.layers); level++) {
    outputs = layersAt(network, block, name, task, level).flatMap((layer, copy) => {
      const below = outputs[copy] as Tensor2D;
      return run(dropRows(below, null, drop(rate, seeds, `${name}/${copy}/${level}`)), [layer]);
    });
  }
  return outputs;
}

function pick(table: Tensor2D, index: Int32Array): Tensor2D {
  return dropRows(table, index, noDropout);
}

function affine({ parameters }: Network, copy: string, x: Tensor2D): Tensor2D {
  const kernel = parameter<Tensor2D>(parameters, `${copy}/kernel`);
  return add(matMul(x, kernel), parameter<Tensor1D>(parameters, `${copy}/bias`));
}
