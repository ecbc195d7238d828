/** Gates as files: the means add up, every token is there, the pictures are XML, and what has no gates is refused. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import { readXlsx } from 'hucre/xlsx';
import { exportGatesJob } from '../../../worker/jobs/export-gates.ts';
import type { GateToken } from '../../../worker/domain/gate-export.ts';
import type { ComponentGates } from '../../../worker/domain/inspection.ts';
import type { JobOf } from '../../../worker/protocol-jobs.ts';
import { streamed, taskDocument, targetLines } from '../../support/corpus.ts';
import { failureOf, finished, quickRecipe, trained } from '../../support/jobs.ts';
import { temporaryFolder } from '../formats/corpus-builders.ts';

let model: Uint8Array<ArrayBuffer>;
before(async () => {
  model = Uint8Array.from((await trained(quickRecipe('dtn', ['training.epochs=1']))).result.model);
});

const documents = [
  taskDocument('target', 'test', 'a', targetLines),
  taskDocument('target', 'test', 'b <&>', ['Plain .']),
];
const tokens = documents.reduce((sum, document) => sum + document.tokens.starts.length, 0);

function exporting(outFolder: string, text: boolean, bytes = model): JobOf<'export-gates'> {
  const source = { run: 'run 1', recipe: 'dtn', modelHash: 'ab', split: 'test', command: 'notegraft gates' };
  return { kind: 'export-gates', model: bytes, outFolder, source, sharedLabels: ['Drug'], text };
}

async function exported(t: TestContext, text: boolean) {
  const folder = temporaryFolder(t);
  const { result } = await finished(exportGatesJob(exporting(folder, text), streamed(documents)));
  const json = JSON.parse(readFileSync(join(folder, 'gates.json'), 'utf8')) as {
    tokens: GateToken[];
    means: ComponentGates[];
  };
  return { folder, result, json };
}

test('every token has its gates, and their mean is the mean that is told', async (t) => {
  const { json, result } = await exported(t, true);
  assert.equal(json.tokens.length, tokens);
  assert.equal(json.tokens[0]?.text, 'He');
  const drug = json.tokens.filter(({ gold }) => gold === 'Drug');
  const decoder = result.means.findIndex(({ component }) => component === 'decoder');
  const mean = drug.reduce((sum, { gates }) => sum + (gates[decoder]?.hard ?? NaN), 0) / drug.length;
  const told = json.means[decoder]?.labels.find(({ label }) => label === 'Drug');
  assert.equal(told?.tokens, drug.length);
  assert.ok(Math.abs((told?.hard ?? NaN) - mean) < 1e-9);
  assert.deepEqual(
    result.groups[0]?.groups.map(({ group }) => group),
    ['shared', 'target only', 'outside'],
  );
});

test('the workbook holds a row a token and component, and the means', async (t) => {
  const { folder, result } = await exported(t, true);
  const book = await readXlsx(readFileSync(join(folder, 'gates.xlsx')));
  assert.deepEqual(
    book.sheets.map(({ name, rows }) => [name, rows.length - 1]),
    [
      ['Means', result.means.reduce((sum, { labels }) => sum + labels.length, 0)],
      ['Groups', 9],
      ['Tokens', tokens * 3],
      ['Run', 5],
    ],
  );
});

test('the pictures show labels and tokens, and without text no word of the notes is in any file', async (t) => {
  const shown = await exported(t, true);
  const picture = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8');
  assert.match(picture(shown.folder, 'gates-labels.svg'), /^<svg [^]*Drug \*[^]*<\/svg>\n$/);
  assert.match(picture(shown.folder, 'gates-tokens.svg'), /metformin \[Drug\]/i);
  const hidden = await exported(t, false);
  assert.ok(hidden.json.tokens.every(({ text }) => text === null));
  for (const name of ['gates.json', 'gates-tokens.svg'])
    assert.doesNotMatch(picture(hidden.folder, name), /metformin|aspirin/i);
});

test('a model without gates is refused, and nothing is written', async (t) => {
  const plain = Uint8Array.from((await trained(quickRecipe('baseline', ['training.epochs=1']))).result.model);
  const folder = temporaryFolder(t);
  const { code } = await failureOf(exportGatesJob(exporting(folder, true, plain), streamed(documents)));
  assert.equal(code, 'data-missing');
});
