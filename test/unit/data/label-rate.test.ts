/** Few labels on purpose: some sentences of the documents, nested, with their own annotations only. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { thinDocuments } from '../../../worker/data/label-rate.ts';
import type { AnnotatedDocument } from '../../../worker/domain/document.ts';

/** Ten sentences of two tokens, "a b", each with a span over its second token. */
function tenSentences(name: string): AnnotatedDocument {
  const count = 10;
  const starts = Int32Array.from({ length: 2 * count }, (_, i) => 2 * i);
  return {
    name,
    text: 'a b '.repeat(count),
    tokens: {
      starts,
      ends: starts.map((start) => start + 1),
      sentenceEnds: Int32Array.from({ length: count }, (_, s) => 2 * s + 2),
    },
    spans: Array.from({ length: count }, (_, s) => ({ start: 4 * s + 2, end: 4 * s + 3, label: `L${s}` })),
  };
}

const two = [tenSentences('one'), tenSentences('two')];

function places(documents: readonly AnnotatedDocument[]): string[] {
  return documents.flatMap(({ name, spans }) => spans.map(({ label }) => `${name} ${label}`));
}

test('a rate keeps that share of all sentences, each with its tokens and its annotation in place', () => {
  const thinned = thinDocuments(two, 0.25, 1);
  assert.equal(places(thinned).length, 5);
  for (const { text, tokens, spans } of thinned) {
    assert.equal(tokens.sentenceEnds.at(-1), tokens.starts.length);
    assert.equal(tokens.starts.length, 2 * spans.length);
    for (const [s, { start, end }] of spans.entries()) {
      assert.deepEqual([tokens.starts[2 * s + 1], tokens.ends[2 * s + 1]], [start, end]);
      assert.equal(text.slice(start, end), 'b');
    }
  }
});

test('a smaller rate keeps a part of what a larger one keeps; another seed keeps others', () => {
  const [few, more, others] = [thinDocuments(two, 0.1, 1), thinDocuments(two, 0.4, 1), thinDocuments(two, 0.4, 2)];
  const kept = new Set(places(more));
  assert.ok(places(few).every((place) => kept.has(place)));
  assert.notDeepEqual(places(others), places(more));
});

test('at least one sentence is kept, and a rate of 1 changes nothing', () => {
  assert.equal(places(thinDocuments(two, 0.001, 1)).length, 1);
  assert.deepEqual(thinDocuments(two, 1, 1), two);
  assert.deepEqual(thinDocuments([], 0.5, 1), []);
});

test('an annotation over the border of sentences goes when one of them does', () => {
  const whole = { ...tenSentences('one'), spans: [{ start: 0, end: 40, label: 'all' }] };
  assert.deepEqual(places(thinDocuments([whole], 0.5, 1)), []);
});
