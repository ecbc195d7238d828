/** The comparison of the stacked recipes computes what ours does: the same loss for the same weights, and as many of them. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { keep, tensor, tidy } from '@tensorflow/tfjs-core';
import { batchLoss } from '../../worker/model/loss.ts';
import { gatherWordRows, type Network } from '../../worker/model/network.ts';
import { disposeParameters } from '../../worker/model/parameters.ts';
import { anchorMissing, anchorPython, root } from '../bench/measure.ts';
import { randomNetwork, tinyBatch, tinyRecipe, type TinyBatch } from '../support/networks.ts';
import { startEngine } from '../../worker/engine/start.ts';

const missing = anchorMissing();

/** PyTorch's GRU resets after the recurrent product, ours before: without that product both are the same. */
async function withoutCandidateProduct({ parameters, recipe }: Network): Promise<void> {
  if (recipe.wordEncoder.kind !== 'gru') return;
  for (const [path, weight] of parameters) {
    if (!path.endsWith('/recurrent')) continue;
    const width = weight.shape[1] ?? 0;
    const values = (await weight.data<'float32'>()).map((value, i) => (i % width < (2 * width) / 3 ? value : 0));
    weight.dispose();
    parameters.set(path, keep(tensor(values, weight.shape)));
  }
}

async function ourLoss(network: Network, { batch }: TinyBatch): Promise<number> {
  const engine = await startEngine();
  const loss = tidy(() => {
    const wordRows = gatherWordRows(network, batch.distinctWords);
    return batchLoss(network, 'target', batch, wordRows, null).dataSync<'float32'>()[0];
  });
  engine.endStep();
  return loss ?? NaN;
}

/** Network and batch as torch_zoo.py reads them. */
async function described(network: Network, { batch, forms }: TinyBatch): Promise<string> {
  const { recipe, sizes, parameters } = network;
  const weights = await Promise.all(
    [...parameters].map(async ([path, weight]) => {
      return [path, { shape: weight.shape, values: Array.from(await weight.data()) }] as const;
    }),
  );
  return JSON.stringify({
    recipe: recipe.name,
    task: 1,
    words: sizes.words,
    characters: sizes.characters,
    tags: [sizes.tags.source, sizes.tags.target],
    size: {
      char: recipe.characterEncoder.embeddingSize,
      charHidden: recipe.characterEncoder.hiddenSize,
      word: sizes.wordSize,
      hidden: recipe.wordEncoder.hiddenSize,
    },
    weights: Object.fromEntries(weights),
    batch: {
      spellings: forms.characters.map((spelling) => [...spelling]),
      sentences: batch.sentences.map(({ words, forms: spellings, tags }) => {
        return { words: [...words], spellings: [...spellings], tags: [...tags] };
      }),
    },
  });
}

describe('the comparison in PyTorch', { skip: missing ?? false }, () => {
  for (const [name, ...style] of [
    ['yang-t-b'],
    ['sc-lstm'],
    ['yang-t-b', '--plain'],
    ['sc-lstm', '--plain'],
  ] as const) {
    test(`${name} ${style.join('')}: same loss, same number of weights`, async () => {
      await startEngine();
      const network = randomNetwork(tinyRecipe(name), 1);
      await withoutCandidateProduct(network);
      const batch = tinyBatch(network, 'target', 5, [6, 4, 4, 1]);
      const folder = mkdtempSync(join(tmpdir(), 'notegraft-torch-'));
      const file = join(folder, 'network.json');
      writeFileSync(file, await described(network, batch));
      const program = join(root, 'test/bench/torch_zoo.py');
      const output = execFileSync(anchorPython(), [program, 'check', '--weights', file, ...style], {
        encoding: 'utf8',
      });
      rmSync(folder, { recursive: true });
      const theirs = JSON.parse(output) as { loss: number; parameters: number };
      const loss = await ourLoss(network, batch);
      assert.ok(Math.abs(theirs.loss - loss) < 1e-4 * loss, `${theirs.loss} and ${loss}`);
      assert.equal(
        theirs.parameters,
        [...network.parameters.values()].reduce((sum, weight) => sum + weight.size, 0),
      );
      disposeParameters(network.parameters);
    });
  }
});
