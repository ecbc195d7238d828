/** Words laid out as packed rows of characters. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { characterRows } from '../../../../worker/engine/ops/character-rows.ts';
import { characterTries } from '../../../support/engine/layouts.ts';

test('words become rows of characters, the longest first', () => {
  const { rows, ids, first, last } = characterRows(characterTries([[7], [1, 2, 3], [1, 2]]));
  assert.deepEqual([rows.rows, rows.sentences, [...rows.steps]], [6, 3, [3, 2, 1]]);
  assert.deepEqual([...ids], [1, 1, 7, 2, 2, 3]);
  assert.deepEqual([...first], [2, 0, 1]);
  assert.deepEqual([...last], [2, 5, 4]);
});
