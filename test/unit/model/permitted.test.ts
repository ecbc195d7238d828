/** The tables of permitted tags that the decoder works with. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tagName, tagSet } from '../../../worker/domain/tags.ts';
import { permittedTags } from '../../../worker/model/permitted.ts';

const tags = tagSet(['A', 'B']);
const K = tags.size;
const { inside, final } = permittedTags(tags);

/** Names of the tags that a table allows after tag `from`; K is the start of a sentence. */
function allowed(table: Uint8Array, from: number): string {
  const names = Array.from({ length: K }, (_, tag) => (table[from * K + tag] ? [tagName(tags, tag)] : []));
  return names.flat().join(' ');
}

test('a sentence starts, and goes on after a closed entity, with O or a first tag', () => {
  for (const from of [K, 0, 3, 4]) assert.equal(allowed(inside, from), 'O B-A S-A B-B S-B');
});

test('an open entity is continued or closed with its own label', () => {
  for (const from of [1, 2]) assert.equal(allowed(inside, from), 'I-A E-A');
  for (const from of [5, 6]) assert.equal(allowed(inside, from), 'I-B E-B');
});

test('the last token closes what is open', () => {
  assert.equal(allowed(final, K), 'O S-A S-B');
  assert.equal(allowed(final, 0), 'O S-A S-B');
  assert.equal(allowed(final, 1), 'E-A');
  assert.equal(allowed(final, 6), 'E-B');
});

test('there is always a way on: every row of both tables allows something', () => {
  for (const labels of [[], ['A'], ['A', 'B', 'C']]) {
    const set = tagSet(labels);
    for (const table of Object.values(permittedTags(set))) {
      for (let from = 0; from <= set.size; from++) {
        assert.ok(table.subarray(from * set.size, (from + 1) * set.size).includes(1));
      }
    }
  }
});
