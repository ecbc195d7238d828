/** Column files as they are written. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { conllLines, openConllGold } from '../../../../worker/formats/write/conll-writer.ts';
import { goldDocument, spanOf, temporaryFolder } from './builders.ts';

/** The tags of a document's tokens. */
function tagsOf(text: string, spans: Parameters<typeof goldDocument>[1]): string[] {
  const rows = conllLines(goldDocument(text, spans)).lines.trim().split('\n').slice(1);
  return rows.filter((row) => row !== '').map((row) => row.split('\t')[4] ?? '');
}

test('a document is a -DOCSTART- line, then a row a token and a blank line a sentence', () => {
  const text = 'No chest pain.\n\nHome.';
  const document = goldDocument(text, [spanOf(text, 'chest pain', 'Problem')], 'ward/a');
  assert.deepEqual(conllLines(document), {
    lines:
      '-DOCSTART-\t-X-\t-X-\tward/a\tO\n\n' +
      'No\t0\t2\tward/a\tO\nchest\t3\t8\tward/a\tB-Problem\npain\t9\t13\tward/a\tI-Problem\n.\t13\t14\tward/a\tO\n\n' +
      'Home\t16\t20\tward/a\tO\n.\t20\t21\tward/a\tO\n\n',
    counts: { annotations: 1, widened: 0, skipped: 0 },
  });
});

test('every entity starts with B, also one that follows another of its label', () => {
  const text = 'aspirin heparin';
  const spans = [spanOf(text, 'aspirin', 'Drug'), spanOf(text, 'heparin', 'Drug')];
  assert.deepEqual(tagsOf(text, spans), ['B-Drug', 'B-Drug']);
});

test('a span inside a token widens and is counted', () => {
  const text = 'bradycardia';
  const document = goldDocument(text, [{ start: 5, end: 11, label: 'Problem' }]);
  assert.deepEqual(conllLines(document).counts, { annotations: 1, widened: 1, skipped: 0 });
});

test('of two overlapping spans the longer is written and the other counted as skipped', () => {
  const text = 'severe chest pain';
  const spans = [spanOf(text, 'chest', 'Site'), spanOf(text, 'severe chest pain', 'Problem')];
  assert.deepEqual(tagsOf(text, spans), ['B-Problem', 'I-Problem', 'I-Problem']);
  assert.deepEqual(conllLines(goldDocument(text, spans)).counts, { annotations: 1, widened: 0, skipped: 1 });
});

test('a span over two sentences is skipped', () => {
  const text = 'No pain.\n\nHome.';
  const document = goldDocument(text, [spanOf(text, 'pain.\n\nHome', 'Problem')]);
  assert.deepEqual(conllLines(document).counts, { annotations: 0, widened: 0, skipped: 1 });
});

test('each role and split has its own file', async (t) => {
  const folder = temporaryFolder(t);
  const writer = openConllGold(folder);
  await writer.write(goldDocument('a', [], 'a'));
  await writer.write({ ...goldDocument('b', [], 'b'), split: 'test' });
  await writer.write(goldDocument('c', [], 'c'));
  assert.equal(await writer.close(), 2);
  assert.deepEqual(readdirSync(folder).sort(), ['target-test.conll', 'target-train.conll']);
  assert.match(readFileSync(join(folder, 'target-train.conll'), 'utf8'), /^a\t0\t1\ta\tO\n[^]*^c\t0\t1\tc\tO\n/m);
});
