/** The entity workbook, read by a second, independent reader: Python's openpyxl, where NOTEGRAFT_PYTHON names a Python that has it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { openEntityWorkbook } from '../../../../worker/formats/write/entities-xlsx.ts';
import { run, taggedNote, temporaryFolder } from './builders.ts';

const python = process.env['NOTEGRAFT_PYTHON'] ?? '';
const hasOpenpyxl = python !== '' && spawnSync(python, ['-c', 'import openpyxl']).status === 0;
const skip = hasOpenpyxl ? false : 'NOTEGRAFT_PYTHON does not name a Python with openpyxl';

/** Prints, as JSON, each sheet's rows and whether any cell is a formula. */
const program = `
import json, sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
sheets = {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}
formulas = sum(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)
print(json.dumps({"sheets": sheets, "formulas": formulas}))
`;

test('openpyxl finds as many rows as entities, and text that looks like a formula as text', { skip }, async (t) => {
  const folder = temporaryFolder(t);
  const text = 'Exam: +2 edema, =1+1, 1E5 and 3/4.';
  const nasty: [string, string, number][] = [
    ['+2 edema', 'Sign', 0.9],
    ['=1+1', 'Sign', 0.8],
    ['1E5', 'Value', 0.7],
    ['3/4', 'Value', 0.6],
  ];
  const writer = await openEntityWorkbook(folder, run);
  for (const name of ['a', 'b', 'c']) await writer.write(taggedNote(text, nasty, name));
  await writer.close();

  const { status, stdout, stderr } = spawnSync(python, ['-c', program, join(folder, 'entities.xlsx')], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  const read = JSON.parse(stdout) as { sheets: Record<string, unknown[][]>; formulas: number };
  assert.deepEqual(Object.keys(read.sheets), ['Entities', 'Notes', 'Labels', 'Run']);
  assert.equal(read.sheets['Entities']?.length, 1 + 3 * nasty.length);
  assert.deepEqual(
    read.sheets['Entities'].slice(1, 5).map((row) => row[6]),
    nasty.map(([surface]) => surface),
  );
  assert.equal(read.formulas, 0);
});
