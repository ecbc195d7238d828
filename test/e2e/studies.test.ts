/** Studies in the window: read, started with an estimate, watched, stopped and gone on with, and nothing for axe to find. */
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import type { Page } from 'playwright';
import { createCore } from '../../electron/core/main.ts';
import { openDesktop, windowIsMissing } from '../support/desktop.ts';
import { alone, trialSettings } from '../support/study-project.ts';
import { trainProject } from '../support/trained-project.ts';
import { violations } from './page-checks.ts';

let made: { readonly path: string; readonly dispose: () => void } | null = null;

// Study 1: a curve of two recipes; study 2: a sweep of two.
before(async () => {
  if (windowIsMissing !== false) return;
  made = await trainProject('baseline', ['training.epochs=1']);
  const core = createCore({ appVersion: '0.0.0' });
  await core.call('project.open', { path: made.path, access: 'write' });
  const shared = { recipes: ['baseline', 'ttn-HHI'], seeds: [1], settings: [...trialSettings] };
  await core.call('studies.start', { spec: { kind: 'curve', fractions: [0.3, 0.6, 1], ...shared }, ...alone });
  await core.call('studies.start', { spec: { kind: 'sweep', ...shared }, ...alone });
  await core.close();
});
after(() => made?.dispose());

for (const colorScheme of ['light', 'dark'] as const) {
  test(
    `a curve and a sweep are read, and axe finds nothing, in the ${colorScheme} theme`,
    { skip: windowIsMissing },
    async (t) => {
      const page = await openStudies(t, colorScheme);
      assert.deepEqual(await violations(page), [], 'list');
      await page.getByRole('button', { name: 'Study 1', exact: true }).click();
      await page.getByRole('img', { name: /^Learning curve: baseline from .* with \d+ notes to/ }).waitFor();
      await page
        .getByText(/^baseline/)
        .first()
        .waitFor();
      const points = page.getByRole('table', { name: 'F1 by recipe and number of training notes' });
      assert.equal(await points.locator('tbody tr').count(), 6);
      assert.deepEqual(await violations(page), [], 'curve');

      await page.getByRole('link', { name: 'Studies' }).click();
      await page.getByRole('button', { name: 'Study 2', exact: true }).click();
      const ranked = page.getByRole('table', { name: 'Recipes by F1 on the test documents' });
      await ranked.waitFor();
      await page.getByText(/^2 recipes: best/).waitFor();
      assert.deepEqual(await violations(page), [], 'sweep');
      await page.getByRole('link', { name: 'Trial 1' }).click();
      await page.getByRole('heading', { level: 1, name: /^Run \d+/ }).waitFor();
    },
  );
}

test('a study is estimated, started, watched, stopped and gone on with', { skip: windowIsMissing }, async (t) => {
  const page = await openStudies(t, 'light');
  await page.getByRole('button', { name: 'New study' }).click();
  await page.getByRole('radio', { name: 'Sweep' }).check();
  await page.getByRole('textbox', { name: 'Recipes' }).fill('baseline, ttn-II?');
  await page.getByRole('textbox', { name: 'Seeds' }).fill('1');
  await page.getByRole('textbox', { name: 'At a time' }).fill('1');
  const settings = [...trialSettings, 'training.epochs=40', 'training.patience=40'];
  await page.getByRole('textbox', { name: 'Settings' }).fill(settings.join('\n'));
  await page.getByRole('button', { name: 'Estimate the time' }).click();
  await page.getByText('4 trainings').waitFor();
  assert.deepEqual(await violations(page), [], 'dialog');
  await page.getByRole('button', { name: 'Start the study' }).click();
  await page.getByRole('list', { name: 'Trials at work' }).getByText('Trial 1').waitFor();
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByText('4 recipes: best').waitFor({ timeout: 60_000 });
  await page.getByText('Done', { exact: true }).first().waitFor();
});

/** The page of studies over a copy of the project, so that tests do not meet. */
async function openStudies(t: TestContext, colorScheme: 'light' | 'dark'): Promise<Page> {
  const desktop = await openDesktop(t, { colorScheme });
  const path = join(desktop.folder, 'Ward 7.ngr');
  copyFileSync(made?.path ?? '', path);
  await desktop.answerDialogs(path);
  const { page } = desktop;
  await page.getByRole('button', { name: 'Open project' }).click();
  await page.getByRole('heading', { name: 'Ward 7' }).waitFor();
  await page.keyboard.press('Control+6');
  await page.getByRole('row', { name: /Study.2/ }).waitFor();
  return page;
}
