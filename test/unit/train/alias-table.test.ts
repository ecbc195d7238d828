/** Draws from an alias table have the probabilities they should. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { aliasTable, threshold } from '../../../worker/train/alias-table.ts';

/** The probability of each entry that a table gives, from its numbers. */
function probabilities(table: Int32Array): number[] {
  const count = table.length / 2;
  const found = new Array<number>(count).fill(0);
  for (let entry = 0; entry < count; entry++) {
    const own = ((table[2 * entry] ?? 0) >>> 0) / 2 ** 32;
    const other = table[2 * entry + 1] ?? 0;
    found[entry] = (found[entry] ?? 0) + own / count;
    found[other] = (found[other] ?? 0) + (1 - own) / count;
  }
  return found;
}

test('every entry is drawn in proportion to its weight', () => {
  const weights = fc.array(fc.double({ min: 0.001, max: 1000, noNaN: true }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(weights, (values) => {
      const total = values.reduce((sum, value) => sum + value, 0);
      for (const [entry, found] of probabilities(aliasTable(Float64Array.from(values))).entries())
        assert.ok(Math.abs(found - (values[entry] ?? 0) / total) < 1e-8);
    }),
  );
});

test('an entry without weight is never drawn', () => {
  const [none, all] = probabilities(aliasTable(Float64Array.of(0, 5)));
  assert.ok((none ?? 1) < 1e-9 && (all ?? 0) > 1 - 1e-9);
});

test('a threshold is the last 32-bit draw that is kept', () => {
  assert.deepEqual([threshold(1) >>> 0, threshold(0.5) >>> 0, threshold(0) >>> 0], [0xffffffff, 0x7fffffff, 0]);
});
