/** Notes as numbered words: counted, sorted by count, the rare left out, sentences kept apart. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wordCollector, type CorpusWords } from '../../../worker/data/corpus-words.ts';
import { markedDocument } from '../../support/corpus.ts';

function collected(minCount: number, ...notes: string[][]): CorpusWords {
  const collector = wordCollector();
  for (const lines of notes) {
    const { text, tokens } = markedDocument('note', lines);
    collector.add(text, tokens);
  }
  return collector.finish(minCount);
}

/** The text in words again, one string a sentence. */
function sentencesOf({ words, text }: CorpusWords): string[] {
  const all = Array.from(text, (number) => (number === -1 ? '|' : (words[number] ?? '?'))).join(' ');
  return all.split(' |').map((sentence) => sentence.trim());
}

test('words are lower-cased, most frequent first, equal counts by their letters', () => {
  const { words, counts, tokens } = collected(1, ['Pain in knee', 'PAIN in hip']);
  assert.deepEqual([words, [...counts], tokens], [['in', 'pain', 'hip', 'knee'], [2, 2, 1, 1], 6]);
});

test('sentences of all notes stay apart, and those left with one word are gone', () => {
  const corpus = collected(2, ['no pain today', 'fever'], ['no pain', 'pain again']);
  assert.deepEqual(sentencesOf(corpus), ['no pain', 'no pain', '']);
  assert.deepEqual([...corpus.counts], [3, 2]);
});

test('words that occur too rarely are left out, and their neighbours meet', () => {
  assert.deepEqual(sentencesOf(collected(2, ['mild chest pain', 'severe chest pain'])), [
    'chest pain',
    'chest pain',
    '',
  ]);
});

test('rare numbers count as their form with zeros, frequent ones as themselves', () => {
  const corpus = collected(2, ['give 25 mg', 'give 37 mg', 'give 10 mg', 'give 10 mg']);
  assert.deepEqual(sentencesOf(corpus), ['give 00 mg', 'give 00 mg', 'give 10 mg', 'give 10 mg', '']);
});

test('a sentence without an end is cut into parts of a thousand words', () => {
  const { text } = collected(1, [Array.from({ length: 2500 }, () => 'word').join(' ')]);
  const ends = [...text.entries()].filter(([, number]) => number === -1).map(([at]) => at);
  assert.deepEqual(ends, [1000, 2001, 2502]);
});

test('tokens are counted as they come, and no notes give no words', () => {
  const collector = wordCollector();
  assert.deepEqual(collector.finish(1).words, []);
  const { text, tokens } = markedDocument('note', ['one two three']);
  collector.add(text, tokens);
  assert.equal(collector.tokens, 3);
});
