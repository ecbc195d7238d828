/** Spans to token labels and back: overlaps, token borders and sentence borders. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sentenceRange, type Span } from '../../../worker/domain/document.ts';
import { encodeTags, tagSet } from '../../../worker/domain/tags.ts';
import { alignSpans, flattenSpans, goldSpans, tokenSpansToSpans } from '../../../worker/data/labelling.ts';
import { tokenTable } from '../../../worker/data/tokenize.ts';

function span(start: number, end: number, label = 'Drug'): Span {
  return { start, end, label };
}

/** The span of the first occurrence of `part`. */
function spanOf(text: string, part: string, label = 'Drug'): Span {
  return span(text.indexOf(part), text.indexOf(part) + part.length, label);
}

test('Of overlapping spans the longest is kept.', () => {
  assert.deepEqual(flattenSpans([span(0, 4), span(2, 9), span(8, 10), span(9, 12)]), {
    spans: [span(2, 9), span(9, 12)],
    dropped: 2,
  });
});

test('Of equally long overlapping spans the earlier is kept.', () => {
  assert.deepEqual(flattenSpans([span(3, 6), span(1, 4)]).spans, [span(1, 4)]);
});

test('Of spans with the same boundaries the first label in order is kept.', () => {
  assert.deepEqual(flattenSpans([span(1, 4, 'Test'), span(1, 4, 'Drug')]).spans, [span(1, 4, 'Drug')]);
});

test('A discontinuous span counts with its envelope and keeps its fragments.', () => {
  const discontinuous: Span = { start: 0, end: 12, label: 'Problem', fragments: [[0, 3], [9, 12]] }; // prettier-ignore
  assert.deepEqual(flattenSpans([span(4, 8), discontinuous]), { spans: [discontinuous], dropped: 1 });
});

test('Repeated and empty spans are dropped and counted.', () => {
  assert.deepEqual(flattenSpans([span(1, 4), span(1, 4), span(6, 6)]), { spans: [span(1, 4)], dropped: 2 });
});

test('The gold of a document is its flattened spans, offsets verbatim.', () => {
  assert.deepEqual(goldSpans({ spans: [span(7, 9), span(0, 4), span(1, 3)] }), [span(0, 4), span(7, 9)]);
});

const anySpan = fc
  .tuple(fc.nat(60), fc.integer({ min: 1, max: 20 }), fc.constantFrom('Drug', 'Test'))
  .map(([start, length, label]) => span(start, start + length, label));

test('Flattened spans never overlap, nothing dropped would fit, and order does not matter.', () => {
  fc.assert(
    fc.property(fc.array(anySpan), fc.func(fc.integer()), (spans, key) => {
      const { spans: kept, dropped } = flattenSpans(spans);
      assert.equal(kept.length + dropped, spans.length);
      assert.ok(kept.every((one, i) => i === 0 || (kept[i - 1]?.end ?? 0) <= one.start));
      assert.ok(spans.every((one) => kept.some((other) => other.start < one.end && one.start < other.end)));
      const shuffled = [...spans].sort((a, b) => key(a.start, a.end, a.label) - key(b.start, b.end, b.label));
      assert.deepEqual(flattenSpans(shuffled).spans, kept);
    }),
  );
});

const note = 'Took aspirin 81mg daily. No chest pain today.';

test('Spans become token ranges counted from the start of their sentence.', () => {
  const aligned = alignSpans(tokenTable(note), [spanOf(note, 'chest pain', 'Problem'), spanOf(note, '81mg', 'Dose')]);
  assert.deepEqual(aligned, {
    sentenceSpans: [[{ start: 2, end: 4, label: 'Dose' }], [{ start: 1, end: 3, label: 'Problem' }]],
    widened: 0,
    clipped: 0,
    dropped: 0,
  });
});

test('An edge inside a token takes the whole token.', () => {
  const aligned = alignSpans(tokenTable(note), [spanOf(note, 'spirin 8')]);
  assert.deepEqual(aligned.sentenceSpans[0], [{ start: 1, end: 3, label: 'Drug' }]);
  assert.equal(aligned.widened, 1);
});

test('Blanks at an edge are left out.', () => {
  const aligned = alignSpans(tokenTable(note), [spanOf(note, ' aspirin ')]);
  assert.deepEqual(aligned.sentenceSpans[0], [{ start: 1, end: 2, label: 'Drug' }]);
  assert.equal(aligned.widened, 1);
});

test('A span that crosses a sentence border is cut to the sentence that holds most of it.', () => {
  const aligned = alignSpans(tokenTable(note), [spanOf(note, 'daily. No chest pain')]);
  assert.deepEqual(aligned.sentenceSpans, [[], [{ start: 0, end: 3, label: 'Drug' }]]);
  assert.equal(aligned.clipped, 1);
});

test('Of spans that collide after widening the later is dropped.', () => {
  const aligned = alignSpans(tokenTable(note), [spanOf(note, 'irin', 'Test'), spanOf(note, 'asp', 'Drug')]);
  assert.deepEqual(aligned.sentenceSpans[0], [{ start: 1, end: 2, label: 'Drug' }]);
  assert.equal(aligned.dropped, 1);
});

test('A span over blanks or beyond the text is dropped.', () => {
  const aligned = alignSpans(tokenTable(note), [span(4, 5), span(900, 905)]);
  assert.deepEqual(aligned, { sentenceSpans: [[], []], widened: 0, clipped: 0, dropped: 2 });
});

test('A text without tokens takes no spans.', () => {
  assert.deepEqual(alignSpans(tokenTable(' \n'), [span(0, 1)]), {
    sentenceSpans: [],
    widened: 0,
    clipped: 0,
    dropped: 1,
  });
});

test('Token spans come back with the offsets of the text.', () => {
  const spans = tokenSpansToSpans(tokenTable(note), 1, [{ start: 1, end: 3, label: 'Problem' }]);
  assert.deepEqual(spans, [spanOf(note, 'chest pain', 'Problem')]);
});

test('A token span outside its sentence is refused.', () => {
  const tokens = tokenTable(note);
  for (const [start, end] of [
    [0, 7],
    [-1, 2],
    [2, 2],
  ] as const) {
    // prettier-ignore
    assert.throws(() => tokenSpansToSpans(tokens, 0, [{ start, end, label: 'Drug' }]), RangeError);
  }
});

test('Spans at token borders of one sentence come back unchanged, and any alignment can be encoded as tags.', () => {
  const words = fc.array(fc.constantFrom('Pain', 'fever', '5mg', 'No.', 'b.i.d.', '\n\n', 'x-ray,', 'COX-2'), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(words, fc.array(anySpan), (chosen, spans) => {
      const tokens = tokenTable(chosen.join(' '));
      const aligned = alignSpans(tokens, spans);
      const tags = tagSet(['Drug', 'Test']);
      for (const [s, tokenSpans] of aligned.sentenceSpans.entries()) {
        const [first, end] = sentenceRange(tokens, s);
        assert.equal(encodeTags(tags, end - first, tokenSpans).length, end - first);
      }
      const back = aligned.sentenceSpans.flatMap((tokenSpans, s) => tokenSpansToSpans(tokens, s, tokenSpans));
      const again = alignSpans(tokens, back);
      assert.deepEqual(again, { sentenceSpans: aligned.sentenceSpans, widened: 0, clipped: 0, dropped: 0 });
    }),
  );
});
