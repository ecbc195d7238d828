/** Batches: packed rows, distinct words and forms, tries, and streams that visit every sentence once a pass. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  batchStream,
  characterTrie,
  encodeBatch,
  formTries,
  lengthBatches,
  packBatch,
  type BatchTrie,
} from '../../../worker/data/batches.ts';
import type { EncodedSentence, FormTable } from '../../../worker/data/dataset.ts';
import { seededRandom } from '../../../worker/domain/random.ts';

const tagCount = 9;
const token = fc.record({ word: fc.nat(12), form: fc.nat(6), tag: fc.nat(tagCount - 1) });
const sentences = fc
  .array(fc.array(token, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 9 })
  .map((all) => all.map(sentenceOf));

function sentenceOf(tokens: readonly { word: number; form: number; tag: number }[], document: number): EncodedSentence {
  return {
    document,
    firstToken: 0,
    words: Int32Array.from(tokens, ({ word }) => word),
    forms: Int32Array.from(tokens, ({ form }) => form),
    tags: Int32Array.from(tokens, ({ tag }) => tag),
  };
}

/** Sentences of these lengths. */
function ofLengths(lengths: readonly number[]): EncodedSentence[] {
  return lengths.map((length, i) =>
    sentenceOf(
      Array.from({ length }, () => ({ word: 1, form: 0, tag: 0 })),
      i,
    ),
  );
}

const forms: FormTable = {
  characters: [[1], [2, 3], [2, 3, 4], [4, 3], [2, 2, 2], [0], [5, 3, 4]].map((ids) => Int32Array.from(ids)),
  words: [0, 0, 0, 0, 0, 0, 0],
  ids: new Map(),
  index: { wordId: () => 0, characterIds: () => new Int32Array(0) },
  maxCharacters: 25,
};

describe('packed rows', () => {
  test('hold every token once, step after step, the longest sentence first', () => {
    fc.assert(
      fc.property(sentences, (given) => {
        const batch = packBatch(given, tagCount, null);
        const { steps, rows, sentences: count } = batch.rows;
        assert.equal(count, given.length);
        assert.equal(
          rows,
          given.reduce((sum, { words }) => sum + words.length, 0),
        );
        assert.deepEqual(
          [...batch.sentences].sort((a, b) => a.document - b.document),
          given,
        );
        let row = 0;
        for (const [t, active] of steps.entries()) {
          assert.equal(active, batch.sentences.filter(({ words }) => words.length > t).length);
          for (const sentence of batch.sentences.slice(0, active)) {
            assert.equal(batch.words[row], sentence.words[t]);
            assert.equal(batch.distinctWords[batch.wordIndex[row] ?? -1], sentence.words[t]);
            assert.equal(batch.distinctForms[batch.formIndex[row] ?? -1], sentence.forms[t]);
            assert.equal(batch.tags[row], sentence.tags[t]);
            assert.equal(batch.previousTags[row], t === 0 ? tagCount : sentence.tags[t - 1]);
            row++;
          }
        }
        assert.equal(row, rows);
        assert.equal(new Set(batch.distinctWords).size, batch.distinctWords.length);
        assert.equal(new Set(batch.distinctForms).size, batch.distinctForms.length);
      }),
      { numRuns: 200 },
    );
  });

  test('a replaced word is replaced everywhere, its form and tag stay', () => {
    const batch = packBatch(
      [
        sentenceOf(
          [
            { word: 4, form: 1, tag: 2 },
            { word: 5, form: 3, tag: 0 },
          ],
          0,
        ),
      ],
      tagCount,
      (word) => (word === 4 ? 0 : word),
    );
    assert.deepEqual(
      [[...batch.words], [...batch.distinctWords], [...batch.distinctForms], [...batch.tags]],
      [
        [0, 5],
        [0, 5],
        [1, 3],
        [2, 0],
      ],
    );
  });

  test('without gold there are no tags', () => {
    const [sentence] = ofLengths([3]);
    const batch = packBatch([{ ...(sentence as EncodedSentence), tags: new Int32Array(0) }], tagCount, null);
    assert.deepEqual([batch.tags.length, batch.previousTags.length, batch.words.length], [0, 0, 3]);
  });

  test('a whole batch adds the characters of its distinct forms', () => {
    const batch = encodeBatch(ofLengths([2, 1]), forms, tagCount, null);
    assert.deepEqual(batch.tries, formTries(batch.distinctForms, forms));
  });
});

