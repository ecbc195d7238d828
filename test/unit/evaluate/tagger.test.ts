/** From documents to spans: offsets, confidences, and the same spans however documents are batched. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeDocuments, formTable } from '../../../worker/data/dataset.ts';
import { tokenTable } from '../../../worker/data/tokenize.ts';
import { buildVocabulary, wordIndex } from '../../../worker/data/vocabulary.ts';
import type { AnnotatedDocument } from '../../../worker/domain/document.ts';
import { startEngine } from '../../../worker/engine/start.ts';
import {
  createTagger,
  disposeTagger,
  predict,
  predictSentences,
  type Tagger,
} from '../../../worker/evaluate/tagger.ts';
import { batchTagger } from '../../../worker/evaluate/batch-tagger.ts';
import { tokensOf } from '../../../worker/jobs/prepare.ts';
import { initials, wordTable, type Network } from '../../../worker/model/network.ts';
import { permittedTags } from '../../../worker/model/permitted.ts';
import { addParameter, disposeParameters } from '../../../worker/model/parameters.ts';
import { markedDocument, sourceLines, targetLines } from '../../support/corpus.ts';
import { tinyRecipe } from '../../support/networks.ts';
import { randomValues } from '../../support/numbers.ts';

const documents: readonly AnnotatedDocument[] = [
  markedDocument('a', targetLines.slice(0, 4)),
  { name: 'blank', text: ' \n ', tokens: tokenTable(' \n '), spans: [] },
  markedDocument('b', sourceLines),
  markedDocument('c', targetLines.slice(4)),
];

/** A tagger with random, decisive weights: it finds entities everywhere. */
async function randomTagger(settings: readonly string[] = [], beamWidth = 1): Promise<Tagger> {
  const engine = await startEngine();
  const recipe = tinyRecipe('dtn-hs', settings);
  const { vocabulary } = buildVocabulary({
    tokens: tokensOf(documents),
    vectorWords: [],
    labels: { target: ['A', 'B'] },
  });
  const sizes = {
    words: vocabulary.words.length,
    wordSize: 5,
    characters: vocabulary.characters.length,
    tags: { source: 1, target: vocabulary.tags.target.size },
  };
  const network: Network = { recipe, sizes, parameters: new Map() };
  const shapes = [...initials(recipe, sizes)].map(([path, { shape }]) => [path, shape] as const);
  for (const [i, [path, shape]] of [...shapes, [wordTable, [sizes.words, 5]] as const].entries()) {
    addParameter(
      network.parameters,
      path,
      randomValues(
        shape.reduce((a, b) => a * b, 1),
        i,
        2,
      ),
      [...shape],
    );
  }
  return createTagger(network, vocabulary.tags.target, formTable(wordIndex(vocabulary), 25), beamWidth, () =>
    engine.endStep(),
  );
}

function dispose(tagger: Tagger): void {
  disposeTagger(tagger);
  disposeParameters(tagger.network.parameters);
}

describe('predicted spans', () => {
  for (const beamWidth of [1, 4]) {
    test(`lie on token borders, in order, apart, with a confidence in (0, 1] (beam width ${beamWidth})`, async () => {
      const tagger = await randomTagger([], beamWidth);
      const found = await predict(tagger, documents);
      assert.ok(found.flat().length > 10, 'the test needs entities');
      for (const [i, spans] of found.entries()) {
        const { tokens } = documents[i] as AnnotatedDocument;
        for (const [k, { start, end, label, confidence }] of spans.entries()) {
          assert.ok(tokens.starts.includes(start) && tokens.ends.includes(end));
          assert.ok(start >= (spans[k - 1]?.end ?? 0) && end > start);
          assert.ok(['A', 'B'].includes(label));
          assert.ok(confidence > 0 && confidence <= 1);
        }
      }
      dispose(tagger);
    });
  }

  test('of a document without words are none', async () => {
    const tagger = await randomTagger();
    assert.deepEqual((await predict(tagger, documents))[1], []);
    assert.deepEqual(await predict(tagger, documents.slice(1, 2)), [[]]);
    assert.deepEqual(await predict(tagger, []), []);
    dispose(tagger);
  });

  test('do not cross the pieces of a long sentence', async () => {
    const tagger = await randomTagger(['training.maxSentenceTokens=8']);
    const words = Array.from({ length: 50 }, (_, i) => ['aspirin', 'pain', 'mg', 'fever'][i % 4]).join(' ');
    const document = markedDocument('long', [words]);
    const [spans] = await predict(tagger, [document]);
    const piece = (offset: number): number =>
      Math.floor(
        document.tokens.starts.findIndex((start, i) => start <= offset && offset < (document.tokens.ends[i] ?? 0)) / 8,
      );
    assert.ok(spans && spans.length > 0);
    for (const { start, end } of spans) assert.equal(piece(start), piece(end - 1));
    dispose(tagger);
  });
});

describe('the same spans come out', () => {
  test('for documents one by one, together, or in another order', async () => {
    const tagger = await randomTagger();
    const together = await predict(tagger, documents);
    assert.deepEqual((await Array.fromAsync(documents, (document) => predict(tagger, [document]))).flat(), together);
    assert.deepEqual((await predict(tagger, documents.toReversed())).toReversed(), together);
    dispose(tagger);
  });

  test('from a tagger that has seen other words before', async () => {
    const [fresh, used] = [await randomTagger(), await randomTagger()];
    await predict(used, documents.slice(2));
    await predict(used, documents.slice(0, 1));
    assert.deepEqual(await predict(used, documents), await predict(fresh, documents));
    dispose(fresh);
    dispose(used);
  });

  for (const beamWidth of [1, 3]) {
    test(`from a tagger that keeps no words (beam width ${beamWidth})`, async () => {
      const tagger = await randomTagger([], beamWidth);
      const { network, forms, tags } = tagger;
      const engine = await startEngine();
      const batches = batchTagger(network, forms, permittedTags(tags), beamWidth, () => engine.endStep(), 0);
      const forgetful: Tagger = { ...tagger, batches };
      for (const document of documents) await predict(forgetful, [document]);
      assert.deepEqual(await predict(forgetful, documents), await predict(tagger, documents));
      disposeTagger(forgetful);
      dispose(tagger);
    });
  }

  test('from sentences encoded beforehand', async () => {
    const tagger = await randomTagger();
    const { sentences } = encodeDocuments(documents, tagger.forms, null, 200);
    assert.deepEqual(await predictSentences(tagger, documents, sentences), await predict(tagger, documents));
    dispose(tagger);
  });

  test('with more distinct words than are encoded at once', async () => {
    const tagger = await randomTagger();
    const many = markedDocument('many', [Array.from({ length: 1500 }, (_, i) => `w${i}`).join(' ')]);
    const alone = await predict(tagger, documents);
    assert.deepEqual((await predict(tagger, [many, ...documents])).slice(1), alone);
    dispose(tagger);
  });
});
