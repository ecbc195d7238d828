/** Subwords of words: which there are, how fastText hashes them, and dense rows for those that occur. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { subwordBuckets, subwordsOf } from '../../../worker/data/subwords.ts';

const buckets = 100_000_000;

/** FNV-1a over UTF-8 bytes taken as signed, in integers of any size. */
function bucketOf(subword: string): number {
  let hash = 2166136261n;
  for (const byte of Buffer.from(subword, 'utf8')) {
    const signed = BigInt.asUintN(32, BigInt.asIntN(8, BigInt(byte)));
    hash = BigInt.asUintN(32, (hash ^ signed) * 16777619n);
  }
  return Number(hash % BigInt(buckets));
}

test('the hash is FNV-1a', () => {
  // 0xbf9cf968, from the test values of the hash's authors.
  assert.equal(bucketOf('foobar'), 0xbf9cf968 % buckets);
});

for (const [word, shortest, longest, expected] of [
  ['where', 3, 3, ['<wh', 'whe', 'her', 'ere', 're>']],
  ['ab', 2, 6, ['<a', '<ab', '<ab>', 'ab', 'ab>', 'b>']],
  ['a', 3, 6, ['<a>']],
  ['ab', 1, 1, ['a', 'b']],
  ['naïve', 4, 4, ['<naï', 'naïv', 'aïve', 'ïve>']],
  ['5', 4, 6, []],
] as const) {
  test(`subwords of ${word} of ${shortest} to ${longest} letters`, () => {
    assert.deepEqual(subwordBuckets(word, { shortest, longest, buckets }), expected.map(bucketOf));
  });
}

test('rows are numbered densely, and words share the rows of what they have in common', () => {
  const { offsets, rows, count } = subwordsOf(['pain', 'pains'], { shortest: 4, longest: 4, buckets });
  // <pai pain ain> and <pai pain ains ins>
  assert.deepEqual([[...offsets], [...rows], count], [[0, 3, 7], [0, 1, 2, 0, 1, 3, 4], 5]);
});

test('another word has the rows that it shares with the vocabulary, and none where those are less than a third', () => {
  const subwords = subwordsOf(['pain', 'pains'], { shortest: 4, longest: 4, buckets });
  assert.deepEqual(subwords.rowsOf('paints'), [0, 1]);
  assert.deepEqual(subwords.rowsOf('painless'), []);
  assert.deepEqual(subwords.rowsOf('fever'), []);
});

test('with few buckets subwords share rows', () => {
  assert.ok(subwordsOf(['hypertension'], { shortest: 3, longest: 6, buckets: 7 }).count <= 7);
});
