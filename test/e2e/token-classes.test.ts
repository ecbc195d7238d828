/** A run whose target gives each token a class: accuracy beside F1, and no word of spans or of strict and lenient. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Page } from 'playwright';
import type { RunView } from '../../electron/api/views.ts';
import { windowIsMissing } from '../support/desktop.ts';
import { openProjectWindow } from '../support/open-project.ts';
import { coreOver } from '../support/study-project.ts';
import { quickSettings } from '../support/trained-project.ts';
import { newProject, temporaryFolder } from '../unit/store/builders.ts';
import { violations } from './page-checks.ts';

for (const colorScheme of ['light', 'dark'] as const) {
  test(`a run of token classes is read as such in the ${colorScheme} theme`, { skip: windowIsMissing }, async (t) => {
    const { path, run } = await trainedClasses(t);
    const { page } = await openProjectWindow(t, path, { colorScheme });
    const accuracy = percent(run.test?.accuracy ?? 0);
    const macro = percent(run.test?.strict.macro.f1 ?? 0);

    await page.getByRole('link', { name: 'Runs', exact: true }).click();
    const row = page.getByRole('row', { name: /Run.1/ });
    await page.getByRole('button', { name: 'Test accuracy' }).waitFor();
    const cells = await row.getByRole('cell').allInnerTexts();
    assert.deepEqual(cells.slice(4, 6), [accuracy, macro]);
    const scroll = page.locator('main').getByRole('table').locator('..');
    assert.ok(await scroll.evaluate((box) => box.scrollWidth <= box.clientWidth), 'the table fits');
    assert.deepEqual(await violations(page), [], 'runs');

    await page.getByRole('button', { name: 'Run 1', exact: true }).click();
    const scores = page.getByRole('region', { name: 'Test', exact: true });
    await scores.getByText(new RegExp(`^${accuracy.replace('.', '\\.')} ?% accuracy`)).waitFor();
    assert.match(await scores.innerText(), new RegExp(`F1[^]*${macro}`));
    await page.getByRole('table', { name: 'Scores by class' }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Tag a folder' }).count(), 0);
    await noWordsOfSpans(page, 'classes');
    for (const [tab, seen] of tabs) {
      await page.getByRole('tab', { name: tab }).click();
      await page.getByText(seen).first().waitFor();
      await noWordsOfSpans(page, tab);
      assert.deepEqual(await violations(page), [], tab);
    }
  });
}

/** Each report, and words that are there once it is. */
const tabs = [
  ['Errors', 'Every class'],
  ['Confusion', 'A class leads to its errors.'],
  ['How sure', 'Micro, its recall the accuracy'],
] as const;

async function noWordsOfSpans(page: Page, where: string): Promise<void> {
  // How scores are counted is core's sentence, and closed.
  const text = await page.locator('main').innerText();
  assert.doesNotMatch(text, /\bspans?\b|\bentit|\bstrict|\blenient/i, where);
}

/** A tiny corpus in which a word's class depends on the word alone, some words seen in test only. */
async function trainedClasses(t: TestContext): Promise<{ path: string; run: RunView }> {
  const path = newProject(t);
  const core = await coreOver(t, path);
  const folder = temporaryFolder(t);
  for (const [split, nouns] of [
    ['train', ['nurse', 'ward', 'pulse', 'dose']],
    ['dev', ['nurse', 'chart', 'dose']],
    ['test', ['pulse', 'valve', 'stent', 'ward']],
  ] as const) {
    const file = join(folder, `${split}.tsv`);
    writeFileSync(
      file,
      Array.from({ length: 16 }, (_, index) => sentence(nouns[index % nouns.length] ?? '', index)).join('\n'),
    );
    await core.call('corpora.import', { role: 'target', split, format: 'conll', paths: [file] });
  }
  const settings = [...quickSettings, 'training.epochs=1', 'training.batchesPerEpoch=3'];
  await core.call('training.train', { recipe: 'baseline', settings, seed: 1, targetFraction: 1 });
  const run = await core.call('runs.get', { run: 1 });
  assert.ok(run.test?.accuracy !== undefined && run.dev?.accuracy !== undefined);
  await core.close();
  return { path, run };
}

function sentence(noun: string, index: number): string {
  const verb = ['rises', 'falls', 'stays'][index % 3] ?? '';
  return `The\tDT\n${noun}\tNN\n${verb}\tVBZ\n.\t.\n`;
}

function percent(share: number): string {
  return (share * 100).toFixed(1);
}
