/** brat standoff as it is written. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bratAnnotations } from '../../../../worker/formats/write/brat-annotations.ts';
import { openBratEntities, openBratGold } from '../../../../worker/formats/write/brat-writer.ts';
import { goldDocument, spanOf, taggedNote, temporaryFolder } from './builders.ts';

const sameName = (label: string): string => label;

test('offsets are code points', () => {
  const text = '😀 no pain';
  assert.deepEqual(bratAnnotations(text, [spanOf(text, 'pain', 'Problem')], sameName), {
    lines: 'T1\tProblem 5 9\tpain\n',
    annotations: 1,
  });
});

test('a span over line breaks is written as a fragment a line', () => {
  const text = 'chest\r\n\npain now';
  const span = { start: 0, end: 12, label: 'Problem' };
  assert.equal(bratAnnotations(text, [span], sameName).lines, 'T1\tProblem 0 5;8 12\tchest pain\n');
});

test('a discontinuous span keeps its fragments', () => {
  const text = 'left and right arm';
  const span = {
    start: 0,
    end: 18,
    label: 'Site',
    fragments: [
      [0, 4],
      [15, 18],
    ],
  } as const;
  assert.equal(bratAnnotations(text, [span], sameName).lines, 'T1\tSite 0 4;15 18\tleft arm\n');
});

test('a span of line breaks only is left out and the numbering stays without gaps', () => {
  const spans = [
    { start: 1, end: 2, label: 'X' },
    { start: 2, end: 3, label: 'Y' },
  ];
  assert.deepEqual(bratAnnotations('a\nb', spans, sameName), { lines: 'T1\tY 2 3\tb\n', annotations: 1 });
});

test('a predicted note has its verbatim text, numbered annotations and their confidence', async (t) => {
  const folder = temporaryFolder(t);
  const writer = await openBratEntities(folder);
  const note = taggedNote(
    'aspirin\r\nfor pain',
    [
      ['pain', 'Problem', 0.25],
      ['aspirin', 'Drug', 0.93],
    ],
    'ward/a',
  );
  await writer.write(note);
  assert.deepEqual(await writer.close(), [join(folder, 'brat')]);
  assert.equal(readFileSync(join(folder, 'brat/ward/a.txt'), 'utf8'), note.text);
  assert.equal(
    readFileSync(join(folder, 'brat/ward/a.ann'), 'utf8'),
    'T1\tDrug 0 7\taspirin\n#1\tAnnotatorNotes T1\tconfidence 0.93\n' +
      'T2\tProblem 13 17\tpain\n#2\tAnnotatorNotes T2\tconfidence 0.25\n',
  );
});

test('a note without entities has an empty .ann file and a failed one has none', async (t) => {
  const folder = temporaryFolder(t);
  const writer = await openBratEntities(folder);
  await writer.write(taggedNote('Home.', [], 'a'));
  await writer.fail('b', { code: 'file-empty', message: 'The file is empty.', details: {} });
  await writer.close();
  assert.equal(readFileSync(join(folder, 'brat/a.ann'), 'utf8'), '');
  assert.equal(existsSync(join(folder, 'brat/b.ann')), false);
});

test('labels that brat cannot hold are renamed, never to the same name, and mapped in a file', async (t) => {
  const folder = temporaryFolder(t);
  const writer = await openBratGold(folder);
  const text = 'a b c';
  const labels = { a: 'Lab test', b: 'Lab/test', c: 'Drug' };
  const counts = await writer.write(
    goldDocument(
      text,
      Object.entries(labels).map(([word, label]) => spanOf(text, word, label)),
    ),
  );
  assert.equal(await writer.close(), 3);
  assert.deepEqual(counts, { annotations: 3, widened: 0, skipped: 0 });
  assert.equal(
    readFileSync(join(folder, 'note.ann'), 'utf8'),
    'T1\tLab_test 0 1\ta\nT2\tLab_test_2 2 3\tb\nT3\tDrug 4 5\tc\n',
  );
  assert.equal(
    readFileSync(join(folder, 'label-map.tsv'), 'utf8'),
    'brat label\tlabel\nLab_test\tLab test\nLab_test_2\tLab/test\n',
  );
});

test('no map file is written when every label is fine', async (t) => {
  const folder = temporaryFolder(t);
  const writer = await openBratGold(folder);
  await writer.write(goldDocument('pain', [spanOf('pain', 'pain', 'Sign-or_Symptom')]));
  await writer.close();
  assert.equal(existsSync(join(folder, 'label-map.tsv')), false);
});