/** The characters on the way from the root to a node. */
function pathTo(trie: BatchTrie, node: number): number[] {
  const found: number[] = [];
  for (let at = node; at >= 0; at = trie.parents[at] ?? -1) found.unshift(trie.ids[at] ?? NaN);
  return found;
}

const word = fc.array(fc.nat(3), { minLength: 1, maxLength: 6 });

describe('a trie', () => {
  test('spells every word, shares every common beginning, and orders its nodes by depth', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 10 }), (words) => {
        const trie = characterTrie(
          words.map((ids) => Int32Array.from(ids)),
          false,
        );
        const beginnings = new Set(words.flatMap((ids) => ids.map((_, i) => ids.slice(0, i + 1).join())));
        assert.equal(trie.ids.length, beginnings.size);
        for (const [w, ids] of words.entries()) assert.deepEqual(pathTo(trie, trie.last[w] ?? -1), ids);
        const depths = Array.from(trie.ids, (_, node) => pathTo(trie, node).length);
        assert.deepEqual(
          depths,
          Array.from(trie.counts).flatMap((count, depth) => new Array<number>(count).fill(depth + 1)),
        );
      }),
      { numRuns: 200 },
    );
  });

  test('read backwards is the trie of the words turned round', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 10 }), (words) => {
        const forwards = words.map((ids) => Int32Array.from(ids));
        const turned = words.map((ids) => Int32Array.from(ids.toReversed()));
        assert.deepEqual(characterTrie(forwards, true), characterTrie(turned, false));
      }),
    );
  });

  test('tells characters of a large alphabet apart', () => {
    const trie = characterTrie([Int32Array.from([1, 65535]), Int32Array.from([2, 0]), Int32Array.from([1, 0])], false);
    assert.deepEqual(
      [[...trie.ids], [...trie.parents], [...trie.counts]],
      [
        [1, 2, 65535, 0, 0],
        [-1, -1, 0, 1, 0],
        [2, 3],
      ],
    );
  });
});

describe('batches by length', () => {
  test('hold every sentence once, longest first, all full but the last', () => {
    const batches = lengthBatches(ofLengths([1, 5, 3, 2, 5, 9, 1]), 3);
    const lengths = batches.map((batch) => batch.map(({ words }) => words.length));
    assert.deepEqual(lengths, [[9, 5, 5], [3, 2, 1], [1]]);
  });
});

describe('a stream of training batches', () => {
  const all = ofLengths(Array.from({ length: 53 }, (_, i) => 1 + ((i * 7) % 11)));

  /** The document numbers of the next pass, batch by batch. */
  function pass(stream: Generator<EncodedSentence[], never>, batches: number): number[][] {
    return Array.from({ length: batches }, () => stream.next().value.map(({ document }) => document));
  }

  for (const batchSize of [1, 2, 5, 100]) {
    test(`visits every sentence once a pass (batch size ${batchSize})`, () => {
      const stream = batchStream(all, batchSize, seededRandom(1));
      const batches = Math.ceil(all.length / batchSize);
      for (let round = 0; round < 3; round++) {
        const visited = pass(stream, batches).flat();
        assert.deepEqual(
          visited.sort((a, b) => a - b),
          all.map(({ document }) => document),
        );
      }
    });
  }

  test('passes differ, seeds differ, and the same seed repeats', () => {
    const from = (seed: number): number[][][] => {
      const stream = batchStream(all, 5, seededRandom(seed));
      return [pass(stream, 11), pass(stream, 11)];
    };
    const [first, second] = from(1);
    assert.notDeepEqual(first, second);
    assert.notDeepEqual(from(2)[0], first);
    assert.deepEqual(from(1), [first, second]);
  });

  test('sentences of a batch are of similar length', () => {
    const stream = batchStream(all, 5, seededRandom(3));
    const spread = pass(stream, 11).map((batch) => {
      const lengths = batch.map((document) => all[document]?.words.length ?? NaN);
      return Math.max(...lengths) - Math.min(...lengths);
    });
    assert.ok(Math.max(...spread) <= 2, spread.join());
  });

  test('no sentences is an error, not an endless wait', () => {
    assert.throws(() => batchStream([], 5, seededRandom(1)).next(), RangeError);
  });
});
