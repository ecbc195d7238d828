/** Studies in the window: started with an estimate, watched, stopped and gone on with, read, and nothing for axe to find. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { readXlsx } from 'hucre/xlsx';
import type { Page } from 'playwright';
import { windowIsMissing } from '../support/desktop.ts';
import { openProjectWindow } from '../support/open-project.ts';
import { alone, coreOver, studyProject, trialSettings } from '../support/study-project.ts';
import { tabTo, violations } from './page-checks.ts';

test('a curve and a sweep are read, and axe finds nothing', { skip: windowIsMissing }, async (t) => {
  const path = studyProject(t);
  const core = await coreOver(t, path);
  const shared = { recipes: ['baseline', 'ttn-HHI'], seeds: [1], settings: [...trialSettings] };
  await core.call('studies.start', { spec: { kind: 'curve', fractions: [0.5, 1], ...shared }, ...alone });
  await core.call('studies.start', { spec: { kind: 'sweep', ...shared }, ...alone });
  await core.close();

  const page = await openStudies(t, path, 'dark');
  await page.getByRole('row', { name: /Study.2/ }).waitFor();
  assert.deepEqual(await violations(page), [], 'list');
  await page.getByRole('button', { name: 'Study 1', exact: true }).click();
  await page.getByRole('img', { name: /^Learning curve: baseline from .* with \d+ notes to/ }).waitFor();
  await page.getByText(/^baseline: two sizes fit any law/).waitFor();
  const points = page.getByRole('table', { name: 'F1 by recipe and number of training notes' });
  assert.equal(await points.locator('tbody tr').count(), 4);
  assert.deepEqual(await violations(page), [], 'curve');

  await page.getByRole('link', { name: 'Studies' }).click();
  await page.getByRole('button', { name: 'Study 2', exact: true }).click();
  await page.getByRole('table', { name: 'Recipes by F1 on the test documents' }).waitFor();
  await page.getByText(/^2 recipes: best/).waitFor();
  assert.deepEqual(await violations(page), [], 'sweep');
  await page.getByRole('link', { name: 'Trial 1' }).click();
  await page.getByText(/^Trial of study 2/).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Export model' }).count(), 0);
});

test('a study is estimated, started, watched, stopped and gone on with', { skip: windowIsMissing }, async (t) => {
  const page = await openStudies(t, studyProject(t), 'light');
  await page.getByRole('button', { name: 'Start a study' }).click();
  await page.getByRole('radio', { name: 'Sweep' }).check();
  await page.getByRole('textbox', { name: 'Recipes' }).fill('baseline, ttn-IIS');
  await page.getByRole('textbox', { name: 'Seeds' }).fill('1');
  await page.getByRole('textbox', { name: 'At a time' }).fill('1');
  const settings = [...trialSettings, 'training.epochs=60', 'training.patience=60'];
  await page.getByRole('textbox', { name: 'Settings' }).fill(settings.join('\n'));
  await page.getByRole('button', { name: 'Estimate the time' }).click();
  await page.getByText('2 trainings').waitFor();
  assert.deepEqual(await violations(page), [], 'dialog');
  await page.getByRole('button', { name: 'Start the study' }).click();
  await page.getByRole('list', { name: 'Trials at work' }).getByText('Trial 1').waitFor();
  assert.deepEqual(await violations(page), [], 'at work');
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByText('2 recipes: best').waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Stop', exact: true }).waitFor({ state: 'detached' });
  await page.getByText('Done', { exact: true }).first().waitFor();
});

test('a study is exported as a workbook, as tables and as JSON', { skip: windowIsMissing }, async (t) => {
  const path = studyProject(t);
  const core = await coreOver(t, path);
  const recipes = ['baseline', 'ttn-HHI'];
  await core.call('studies.start', {
    spec: { kind: 'sweep', recipes, seeds: [1], settings: [...trialSettings] },
    ...alone,
  });
  const { report } = await core.call('studies.get', { study: 1 });
  await core.close();
  assert.ok(report?.kind === 'sweep');

  const desktop = await openProjectWindow(t, path);
  const { page, folder } = desktop;
  await page.keyboard.press('Control+6');
  await page.getByRole('button', { name: 'Study 1', exact: true }).click();
  const exported = async (item: RegExp, name: string): Promise<string> => {
    const file = join(folder, name);
    await desktop.answerDialogs(file);
    await tabTo(page, page.getByRole('button', { name: 'Export …' }));
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: item }).click();
    await page.getByText(`Study exported to ${file}`).waitFor();
    return file;
  };
  const book = await readXlsx(readFileSync(await exported(/^Workbook/, 'study.xlsx')));
  assert.deepEqual(book.sheets[0]?.rows[1]?.slice(1, 4), [report.rows[0]?.recipe, '1', report.rows[0]?.f1.value]);
  assert.match(readFileSync(await exported(/^Tables/, 'study.csv'), 'utf8'), /^\ufeff?rank,recipe,/);
  const { study } = JSON.parse(readFileSync(await exported(/^JSON/, 'study.json'), 'utf8')) as {
    study: { kind: string };
  };
  assert.equal(study.kind, 'sweep');

  await desktop.answerDialogs(join(folder, 'no such folder', 'study.json'));
  await page.getByRole('button', { name: 'Export …' }).click();
  await page.getByRole('menuitem', { name: /^JSON/ }).click();
  await page.getByRole('alert').waitFor();
  assert.deepEqual(await violations(page), [], 'failed');
});

/** The page of studies over a project. */
async function openStudies(t: TestContext, path: string, colorScheme: 'light' | 'dark'): Promise<Page> {
  const { page } = await openProjectWindow(t, path, { colorScheme });
  await page.keyboard.press('Control+6');
  await page.getByRole('heading', { name: 'Studies', level: 1 }).waitFor();
  return page;
}
