/** Documents as numbers: words, forms, tags, and the cutting of long sentences. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeDocuments, formTable } from '../../../worker/data/dataset.ts';
import { buildVocabulary, wordIndex } from '../../../worker/data/vocabulary.ts';
import type { AnnotatedDocument } from '../../../worker/domain/document.ts';
import { tagName } from '../../../worker/domain/tags.ts';
import { labelsOf, tokensOf } from '../../../worker/jobs/prepare.ts';
import { markedDocument } from '../../support/corpus.ts';

function encoded(documents: readonly AnnotatedDocument[], maxSentenceTokens = 100) {
  const { vocabulary } = buildVocabulary({
    tokens: tokensOf(documents),
    vectorWords: [],
    labels: { target: labelsOf(documents) },
  });
  const forms = formTable(wordIndex(vocabulary), 25);
  const tags = vocabulary.tags.target;
  const { sentences, tokens, flattened } = encodeDocuments(documents, forms, tags, maxSentenceTokens);
  const written = sentences.map((sentence) => Array.from(sentence.tags, (id) => tagName(tags, id)).join(' '));
  return { sentences, tokens, flattened, written, forms, vocabulary };
}

test('every sentence knows its document, its first token, its words and its tags', () => {
  const documents = [
    markedDocument('a', ['Give [Drug:insulin glargine] now', '[Drug:Aspirin]']),
    markedDocument('b', ['No insulin']),
  ];
  const { sentences, tokens, written, vocabulary } = encoded(documents);
  assert.equal(tokens, 7);
  assert.deepEqual(
    sentences.map(({ document, firstToken, words }) => [
      document,
      firstToken,
      Array.from(words, (id) => vocabulary.words[id]),
    ]),
    [
      [0, 0, ['give', 'insulin', 'glargine', 'now']],
      [0, 4, ['aspirin']],
      [1, 0, ['no', 'insulin']],
    ],
  );
  assert.deepEqual(written, ['O B-Drug E-Drug O', 'S-Drug', 'O O']);
});

test('the same spelling is one form, another case another', () => {
  const { sentences, forms } = encoded([markedDocument('a', ['go Go go [X:on]', 'Go'])]);
  assert.deepEqual(
    sentences.map(({ forms: ids }) => [...ids]),
    [[0, 1, 0, 2], [1]],
  );
  assert.equal(forms.characters.length, 3);
});

describe('a sentence longer than the limit', () => {
  const line = 'a b [X:c d] e [Y:f g h i] [X:j]';

  test('is cut into pieces, and what lies over a cut is left out', () => {
    const { sentences, written } = encoded([markedDocument('a', [line])], 4);
    assert.deepEqual(
      sentences.map(({ firstToken }) => firstToken),
      [0, 4, 8],
    );
    assert.deepEqual(written, ['O O B-X E-X', 'O O O O', 'O S-X']);
  });

  test('loses nothing where the cut falls between entities', () => {
    const { written } = encoded([markedDocument('a', [line])], 5);
    assert.deepEqual(written, ['O O B-X E-X O', 'B-Y I-Y I-Y E-Y S-X']);
  });
});

test('overlapping gold is flattened longest-first and counted', () => {
  const document = markedDocument('a', ['[X:a b] c']);
  const overlapping = { ...document, spans: [...document.spans, { start: 2, end: 3, label: 'X' }] };
  const { flattened, written } = encoded([overlapping]);
  assert.deepEqual([flattened, written], [1, ['B-X E-X O']]);
});

test('without a tag set there are no tags; a label the set does not know stays outside', () => {
  const documents = [markedDocument('a', ['[X:a] b'])];
  const { forms } = encoded(documents);
  assert.deepEqual([...(encodeDocuments(documents, forms, null, 9).sentences[0]?.tags ?? [1])], []);
  const known = { labels: ['Y'], size: 5 };
  assert.deepEqual([...(encodeDocuments(documents, forms, known, 9).sentences[0]?.tags ?? [])], [0, 0]);
});

test('a document without words has no sentences', () => {
  const empty = { starts: new Int32Array(0), ends: new Int32Array(0), sentenceEnds: new Int32Array(0) };
  const { forms } = encoded([markedDocument('a', ['[X:a]'])]);
  const found = encodeDocuments([{ name: 'e', text: ' \n', tokens: empty, spans: [] }], forms, null, 9);
  assert.deepEqual(found, { sentences: [], tokens: 0, flattened: 0 });
});
