/** The entity workbook, read back with a second library. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readXlsx } from 'hucre/xlsx';
import type { ErrorRecord } from '../../../../worker/domain/errors.ts';
import { openEntityWorkbook } from '../../../../worker/formats/write/entities-xlsx.ts';
import type { TaggedNote } from '../../../../worker/formats/write/tagged-note.ts';
import { run, taggedNote, temporaryFolder } from './builders.ts';

type Failure = readonly [name: string, error: ErrorRecord];

/** Write the notes and read the workbook back: rows by sheet name, header first. */
async function written(folder: string, notes: readonly TaggedNote[], failures: readonly Failure[] = [], rows?: number) {
  const writer = await openEntityWorkbook(folder, run, rows);
  for (const note of notes) await writer.write(note);
  for (const [name, error] of failures) await writer.fail(name, error);
  await writer.close();
  const workbook = await readXlsx(readFileSync(join(folder, 'entities.xlsx')));
  return new Map(workbook.sheets.map((sheet) => [sheet.name, sheet.rows]));
}

test('the workbook has the sheets Entities, Notes, Labels and Run', async (t) => {
  const sheets = await written(temporaryFolder(t), []);
  assert.deepEqual([...sheets.keys()], ['Entities', 'Notes', 'Labels', 'Run']);
});

test('a row of Entities says where the entity stands, what it is and how sure the model was', async (t) => {
  const note = taggedNote('Plan:\n\nGive aspirin 81 mg daily.', [['aspirin', 'Drug', 0.93456]], 'ward/a');
  const sheets = await written(temporaryFolder(t), [note]);
  assert.deepEqual(sheets.get('Entities'), [
    [
      'note',
      'sentence',
      'line',
      'start',
      'end',
      'label',
      'text',
      'left context',
      'right context',
      'confidence',
      'run',
      'model hash',
    ],
    ['ward/a', 2, 3, 12, 19, 'Drug', 'aspirin', 'Plan:  Give ', ' 81 mg daily.', 0.9346, 'run 7', run.modelHash],
  ]);
});

test('entities stand in the order of the text', async (t) => {
  const note = taggedNote('aspirin for pain', [
    ['pain', 'Problem'],
    ['aspirin', 'Drug'],
  ]);
  const sheets = await written(temporaryFolder(t), [note]);
  assert.deepEqual(
    sheets.get('Entities')?.map((row) => row[6]),
    ['text', 'aspirin', 'pain'],
  );
});

test('formulas, signs, dates and numbers stay literal text', async (t) => {
  const nasty = [
    '=HYPERLINK("http://x")',
    '+2 edema',
    '-ve',
    '@x',
    '1-2',
    '3/4',
    '1E5',
    '007',
    'TRUE',
    '<b>&amp;',
    '_x000B_',
  ];
  const notes = nasty.map((text) => taggedNote(text, [[text, 'Problem']]));
  const sheets = await written(temporaryFolder(t), notes);
  assert.deepEqual(
    sheets
      .get('Entities')
      ?.slice(1)
      .map((row) => row[6]),
    nasty,
  );
});

test('surrounding spaces, line feeds and astral characters survive, controls and lone surrogates do not break the file', async (t) => {
  const texts = [' a ', 'a\nb', '😀', 'a\u000bb', 'a\ud83db', 'a\r\nb'];
  const notes = texts.map((text) => taggedNote(text, [[text, 'Problem']]));
  const sheets = await written(temporaryFolder(t), notes);
  assert.deepEqual(
    sheets
      .get('Entities')
      ?.slice(1)
      .map((row) => row[6]),
    [' a ', 'a\nb', '😀', 'a\ufffdb', 'a\ufffdb', 'a\nb'],
  );
});

