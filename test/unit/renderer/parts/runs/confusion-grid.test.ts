/** The grid of the confusion map: zoom, rest, missed and spurious. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { confusionGrid } from '../../../../../renderer/parts/runs/confusion-grid.ts';

const cells = [
  { gold: 'Drug', predicted: 'Drug', count: 8 },
  { gold: 'Drug', predicted: 'Sign', count: 2 },
  { gold: 'Sign', predicted: 'Sign', count: 4 },
  { gold: 'Sign', predicted: null, count: 1 },
  { gold: null, predicted: 'Drug', count: 3 },
  { gold: 'Route', predicted: 'Dose', count: 1 },
  { gold: 'Dose', predicted: 'Dose', count: 1 },
];

test('the most frequent labels come first, then the rest, then nothing', () => {
  const { columns } = confusionGrid(cells, 2);
  assert.deepEqual(columns, [{ label: 'Drug' }, { label: 'Sign' }, 'rest', 'nothing']);
});

test('every count is in one cell, whatever the zoom', () => {
  const total = cells.reduce((sum, { count }) => sum + count, 0);
  for (const most of [1, 2, 3, 4]) {
    const { rows } = confusionGrid(cells, most);
    assert.equal(
      rows.reduce((sum, row) => sum + row.total, 0),
      total,
    );
  }
});

test('labels of the rest that are taken for each other do not pass for right', () => {
  const { rows } = confusionGrid(cells, 2);
  const rest = rows.find(({ gold }) => gold === 'rest')?.cells.find(({ predicted }) => predicted === 'rest');
  assert.deepEqual(rest, { predicted: 'rest', count: 2, isCorrect: false });
});

test('spurious predictions are a row, missed annotations a column', () => {
  const { rows } = confusionGrid(cells, 4);
  const countOf = (gold: unknown, predicted: unknown): number | undefined =>
    rows
      .find((row) => JSON.stringify(row.gold) === JSON.stringify(gold))
      ?.cells.find((cell) => JSON.stringify(cell.predicted) === JSON.stringify(predicted))?.count;
  assert.equal(countOf('nothing', { label: 'Drug' }), 3);
  assert.equal(countOf({ label: 'Sign' }, 'nothing'), 1);
});
