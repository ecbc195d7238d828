/** The i2b2 2009 medication reader: fields to labels, discontinuous and escaped texts, and what is skipped. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { i2b2Entries } from '../../../worker/formats/i2b2-2009.ts';
import type { ReadDocument } from '../../../worker/formats/format.ts';
import { decodedGroup } from './corpus-builders.ts';

function read(text: string, entries: string): ReadDocument {
  const { group, files } = decodedGroup({ 'note.txt': text, 'note.i2b2.entries': entries });
  const [only] = i2b2Entries.read(group, files);
  assert.ok(only);
  return only;
}

function surfaces({ document }: ReadDocument): string[] {
  return document.spans.map(({ start, end, label }) => `${label}: ${document.text.slice(start, end)}`);
}

const text = 'Nph Humulin Insulin\n2 units qam; for sugar of\nher blood > 200 mg\n';

describe('i2b2-2009', () => {
  test('turns the six fields into labels and leaves out what is not mentioned', () => {
    const result = read(
      text,
      'm="nph humulin insulin" 1:0 1:2||do="2 units" 2:0 2:1||mo="nm"||f="qam;" 2:2 2:2||du="nm"||r="sugar of her blood" 2:4 3:1||ln="list"\n',
    );
    assert.deepEqual(surfaces(result), [
      'Medication: Nph Humulin Insulin',
      'Dosage: 2 units',
      'Frequency: qam;',
      'Reason: sugar of\nher blood',
    ]);
    assert.deepEqual(result.counts, { ok: 4, repaired: 0, skipped: 0 });
    assert.deepEqual(
      result.audit.map(({ kind, line }) => [kind, line]),
      [['multi-line', 1]],
    );
  });

  test('reads event, temporal and certainty fields without taking them for annotations', () => {
    const result = read(
      text,
      'm="insulin" 1:2 1:2||do="nm"||mo="nm"||f="nm"||du="nm"||r="nm"||e="start"||t="past"||c="factual"||ln="narrative"',
    );
    assert.deepEqual([surfaces(result), result.counts.skipped], [['Medication: Insulin'], 0]);
  });

  test('reads comma-separated offsets as one discontinuous annotation', () => {
    const result = read(text, 'm="nph ... insulin" 1:0 1:0,1:2 1:2||do="nm"');
    assert.deepEqual(result.document.spans, [
      {
        start: 0,
        end: 19,
        label: 'Medication',
        fragments: [
          [0, 3],
          [12, 19],
        ],
      },
    ]);
    assert.equal(result.counts.ok, 1);
  });

  test('understands XML-escaped texts', () => {
    assert.deepEqual(surfaces(read(text, 'r="&gt; 200 mg" 3:2 3:4')), ['Reason: > 200 mg']);
  });

  test('keeps a medication that several entries name once', () => {
    const entry = 'm="insulin" 1:2 1:2||do="nm"||ln="list"\n';
    const result = read(text, entry + entry);
    assert.deepEqual(result.counts, { ok: 1, repaired: 0, skipped: 1 });
    assert.deepEqual(result.audit, [
      {
        file: 'note.i2b2.entries',
        line: 2,
        status: 'skipped',
        kind: 'duplicate',
        reason: 'The same label is already on the same text.',
      },
    ]);
  });

  for (const [what, entry, kind, reason] of [
    ['a field without offsets', 'm="insulin"||do="nm"', 'offset-missing', 'The field m has a text but no offsets.'],
    [
      'a malformed field',
      'm=insulin 1:2 1:2||do="nm"',
      'line-malformed',
      'A field of the entry is not of the form name="…" line:token line:token.',
    ],
    [
      'a line that is not there',
      'm="insulin" 8:2 8:2',
      'out-of-range',
      'There is no line 8; the text ends with line 3.',
    ],
  ] as const) {
    test(`skips ${what} and says why`, () => {
      const result = read(text, entry);
      assert.deepEqual(result.audit, [{ file: 'note.i2b2.entries', line: 1, status: 'skipped', kind, reason }]);
      assert.deepEqual(result.counts, { ok: 0, repaired: 0, skipped: 1 });
    });
  }
});
