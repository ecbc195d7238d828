/** A program for the test of thread counts: many sentences tagged on NOTEGRAFT_THREADS threads; prints a hash of every number. */
import { createHash } from 'node:crypto';
import { lengthBatches } from '../../../worker/data/batches.ts';
import { startEngine } from '../../../worker/engine/start.ts';
import { batchTagger } from '../../../worker/evaluate/batch-tagger.ts';
import { permittedTags } from '../../../worker/model/permitted.ts';
import { randomNetwork, tinyBatch, tinyRecipe } from '../networks.ts';

const engine = await startEngine();
const network = randomNetwork(tinyRecipe('dtn'), 1, 1.5);
const lengths = Array.from({ length: 300 }, (_, i) => 1 + ((i * 7) % 31));
const { batch, forms } = tinyBatch(network, 'target', 1, lengths);
const permitted = permittedTags({ labels: [], size: network.sizes.tags.target });
const tagger = batchTagger(network, forms, permitted, 1, () => engine.endStep());
/** The tags and probabilities of each sentence, in the order of the batch. */
const found = new Map<unknown, number[]>();
for (const size of [300, 50, 1]) {
  for (const { sentences, steps, decoded } of await tagger.tag(lengthBatches(batch.sentences, size))) {
    for (const [s, sentence] of sentences.entries()) {
      const numbers = found.get(sentence) ?? [];
      found.set(sentence, numbers);
      let row = s;
      for (let t = 0; t < sentence.forms.length; t++) {
        numbers.push(decoded.tags[row] ?? NaN, decoded.probabilities[row] ?? NaN);
        row += steps[t] ?? 0;
      }
    }
  }
}
const numbers = batch.sentences.flatMap((sentence) => found.get(sentence) ?? []);
if (new Set(numbers).size < 1000 || !numbers.every(Number.isFinite)) throw new Error('these are no results');
process.stdout.write(`${engine.threads} ${createHash('sha256').update(Float64Array.from(numbers)).digest('hex')}`);