test('Notes lists a tagged note with its counts and a failed one with its message', async (t) => {
  const error = { code: 'file-unreadable', message: 'Not readable.', details: { nextStep: 'Close it.' } } as const;
  const sheets = await written(
    temporaryFolder(t),
    [taggedNote('No pain. Home.', [['pain', 'Problem']], 'a')],
    [['b', error]],
  );
  assert.deepEqual(sheets.get('Notes'), [
    ['note', 'characters', 'tokens', 'sentences', 'entities', 'status', 'message'],
    ['a', 14, 5, 2, 1, 'tagged', null],
    ['b', null, null, null, null, 'failed', 'Not readable. Close it.'],
  ]);
});

test('Labels counts entities and notes and takes the mean confidence', async (t) => {
  const notes = [
    taggedNote(
      'aspirin, heparin',
      [
        ['aspirin', 'Drug', 0.5],
        ['heparin', 'Drug', 1],
      ],
      'a',
    ),
    taggedNote(
      'aspirin for pain',
      [
        ['aspirin', 'Drug', 0.9],
        ['pain', 'Problem', 0.25],
      ],
      'b',
    ),
  ];
  const sheets = await written(temporaryFolder(t), notes);
  assert.deepEqual(sheets.get('Labels')?.slice(1), [
    ['Drug', 3, 2, 0.8],
    ['Problem', 1, 1, 0.25],
  ]);
});

test('Run names the model, the command, the time, the unit of offsets and what the caller adds', async (t) => {
  const before = new Date().toISOString();
  const sheets = await written(temporaryFolder(t), [taggedNote('pain', [['pain', 'Problem']])]);
  const values = new Map(sheets.get('Run')?.map((row) => [row[0], row[1]]));
  assert.equal(values.get('run'), 'run 7');
  assert.equal(values.get('model hash (SHA-256)'), run.modelHash);
  assert.equal(values.get('command'), run.command);
  assert.match(String(values.get('offsets')), /UTF-16.*end exclusive/);
  assert.equal(values.get('entities'), 1);
  assert.equal(values.get('beam width'), 1);
  const when = String(values.get('when (UTC)'));
  assert.ok(when >= before && when <= new Date().toISOString());
});

test('a full sheet continues on the next with its own header', async (t) => {
  const words = ['one', 'two', 'three', 'four', 'five'];
  const notes = words.map((word) => taggedNote(word, [[word, 'Number']]));
  const sheets = await written(temporaryFolder(t), notes, [], 2);
  const texts = ['Entities', 'Entities_2', 'Entities_3'].map((name) => sheets.get(name)?.map((row) => row[6]));
  assert.deepEqual(texts, [
    ['text', 'one', 'two'],
    ['text', 'three', 'four'],
    ['text', 'five'],
  ]);
  assert.deepEqual([...sheets.keys()].slice(3, 5), ['Notes', 'Notes_2']);
});

test('the header row is bold, frozen and has a filter', async (t) => {
  const folder = temporaryFolder(t);
  await written(folder, [taggedNote('pain', [['pain', 'Problem']])]);
  const workbook = await readXlsx(readFileSync(join(folder, 'entities.xlsx')), { readStyles: true });
  const [entities] = workbook.sheets;
  assert.equal(entities?.cells?.get('0,0')?.style?.font?.bold, true);
  assert.equal(entities?.freezePane?.rows, 1);
  assert.equal(entities?.autoFilter?.range, 'A1:L2');
});

test('an existing workbook is replaced only at close, and nothing temporary is left', async (t) => {
  const folder = temporaryFolder(t);
  await written(folder, [taggedNote('pain', [['pain', 'Problem']], 'old')]);
  const old = readFileSync(join(folder, 'entities.xlsx'));
  const writer = await openEntityWorkbook(folder, run);
  await writer.write(taggedNote('fever', [['fever', 'Problem']], 'new'));
  assert.deepEqual(readFileSync(join(folder, 'entities.xlsx')), old);
  assert.deepEqual(await writer.close(), [join(folder, 'entities.xlsx')]);
  assert.notDeepEqual(readFileSync(join(folder, 'entities.xlsx')), old);
  assert.deepEqual(readdirSync(folder), ['entities.xlsx']);
});
