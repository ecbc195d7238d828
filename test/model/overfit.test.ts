/** Every recipe learns ten sentences by heart: the whole line from text to scored spans works. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { batchStream, encodeBatch } from '../../worker/data/batches.ts';
import { encodeDocuments, formTable } from '../../worker/data/dataset.ts';
import { buildVocabulary, wordIndex } from '../../worker/data/vocabulary.ts';
import type { AnnotatedDocument } from '../../worker/domain/document.ts';
import type { Task } from '../../worker/domain/task-names.ts';
import { seededRandom } from '../../worker/domain/random.ts';
import type { Recipe } from '../../worker/domain/recipe.ts';
import { recipeNamed } from '../../worker/domain/zoo.ts';
import { tagsOf } from '../../worker/domain/vocabulary.ts';
import { startEngine } from '../../worker/engine/start.ts';
import { scoreDocuments } from '../../worker/evaluate/scores.ts';
import { createTagger, disposeTagger, predict } from '../../worker/evaluate/tagger.ts';
import { labelSets, tokensOf } from '../../worker/jobs/prepare.ts';
import { networkSizes } from '../../worker/model/blocks.ts';
import { createNetwork } from '../../worker/model/network.ts';
import { disposeParameters } from '../../worker/model/parameters.ts';
import { Optimizer } from '../../worker/train/optimizer.ts';
import { trainStep } from '../../worker/train/step.ts';
import { markedDocument, sourceLines, targetLines } from '../support/corpus.ts';
import { resized, testedRecipes } from '../support/networks.ts';
import { randomValues } from '../support/numbers.ts';

const documents: Readonly<Record<'source' | 'target', readonly AnnotatedDocument[]>> = {
  source: [markedDocument('source', sourceLines)],
  target: [markedDocument('target', targetLines)],
};

const small = [
  'characterEncoder.embeddingSize=6',
  'characterEncoder.hiddenSize=6',
  'wordEmbedding.size=10',
  'wordEncoder.hiddenSize=12',
  'decoder.hiddenSize=12',
  'decoder.tagEmbeddingSize=6',
  'training.learningRate=0.02',
];
/** Most need less than 200; man-moe, which decides tag by tag while its source's labels count as outside, about 650. */
const mostSteps = 1200;

/** Strict micro F1 on the ten sentences after each round of training, until it is 1. */
async function bestF1(recipe: Recipe): Promise<number> {
  const engine = await startEngine();
  const { vocabulary } = buildVocabulary({
    tokens: tokensOf([...documents.source, ...documents.target]),
    vectorWords: [],
    labels: labelSets(recipe, new Map<Task, readonly AnnotatedDocument[]>(Object.entries(documents))),
  });
  const forms = formTable(wordIndex(vocabulary), 25);
  const sizes = networkSizes(recipe, vocabulary);
  const network = createNetwork(recipe, sizes, randomValues(sizes.words * sizes.wordSize, 1), 1);
  const optimizer = new Optimizer(network.parameters, recipe.training);
  const streams = recipe.tasks.map((task) => {
    const { sentences } = encodeDocuments(documents[task as 'source' | 'target'], forms, tagsOf(vocabulary, task), 200);
    return { task, stream: batchStream(sentences, 5, seededRandom(1)) };
  });
  let best = 0;
  for (let step = 1; step <= mostSteps && best < 1; step++) {
    for (const { task, stream } of streams) {
      const batch = encodeBatch(stream.next().value, forms, sizes.tags[task] ?? 0, null);
      await trainStep(network, optimizer, task, batch, null);
      engine.endStep();
    }
    if (step % 10 > 0) continue;
    const tagger = createTagger(network, vocabulary.tags.target, forms, 1, () => engine.endStep());
    const predicted = await predict(tagger, documents.target);
    disposeTagger(tagger);
    const scored = documents.target.map(({ spans }, i) => ({ gold: spans, predicted: predicted[i] ?? [] }));
    best = Math.max(best, scoreDocuments(scored).strict.micro.f1);
  }
  optimizer.dispose();
  disposeParameters(network.parameters);
  return best;
}

describe('ten sentences are learned by heart (strict micro F1 above 0.98)', () => {
  for (const name of testedRecipes) {
    test(name, async () => {
      const f1 = await bestF1(resized(recipeNamed(name), small));
      assert.ok(f1 > 0.98, `F1 ${f1}`);
    });
  }
});
