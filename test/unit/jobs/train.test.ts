/** The training job: repeatable, independent of what it should not read, and plain about missing data. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { trainJob } from '../../../worker/jobs/train.ts';
import { decodeModel, modelHash } from '../../../worker/model/checkpoint.ts';
import { withSources } from '../../../worker/domain/tasks.ts';
import { startEngine } from '../../../worker/engine/start.ts';
import type { JobOf } from '../../../worker/protocol-jobs.ts';
import type { TaskDocument } from '../../../worker/protocol.ts';
import { scoreDocuments } from '../../../worker/evaluate/scores.ts';
import { tagGold } from '../../../worker/evaluate/tagged-gold.ts';
import { sourceLines, streamed, targetLines, taskDocument } from '../../support/corpus.ts';
import { failureOf, quickRecipe, trained, trainingDocuments } from '../../support/jobs.ts';
import { temporaryFolder } from '../formats/corpus-builders.ts';

describe('repeatability', () => {
  for (const name of ['baseline', 'dtn']) {
    test(`${name}: the same seed gives the same model byte by byte and the same scores, another seed another model`, async () => {
      const { result: first } = await trained(quickRecipe(name));
      const { result: again } = await trained(quickRecipe(name));
      assert.deepEqual(again.model, first.model);
      assert.deepEqual([again.modelHash, again.dev, again.test], [first.modelHash, first.dev, first.test]);
      const { result: other } = await trained(quickRecipe(name), { seed: 2 });
      assert.notEqual(other.modelHash, first.modelHash);
    });
  }

  test('the baseline does not depend on the source', async () => {
    const { result: both } = await trained(quickRecipe('baseline'));
    const { result: alone } = await trained(quickRecipe('baseline'), {}, trainingDocuments.slice(1));
    const weights = (model: Uint8Array) => decodeModel(model).weights;
    assert.deepEqual(weights(both.model), weights(alone.model));
    assert.deepEqual(both.test, alone.test);
  });
});

describe('what is reported', () => {
  test('first the sizes, then epochs, with a model for every best one, and at the end the best model', async () => {
    const { events, result } = await trained(quickRecipe('ttn-HHI'));
    const [prepared] = events;
    assert.ok(prepared?.kind === 'prepared');
    assert.deepEqual([prepared.targetSentences, prepared.sourceSentences, prepared.flattened], [10, 6, 0]);
    assert.equal(prepared.knownVectorShare, 0);
    const epochs = events.flatMap((event) => (event.kind === 'epoch' ? [event.epoch] : []));
    const models = events.flatMap((event) => (event.kind === 'epoch' && event.model ? [event] : []));
    assert.deepEqual(
      epochs.map(({ epoch }) => epoch),
      [1, 2, 3],
    );
    assert.deepEqual(
      models.map(({ epoch }) => epoch.epoch),
      epochs.flatMap(({ epoch, best }) => (best ? [epoch] : [])),
    );
    assert.equal(models.at(-1)?.epoch.epoch, result.bestEpoch);
    assert.deepEqual(models.at(-1)?.model, result.model);
    assert.equal(result.modelHash, modelHash(result.model));
    assert.ok(result.seconds > 0 && result.tokensPerSecond > 0);
  });

  test('the scores are those of the saved model', async () => {
    const { result } = await trained(quickRecipe('dtn-hs', ['training.epochs=12']));
    const engine = await startEngine();
    const scored = async (split: string) => {
      const documents = trainingDocuments.filter((document) => document.split === split);
      return scoreDocuments(await tagGold(decodeModel(result.model), documents, () => engine.endStep()));
    };
    assert.ok(result.dev.strict.micro.f1 > 0, 'the test needs a model that finds something');
    assert.deepEqual(result.dev, await scored('dev'));
    assert.deepEqual(result.test, await scored('test'));
  });

  test('without test documents there is no test score', async () => {
    const { result } = await trained(quickRecipe('baseline', ['training.epochs=1']), {}, trainingDocuments.slice(1, 4));
    assert.equal(result.test, null);
  });

  test('overlapping gold is counted', async () => {
    const document = taskDocument('target', 'train', 'x', targetLines);
    const overlapping = { ...document, spans: [...document.spans, ...document.spans.slice(0, 2)] };
    const { events } = await trained(quickRecipe('baseline', ['training.epochs=1']), {}, [
      ...trainingDocuments,
      overlapping,
    ]);
    assert.equal(events[0]?.kind === 'prepared' && events[0].flattened, 2);
  });
});

describe('several sources', () => {
  const documents = [
    taskDocument('one', 'train', 's', sourceLines.slice(0, 4)),
    taskDocument('two', 'train', 's', sourceLines.slice(2)),
    ...trainingDocuments.slice(1),
  ];
  const recipe = withSources(quickRecipe('ttn-SSS'), ['one', 'two']);

  test('are each learned from, and train the same model again', async () => {
    const { events, result } = await trained(recipe, {}, documents);
    assert.equal(events[0]?.kind === 'prepared' && events[0].sourceSentences, 8);
    assert.deepEqual(decodeModel(result.model).recipe.tasks, ['one', 'two', 'target']);
    assert.equal(decodeModel(result.model).facts['sourceDocuments'], 2);
    assert.equal((await trained(recipe, {}, documents)).result.modelHash, result.modelHash);
    const { result: other } = await trained(withSources(recipe, ['one']), {}, documents);
    assert.notEqual(other.modelHash, result.modelHash);
  });

  test('one without training documents is named', async () => {
    const job: JobOf<'train'> = { kind: 'train', recipe: withSources(recipe, ['one', 'three']), seed: 1 };
    const failure = await failureOf(trainJob(job, streamed(documents), new AbortController().signal));
    assert.equal(failure.message, 'The source three has no training documents.');
    assert.match(failure.details.nextStep ?? '', /--role source:three/);
  });
});

describe('the model file', () => {
  test('holds the recipe, the seed and the words, but none of the notes’ text', async () => {
    const { result } = await trained(quickRecipe('dtn-hs', ['training.epochs=1']), { seed: 77 });
    const { recipe, facts, vocabulary } = decodeModel(result.model);
    assert.deepEqual(recipe, quickRecipe('dtn-hs', ['training.epochs=1']));
    assert.deepEqual(facts, { seed: 77, targetDocuments: 2, sourceDocuments: 1 });
    assert.deepEqual(vocabulary.tags, { target: { labels: ['Dose', 'Drug', 'Problem'], size: 13 } });
    const content = Buffer.from(result.model).toString('latin1').toLowerCase();
    for (const { text } of trainingDocuments) {
      const words = text.toLowerCase().split(/\s+/).filter(Boolean);
      for (const [i, word] of words.slice(0, -1).entries())
        assert.ok(!content.includes(`${word} ${words[i + 1]}`), word);
    }
  });

  test('takes the size of the word vectors from their file, and says how many words they know', async (t) => {
    const file = join(temporaryFolder(t, { 'v.txt': 'aspirin 1 2 3\nnever 4 5 6\n. 0 0 1\n' }), 'v.txt');
    const { events, result } = await trained(quickRecipe('baseline', ['training.epochs=1']), { embeddingsFile: file });
    const { recipe, vocabulary, weights } = decodeModel(result.model);
    assert.equal(recipe.wordEmbedding.size, 3);
    assert.deepEqual(vocabulary.words.slice(0, 4), ['<unk>', 'aspirin', 'never', '.']);
    const table = weights.get('shared/wordEmbedding');
    assert.deepEqual(table?.shape, [vocabulary.words.length, 3]);
    assert.deepEqual([...(table?.values.subarray(6, 9) ?? [])], [4, 5, 6], 'a word that never occurs keeps its vector');
    const share = events[0]?.kind === 'prepared' ? events[0].knownVectorShare : NaN;
    assert.ok(share > 0.1 && share < 0.3, `${share}`);
  });
});

describe('missing data gets a plain error with a next step', () => {
  const only = (keep: (document: TaskDocument) => boolean) => trainingDocuments.filter(keep);
  const without = (documents: readonly TaskDocument[], task: string) =>
    documents.map((document) => (document.task === task ? { ...document, spans: [] } : document));
  const noWords = { starts: new Int32Array(0), ends: new Int32Array(0), sentenceEnds: new Int32Array(0) };
  const cases: readonly (readonly [documents: readonly TaskDocument[], message: string, nextStep: RegExp])[] = [
    [[], 'The target has no training documents.', /Import target documents with --split train/],
    [
      only(({ task, split }) => task === 'source' || split !== 'train'),
      'The target has no training documents.',
      /notegraft split/,
    ],
    [only(({ split }) => split !== 'dev'), 'The target has no development documents.', /--split dev/],
    [
      only(({ task }) => task === 'target'),
      'The recipe dtn learns from a source, and the project has none.',
      /--role source, or train the recipe baseline/,
    ],
    [without(trainingDocuments, 'target'), 'The target training documents have no annotations.', /notegraft audit/],
    [without(trainingDocuments, 'source'), 'The source training documents have no annotations.', /notegraft audit/],
    [
      trainingDocuments.map((document) => (document.split === 'dev' ? { ...document, spans: [] } : document)),
      'The target development documents have no annotations, so no epoch could be told from another.',
      /--split dev/,
    ],
    [
      trainingDocuments.map((document) =>
        document.task === 'source' ? { ...document, text: ' ', tokens: noWords } : document,
      ),
      'The source training documents hold no words.',
      /hold text/,
    ],
  ];
  for (const [documents, message, nextStep] of cases) {
    test(message, async () => {
      const job: JobOf<'train'> = { kind: 'train', recipe: quickRecipe('dtn'), seed: 1 };
      const failure = await failureOf(trainJob(job, streamed(documents), new AbortController().signal));
      assert.deepEqual([failure.code, failure.message], ['data-missing', message]);
      assert.match(failure.details.nextStep ?? '', nextStep);
    });
  }

  test('word vectors that are damaged', async (t) => {
    const file = join(temporaryFolder(t, { 'v.txt': 'aspirin 1 2 3\nnever 4 5\n' }), 'v.txt');
    const job: JobOf<'train'> = { kind: 'train', recipe: quickRecipe('dtn'), seed: 1, embeddingsFile: file };
    const failure = await failureOf(trainJob(job, streamed(trainingDocuments), new AbortController().signal));
    assert.deepEqual([failure.code, failure.details.line], ['embeddings-invalid', 2]);
  });
});

test('a training that is cancelled ends with its own error after the epoch', async () => {
  const controller = new AbortController();
  const job: JobOf<'train'> = { kind: 'train', recipe: quickRecipe('baseline', ['training.epochs=1000']), seed: 1 };
  const events = trainJob(job, streamed(trainingDocuments), controller.signal);
  await events.next();
  controller.abort();
  assert.equal((await failureOf(events)).code, 'cancelled');
});
