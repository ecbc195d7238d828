/** The gate of a network with experts, for looking at a trained model. */
import { tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import { sourcesOf } from '../domain/task-names.ts';
import { encodeCharacters, wordInput, wordOutputs } from './encoders.ts';
import { expertShares } from './experts.ts';
import { wordTable, type Network, type NetworkBatch } from './network.ts';
import { parameter } from './parameters.ts';

/** Each source's share at each token of a batch of the target, row by row [N·S]: 1 where there is one source alone. */
export async function gateOfBatch(network: Network, batch: NetworkBatch): Promise<Float32Array> {
  const sources = sourcesOf(network.recipe.tasks);
  if (sources.length < 2) return new Float32Array(batch.rows.rows).fill(1);
  const shares = tidy(() => gate(network, sources, batch));
  const values = await shares.data<'float32'>();
  shares.dispose();
  return values;
}

function gate(network: Network, sources: readonly string[], batch: NetworkBatch): Tensor2D {
  const { rows, words: wordIndex, formIndex, features } = batch;
  const characters = encodeCharacters(network, 'target', batch.tries, null);
  const wordRows = parameter<Tensor2D>(network.parameters, wordTable);
  const x = wordInput(network, rows, { wordRows, wordIndex, characters, formIndex, features }, null);
  const [, own] = wordOutputs(network, 'target', x, rows, null).outputs;
  return expertShares(network.parameters, sources, own as Tensor2D) as Tensor2D;
}
