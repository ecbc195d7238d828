/** axe finds nothing to complain of on any page, light and dark, with and without a project. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDesktop, windowIsMissing } from '../support/desktop.ts';
import { violations } from './page-checks.ts';

const pages = ['Projects', 'Set-up wizard', 'Runs', 'Studies', 'Tagging', 'Notes & review'];

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every page is accessible in the ${colorScheme} theme`, { skip: windowIsMissing }, async (t) => {
    const { page } = await openDesktop(t, { colorScheme });
    for (const name of pages) {
      await page.getByRole('link', { name }).click();
      await page.getByRole('heading', { name, level: 1 }).waitFor();
      assert.deepEqual(await violations(page), [], `${name}, no project open`);
    }
    await page.getByRole('link', { name: 'Projects' }).click();
    await page.getByRole('button', { name: 'Open the sample' }).click();
    await page.getByRole('row', { name: /^Target, test/ }).waitFor();
    await page.getByRole('status').getByText('Importing').waitFor({ state: 'detached' });
    for (const name of pages) {
      await page.getByRole('link', { name }).click();
      await page.getByRole('heading', { name, level: 1 }).waitFor();
      assert.deepEqual(await violations(page), [], `${name}, sample open`);
    }
    await page.keyboard.press('F1');
    await page.getByRole('dialog').waitFor();
    assert.deepEqual(await violations(page), [], 'list of shortcuts');
  });
}
