/** Runs and what came of them: compared, and their errors read in the notes, with the keyboard where it is the main way. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Locator, Page } from 'playwright';
import { createCore } from '../../electron/core/main.ts';
import { type Desktop, windowIsMissing } from '../support/desktop.ts';
import { quickSettings, thoroughSettings, trainProject } from '../support/trained-project.ts';
import { openTrained, startLongTraining } from '../support/trained-window.ts';
import { tabTo, violations } from './page-checks.ts';

let trained: { readonly path: string; readonly dispose: () => void } | null = null;

// Run 1: a baseline of two epochs, with errors; run 2: a better one with gates, which did not see the source's test notes.
before(async () => {
  if (windowIsMissing !== false) return;
  trained = await trainProject('baseline', ['training.epochs=2']);
  const core = createCore({ appVersion: '0.0.0' });
  await core.call('project.open', { path: trained.path, access: 'write' });
  await core.call('labelMap.save', { map: { Drug: 'Drug' } });
  await core.call('corpora.resplit', { role: 'source', dev: 0.2, test: 0.2, seed: 1 });
  const settings = [...quickSettings, ...thoroughSettings, 'training.epochs=8'];
  await core.call('training.train', { recipe: 'dtn-hs', settings, seed: 2, targetFraction: 1 });
  await core.close();
});
after(() => trained?.dispose());

test('two runs are put beside each other with the keyboard alone', { skip: windowIsMissing }, async (t) => {
  const { page } = await openTrained(t, trained?.path ?? '');
  await page.keyboard.press('Control+3');
  await page.getByRole('heading', { name: 'Runs', level: 1 }).waitFor();
  for (const run of [1, 2]) {
    await tabTo(page, page.getByRole('checkbox', { name: `Compare run ${run}` }));
    await page.keyboard.press('Space');
  }
  await tabTo(page, page.getByRole('button', { name: 'Compare 2 runs' }));
  await page.keyboard.press('Enter');
  const micro = page.getByRole('row', { name: /All labels \(micro\)/ });
  await micro.waitFor();
  const interval = /(\+\d+\.\d better|−\d+\.\d worse|0\.0 same)\s+[+−]?\d+\.\d to [+−]?\d+\.\d\s*$/;
  await page.getByText(/^The difference (is larger than chance would give|cannot be told from chance)\.$/).waitFor();
  assert.match(await micro.innerText(), interval);
  await tabTo(page, page.getByRole('button', { name: 'All runs' }));
  await page.keyboard.press('Enter');
  await page.getByRole('row', { name: /Run 1/ }).waitFor();
});

test('the label table sorts by its heads and changes from strict to lenient', { skip: windowIsMissing }, async (t) => {
  const { page } = await openTrained(t, trained?.path ?? '');
  await openRun(page, 1);
  const table = page.getByRole('table', { name: 'Scores by label' });
  await table.getByRole('button', { name: 'Label', exact: true }).click();
  assert.deepEqual(await firstCells(table), ['Drug', 'Sign']);
  await table.getByRole('button', { name: 'Label', exact: true }).click();
  assert.deepEqual(await firstCells(table), ['Sign', 'Drug']);
  await page.getByText('Lenient', { exact: true }).last().click();
  await page.getByText('Same label and at least one shared character.').waitFor();
});

test(
  'an error is read in its note, and the next one, with the keyboard alone',
  { skip: windowIsMissing },
  async (t) => {
    const { page } = await openTrained(t, trained?.path ?? '');
    await openRun(page, 1);
    await tabTo(page, page.getByRole('tab', { name: 'Labels' }));
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    const first = page.getByRole('table', { name: 'Errors' }).getByRole('button').first();
    await first.waitFor();
    await tabTo(page, first);
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    const mark = dialog.locator('mark[aria-current]');
    await mark.first().waitFor();
    await tabTo(page, dialog.getByRole('button', { name: 'Next error' }));
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Previous error' }).and(page.locator(':enabled')).waitFor();
    await mark.first().waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    assert.ok(await first.evaluate((button) => document.activeElement === button));
  },
);

test(
  'errors are narrowed to a kind and a label; at 200 % nothing scrolls sideways',
  { skip: windowIsMissing },
  async (t) => {
    const desktop = await openTrained(t, trained?.path ?? '');
    const { page } = desktop;
    await openRun(page, 1);
    await page.getByRole('link', { name: 'Show errors of Drug' }).click();
    const errors = page.getByRole('table', { name: 'Errors' });
    await errors.waitFor();
    await page.getByRole('combobox', { name: 'Label', exact: true }).getByText('Drug').waitFor();
    const missed = page.getByText(/^Missed \d+$/);
    await missed.click();
    await page.getByText('Annotated, and nothing was predicted there.').waitFor();
    const kinds = await firstCells(errors);
    assert.ok(kinds.every((kind) => /^(Missed|No error)/.test(kind)));
    await doubleSize(desktop);
    assert.deepEqual(await scrollingSideways(page), [], 'errors');
    await page.getByRole('tab', { name: 'Labels' }).click();
    await page.getByRole('table', { name: 'Scores by label' }).waitFor();
    assert.deepEqual(await scrollingSideways(page), [], 'labels');
    await page.getByRole('link', { name: 'Runs', exact: true }).click();
    await page.getByRole('row', { name: /Run 2.*Recipe dtn-hs/ }).waitFor();
    assert.deepEqual(await scrollingSideways(page), [], 'runs');
  },
);

test('a run says how sure its scores are, and how to come by them again', { skip: windowIsMissing }, async (t) => {
  const { page } = await openTrained(t, trained?.path ?? '');
  await openRun(page, 1);
  await page
    .getByText(/^95 % interval \d+\.\d to \d+\.\d %$/)
    .first()
    .waitFor();
  await page.getByRole('tab', { name: 'How sure' }).click();
  const averages = page.getByRole('table', { name: /^Averages with their 95 % intervals/ });
  const micro = averages.getByRole('row', { name: /^Micro, strict/ });
  assert.match(await micro.innerText(), /\d+\.\d \(\d+\.\d to \d+\.\d\)\s*$/);
  await page.getByRole('table', { name: /^SemEval-2013/ }).waitFor();
  await page.getByText(/^Only 4 documents/).waitFor();
  await page.getByText('How to come by these numbers again').click();
  await page.getByText(/^notegraft evaluate .* --run 1 --split test/).waitFor();
});

test(
  'gates are shown as numbers by label, by what the source knows of it, and by token',
  { skip: windowIsMissing },
  async (t) => {
    const desktop = await openTrained(t, trained?.path ?? '');
    const { page, folder } = desktop;
    await openRun(page, 2);
    await page.getByRole('tab', { name: 'Gates' }).click();
    const means = page.getByRole('table', { name: /^Mean gate of the decoder/ });
    await means.waitFor();
    const shares = (await means.getByRole('row', { name: /^Drug/ }).getByRole('cell').allInnerTexts()).slice(2, 4);
    assert.ok(Math.abs(shares.reduce((sum, share) => sum + Number(share), 0) - 100) < 0.15);
    const groups = page.getByRole('table', { name: 'Mean gates by what the source knows of the label, in percent' });
    await groups.getByRole('row', { name: /^Decoder Labels the source has too \d/ }).waitFor();
    const tokens = page.getByRole('table', { name: 'Share of each copy by token, in percent' });
    await tokens.getByRole('columnheader', { name: 'Given' }).waitFor();
    await page.getByRole('button', { name: 'Next sentence' }).click();
    await tokens.getByRole('columnheader', { name: 'complaints' }).waitFor();
    const exported = join(folder, 'gates');
    mkdirSync(exported);
    await desktop.answerDialogs(exported);
    await page.getByText('Write words of the notes').click();
    await page.getByRole('button', { name: 'Export gates' }).click();
    await page.getByText(`Gates exported: 4 files in ${exported}.`).waitFor();
    const written = readFileSync(join(exported, 'gates.json'), 'utf8');
    assert.match(written, /notegraft gates .* --run 2 --split test --out .* --no-text/);
    assert.equal(written.includes('complaints'), false);
  },
);

test('a run leads to tagging with its own model', { skip: windowIsMissing }, async (t) => {
  const { page } = await openTrained(t, trained?.path ?? '');
  for (const run of [1, 2]) {
    await openRun(page, run);
    await page.getByRole('button', { name: 'Tag a folder with it' }).click();
    await page.getByRole('combobox', { name: 'Model' }).getByText(`Run ${run} `).waitFor();
  }
});

test('a model is exported to where the dialog says', { skip: windowIsMissing }, async (t) => {
  const desktop = await openTrained(t, trained?.path ?? '');
  const { page, folder } = desktop;
  const file = join(folder, 'tagger.ngm');
  await openRun(page, 2);
  await desktop.answerDialogs(file);
  await page.getByRole('button', { name: 'Export model' }).click();
  await page.getByText(/^Model exported/).waitFor();
  assert.ok(existsSync(file));
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on the pages of runs in the ${colorScheme} theme`, { skip: windowIsMissing }, async (t) => {
    const { page } = await openTrained(t, trained?.path ?? '', { colorScheme });
    await page.getByRole('link', { name: 'Runs', exact: true }).click();
    await page.getByRole('row', { name: /Run 2/ }).waitFor();
    assert.deepEqual(await violations(page), [], 'runs');
    await openRun(page, 2);
    for (const [tab, seen] of tabs) {
      await page.getByRole('tab', { name: tab }).click();
      await page.getByText(seen).first().waitFor();
      if (tab === 'Comparisons') await measureRetention(page);
      assert.deepEqual(await violations(page), [], tab);
    }
    await startLongTraining(page);
    await page.getByRole('img', { name: /^Development F1 by epoch: \d/ }).waitFor();
    assert.deepEqual(await violations(page), [], 'in training');
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.getByText('This training was cancelled.').waitFor();
    assert.deepEqual(await violations(page), [], 'cancelled');
  });
}

/** Each report, and words that are there once it is. */
const tabs = [
  ['Labels', 'Same label and same boundaries.'],
  ['Comparisons', 'All labels (micro)'],
  ['Errors', 'Every label'],
  ['Confusion', 'spurious'],
  ['Gates', 'Previous sentence'],
  ['Curves', 'The numbers behind the curves'],
  ['Settings', 'The recipe in full'],
] as const;

