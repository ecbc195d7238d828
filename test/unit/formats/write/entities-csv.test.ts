/** The entity table as CSV. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseCsv } from 'hucre/csv';
import { openEntityCsv } from '../../../../worker/formats/write/entities-csv.ts';
import type { TaggedNote } from '../../../../worker/formats/write/tagged-note.ts';
import { run, taggedNote, temporaryFolder } from './builders.ts';

async function written(folder: string, notes: readonly TaggedNote[]): Promise<string> {
  const writer = await openEntityCsv(folder, run);
  for (const note of notes) await writer.write(note);
  await writer.close();
  return readFileSync(join(folder, 'entities.csv'), 'utf8');
}

test('the file starts with a BOM and its lines end with CR LF', async (t) => {
  const csv = await written(temporaryFolder(t), [taggedNote('pain', [['pain', 'Problem', 0.5]])]);
  assert.equal(
    csv,
    '\ufeffnote,sentence,line,start,end,label,text,left context,right context,confidence,run,model hash,escaped\r\n' +
      `note,1,1,0,4,Problem,pain,,,0.5,run 7,${run.modelHash},0\r\n`,
  );
});

test('a field that a spreadsheet may run is escaped and its row says so', async (t) => {
  const csv = await written(temporaryFolder(t), [taggedNote('=1+1 with +2 edema', [['+2 edema', 'Problem']])]);
  const [, row] = parseCsv(csv.slice(1));
  assert.equal(row?.[6], "'+2 edema");
  assert.equal(row?.[7], "'=1+1 with ");
  assert.equal(row?.[12], '1');
});

test('commas, quotation marks and line feeds inside a field do not end it', async (t) => {
  const texts = ['a, b', 'a "b"', 'a\nb'];
  const csv = await written(
    temporaryFolder(t),
    texts.map((text) => taggedNote(text, [[text, 'Problem']])),
  );
  assert.deepEqual(
    parseCsv(csv.slice(1))
      .slice(1)
      .map((row) => row[6]),
    texts,
  );
});
