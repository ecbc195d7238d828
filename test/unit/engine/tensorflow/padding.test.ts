/** Packed batches as padded blocks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paddedBlocks } from '../../../../worker/engine/tensorflow/padding.ts';
import { packedRows } from '../../../support/engine/layouts.ts';

const lengthsOf = [[1], [3, 3, 3], [9, 5, 4, 4, 2, 1, 1], [12, 11, 7, 6, 5, 3, 2, 1]];

test('a block holds sentences of similar length, its padding has the number of rows', () => {
  const { blocks } = paddedBlocks(packedRows([4, 3, 1]), 2);
  assert.deepEqual(
    blocks.map(({ longest, sentences }) => [longest, sentences]),
    [
      [4, 2],
      [1, 1],
    ],
  );
  // Rows: 0 1 2 are the first tokens, 3 4 the second, 5 6 the third, 7 the fourth of the longest.
  assert.deepEqual([...(blocks[0]?.sources[0] ?? [])], [0, 1, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual([...(blocks[0]?.sources[1] ?? [])], [7, 6, 5, 4, 3, 1, 0, 8]);
});

for (const lengths of lengthsOf) {
  test(`every row of sentences of ${lengths.join(', ')} tokens is in one place`, () => {
    const rows = packedRows(lengths);
    const { blocks, places } = paddedBlocks(rows, 2);
    for (const [direction, place] of places.entries()) {
      const all = blocks.flatMap(({ sources }) => [...(sources[direction] ?? [])]);
      assert.deepEqual(
        Array.from(place, (at) => all[at]),
        Array.from({ length: rows.rows }, (_, row) => row),
      );
      assert.equal(all.filter((row) => row < rows.rows).length, rows.rows);
    }
  });
}

test('less than half of a block is padding', () => {
  for (const lengths of lengthsOf) {
    const rows = packedRows(lengths);
    const places = paddedBlocks(rows, 1).blocks.reduce((sum, block) => sum + block.longest * block.sentences, 0);
    assert.ok(places < 2 * rows.rows, `${places} places for ${rows.rows} rows`);
  }
});