/** As a window of 1280 × 840 is at 200 %. */
async function doubleSize({ page, electron }: Desktop): Promise<void> {
  if (electron === null) await page.setViewportSize({ width: 640, height: 420 });
  else await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.setZoomFactor(2));
  await page.waitForFunction(() => window.innerWidth <= 640);
}

/** The names of what holds more than its width. */
function scrollingSideways(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('*')]
      .filter((part) => part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).overflowX === 'auto')
      .map((part) => `${part.tagName} ${part.querySelector('caption')?.innerText ?? ''}`),
  );
}

/** Trains a source-only model, beside which the run stands on the source's test notes. */
async function measureRetention(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Measure the retention' }).click();
  const retention = page.getByRole('table', { name: /^Retention: F1 on the test documents of the source,/ });
  const row = retention.getByRole('row', { name: /^All labels, strict/ });
  assert.match(await row.innerText(), /(\s[+−]?\d+\.\d \([+−]?\d+\.\d to [+−]?\d+\.\d\)){3}\s*$/);
  await page.getByText('Labels of the label map: Drug.').waitFor();
}

async function openRun(page: Page, run: number): Promise<void> {
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await page.getByRole('button', { name: `Run ${run}`, exact: true }).click();
  await page.getByRole('table', { name: 'Scores by label' }).waitFor();
}

function firstCells(table: Locator): Promise<string[]> {
  return table.locator('tbody tr td:first-child').allInnerTexts();
}
