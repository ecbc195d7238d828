/** A batch's loss: characters, words, decoder, and how well the gold tags come out of it. */
import { add, mul, scalar, type Scalar, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import type { Task } from '../domain/task-names.ts';
import { crfMarginLoss } from '../engine/ops/crf.ts';
import { tagLoss } from '../engine/ops/loss.ts';
import { dropRows, joinRows, noDropout } from '../engine/ops/rows.ts';
import { decoderOutputs, drop, encodeCharacters, met, wordInput, wordOutputs } from './encoders.ts';
import { crfOf, emissionsOf } from './emissions.ts';
import { expertLosses } from './expert-losses.ts';
import { headOwner, type DropoutSeeds, type Network, type NetworkBatch } from './network.ts';
import { parameter } from './parameters.ts';

/**
 * Mean loss a token of a batch of `task`. tag-lstm: cross-entropy, the decoder fed with the gold tag before (teacher forcing).
 * softmax: cross-entropy. crf: −log p(tags of a sentence), or the softmax-margin where wrong tags have a cost, added up over the
 * sentences and divided by the tokens (our choice: so that λ and the clipping norm mean the same with every decoder).
 * Experts add the losses of gate and shared features, which are all that a batch without tags has.
 * `wordRows` [R, wordSize] are the batch's distinct words' vectors, gathered by the caller so that they can be trained sparsely.
 */
export function batchLoss(
  network: Network,
  task: Task,
  batch: NetworkBatch,
  wordRows: Tensor2D,
  seeds: DropoutSeeds,
): Scalar {
  const characters = encodeCharacters(network, task, batch.tries, seeds);
  const { wordIndex, formIndex, features } = batch;
  const x = wordInput(network, batch.rows, { wordRows, wordIndex, characters, formIndex, features }, seeds);
  const words = wordOutputs(network, task, x, batch.rows, seeds);
  const beside = expertLosses(network, task, words.outputs);
  if (beside !== null && batch.tags.length === 0) return beside;
  const loss = tagsLoss(network, task, batch, met(network, 'wordEncoder', task, words), seeds);
  return beside === null ? loss : add(loss, beside);
}

/** The part of the loss that the tags have, of the word encoder's output [N, output]. */
function tagsLoss(network: Network, task: Task, batch: NetworkBatch, h: Tensor2D, seeds: DropoutSeeds): Scalar {
  const { recipe } = network;
  const y = decoderInput(network, task, batch, h, seeds);
  const o = met(network, 'decoder', task, decoderOutputs(network, task, y, batch.rows));
  const dropout = drop(recipe.decoder.hiddenSize === 0 ? 0 : recipe.dropout.decoder, seeds, 'decoder');
  if (recipe.decoder.kind === 'crf') {
    const emissions = emissionsOf(network, task, dropRows(o, null, dropout));
    const { rows, sentences } = batch.rows;
    const loss = crfMarginLoss(emissions, crfOf(network, task), batch.tags, batch.rows, recipe.decoder.cost);
    return mul(loss, scalar(sentences / rows));
  }
  const owner = headOwner(recipe, task);
  const kernel = parameter<Tensor2D>(network.parameters, `${owner}/projection/kernel`);
  const bias = parameter<Tensor1D>(network.parameters, `${owner}/projection/bias`);
  return tagLoss(o, kernel, bias, batch.tags, dropout);
}

/** What the decoder reads: the word encoder's output, and for a tag-lstm beside it the embedding of the tag before. */
function decoderInput(
  { recipe, parameters }: Network,
  task: Task,
  batch: NetworkBatch,
  h: Tensor2D,
  seeds: DropoutSeeds,
): Tensor2D {
  const dropout = drop(recipe.dropout.wordEncoder, seeds, 'wordEncoder');
  if (recipe.decoder.kind !== 'tag-lstm') return dropRows(h, null, dropout);
  const tags = parameter<Tensor2D>(parameters, `${headOwner(recipe, task)}/tagEmbedding`);
  return joinRows(
    { table: h, index: null, dropout },
    { table: tags, index: batch.previousTags, dropout: noDropout },
    batch.rows.rows,
  );
}
