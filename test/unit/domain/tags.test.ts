/** The IOBES tag scheme. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  decodeTags,
  encodeTags,
  mayEnd,
  mayFollow,
  mayStart,
  outside,
  tagName,
  tagSet,
} from '../../../worker/domain/tags.ts';

const tags = tagSet(['Drug', 'Dose']);

function names(ids: Iterable<number>): string[] {
  return Array.from(ids, (id) => tagName(tags, id));
}

/** The id of a written tag. */
function tagId(name: string): number {
  return Array.from({ length: tags.size }, (_, id) => id).find((id) => tagName(tags, id) === name) ?? outside;
}

test('Labels are sorted and repeated ones collapse, so that the ids of a label set never change.', () => {
  assert.deepEqual(tagSet(['Drug', 'Dose', 'Drug']), { labels: ['Dose', 'Drug'], size: 9 });
});

test('Spans are written as begin, inside, end and singleton.', () => {
  const ids = encodeTags(tags, 6, [
    { start: 0, end: 3, label: 'Drug' },
    { start: 4, end: 5, label: 'Dose' },
  ]);
  assert.deepEqual(names(ids), ['B-Drug', 'I-Drug', 'E-Drug', 'O', 'S-Dose', 'O']);
});

test('A label outside the set is left O.', () => {
  assert.deepEqual([...encodeTags(tags, 2, [{ start: 0, end: 2, label: 'Test' }])], [outside, outside]);
});

test('Overlapping and out-of-range spans are refused.', () => {
  const overlapping = [0, 1].map((start) => ({ start, end: start + 2, label: 'Drug' }));
  assert.throws(() => encodeTags(tags, 4, overlapping), RangeError);
  assert.throws(() => encodeTags(tags, 2, [{ start: 1, end: 3, label: 'Drug' }]), RangeError);
});

test('A sentence begins with O, B or S and ends with O, E or S.', () => {
  const drug = ['O', 'B-Drug', 'I-Drug', 'E-Drug', 'S-Drug'];
  assert.deepEqual(drug.filter((name) => mayStart(tagId(name))), ['O', 'B-Drug', 'S-Drug']); // prettier-ignore
  assert.deepEqual(drug.filter((name) => mayEnd(tagId(name))), ['O', 'E-Drug', 'S-Drug']); // prettier-ignore
});

test('Inside an entity only its own I or E may follow; outside only a beginning.', () => {
  const followers = (name: string): string[] => {
    const all = Array.from({ length: tags.size }, (_, id) => id);
    return names(all.filter((id) => mayFollow(tagId(name), id)));
  };
  for (const open of ['B-Drug', 'I-Drug']) assert.deepEqual(followers(open), ['I-Drug', 'E-Drug']);
  for (const closed of ['O', 'E-Dose', 'S-Drug']) {
    assert.deepEqual(followers(closed), ['O', 'B-Dose', 'S-Dose', 'B-Drug', 'S-Drug']);
  }
});

test('Broken pieces of entities are dropped.', () => {
  const ids = ['I-Drug', 'E-Drug', 'B-Drug', 'O', 'E-Dose', 'B-Dose'].map(tagId);
  assert.deepEqual(decodeTags(tags, ids), []);
});

/** Spans side by side: how many tokens to skip, how many to take, which label. */
const layout = fc.array(fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 4 }), fc.constantFrom('Drug', 'Dose')));

test('Encoded spans decode to themselves, by a sequence the scheme allows.', () => {
  fc.assert(
    fc.property(layout, fc.nat(3), (parts, rest) => {
      let length = 0;
      const spans = parts.map(([skip, take, label]) => {
        const start = length + skip;
        length = start + take;
        return { start, end: length, label };
      });
      const ids = encodeTags(tags, length + rest, spans);
      assert.deepEqual(decodeTags(tags, ids), spans);
      assert.ok(mayStart(ids[0] ?? outside) && mayEnd(ids.at(-1) ?? outside));
      assert.ok(ids.every((id, i) => i === 0 || mayFollow(ids[i - 1] ?? outside, id)));
    }),
  );
});
