/** A search in the window: started from the dialog, read as plots, and nothing for axe to find. */
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createCore } from '../../electron/core/main.ts';
import { openDesktop, windowIsMissing } from '../support/desktop.ts';
import { alone, studyProject, trialSettings } from '../support/study-project.ts';
import { violations } from './page-checks.ts';

const settings = trialSettings.filter((setting) => !setting.startsWith('training.learningRate'));

for (const colorScheme of ['light', 'dark'] as const) {
  test(`a search is read, and axe finds nothing, in the ${colorScheme} theme`, { skip: windowIsMissing }, async (t) => {
    const made = studyProject(t);
    const core = createCore({ appVersion: '0.0.0' });
    await core.call('project.open', { path: made, access: 'write' });
    const search = {
      space: {
        'training.learningRate': { kind: 'log', low: 0.0005, high: 0.2 },
        gate: { kind: 'categorical', values: ['vector', 'scalar'], keys: ['sharing.decoder.gate'] },
      },
      halving: { leastEpochs: 1, factor: 2 },
    };
    const spec = { kind: 'search' as const, recipe: 'dtn-hs', trials: 4, settings: [...settings], search };
    await core.call('studies.start', { spec, ...alone });
    await core.close();

    const desktop = await openDesktop(t, { colorScheme });
    const path = join(desktop.folder, 'Ward 7.ngr');
    copyFileSync(made, path);
    await desktop.answerDialogs(path);
    const { page } = desktop;
    await page.getByRole('button', { name: 'Open project' }).click();
    await page.getByRole('heading', { name: 'Ward 7' }).waitFor();
    await page.keyboard.press('Control+6');
    await page.getByRole('button', { name: 'Study 1', exact: true }).click();
    await page.getByRole('img', { name: /^Dev F1 of 4 trials/ }).waitFor();
    await page.getByText(/^Best on dev: trial \d/).waitFor();
    assert.equal(await page.getByRole('table', { name: 'Trials of the search' }).locator('tbody tr').count(), 4);
    await page.getByLabel('Score by').click();
    await page.getByRole('option', { name: 'gate' }).click();
    await page.getByRole('img', { name: 'Dev F1 of the trials by gate' }).waitFor();
    assert.deepEqual(await violations(page), []);
  });
}
