/** The vocabulary: which words and characters a model knows, and how a token finds its word. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildVocabulary, wordIndex, type VocabularySources } from '../../../worker/data/vocabulary.ts';
import type { Vocabulary } from '../../../worker/domain/vocabulary.ts';

function built(sources: Partial<VocabularySources>) {
  return buildVocabulary({ tokens: [], vectorWords: [], labels: { target: ['Drug'] }, ...sources });
}

function vocabularyOf(words: readonly string[], characters: readonly string[]): Vocabulary {
  const tags = { target: { labels: [], size: 1 } };
  return { words: ['<unk>', ...words], characters: ['<unk>', ...characters], tags };
}

describe('building', () => {
  test('words of the vector file come first, in its order, then the training words in reading order, all lower-cased', () => {
    const { vocabulary } = built({ tokens: ['Give', 'Aspirin', 'give', 'now'], vectorWords: ['the', 'aspirin'] });
    assert.deepEqual(vocabulary.words, ['<unk>', 'the', 'aspirin', 'give', 'now']);
  });

  test('occurrences are counted regardless of case, and are 0 for words that only have a vector', () => {
    const { occurrences } = built({ tokens: ['Give', 'Aspirin', 'give'], vectorWords: ['the', 'aspirin'] });
    assert.deepEqual([...occurrences], [0, 0, 1, 2]);
  });

  test('characters are those of the tokens as written, sorted, a character outside the basic plane as one', () => {
    const { vocabulary } = built({ tokens: ['bA', 'a😀'] });
    assert.deepEqual(vocabulary.characters, ['<unk>', 'A', 'a', 'b', '😀']);
  });

  test('label sets are kept by task; without a source there is the target’s alone', () => {
    assert.deepEqual(Object.keys(built({}).vocabulary.tags), ['target']);
    const { tags } = built({ labels: { one: ['b', 'a', 'b'], two: [], target: ['Drug'] } }).vocabulary;
    const [one, two, target] = [['a', 'b'], [], ['Drug']].map((labels) => ({ labels, size: 1 + 4 * labels.length }));
    assert.deepEqual(tags, { one, two, target });
  });

  test('the same tokens give the same vocabulary', () => {
    const tokens = ['x', 'B', 'a', 'x'];
    assert.deepEqual(built({ tokens }), built({ tokens }));
  });
});

describe('looking up', () => {
  const index = wordIndex(vocabularyOf(['aspirin', '00', '17', 'v0'], ['a', 'B', '😀']));

  test('a word is found lower-cased', () => {
    assert.equal(index.wordId('ASPIRIN'), 1);
  });

  test('a number of its own is found before its form with zeros', () => {
    assert.equal(index.wordId('17'), 3);
  });

  test('a number without a word of its own is found with its digits as 0', () => {
    assert.equal(index.wordId('42'), 2);
    assert.equal(index.wordId('V9'), 4);
  });

  test('what is not found is unknown, and so is the name of the unknown word itself', () => {
    assert.equal(index.wordId('ibuprofen'), 0);
    assert.equal(index.wordId('4x'), 0);
    assert.equal(index.wordId('<unk>'), 0);
  });

  test('characters keep their case, and unknown ones are 0', () => {
    assert.deepEqual([...index.characterIds('aBbA😀', 25)], [1, 2, 0, 0, 3]);
  });

  test('a long word is cut to its first characters', () => {
    assert.deepEqual([...index.characterIds('aaaaaB', 3)], [1, 1, 1]);
  });
});
