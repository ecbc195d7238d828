/** Several sources on the pages of a run and of notes: each can be chosen, and what is shown says which it is of. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright';
import { windowIsMissing } from '../support/desktop.ts';
import { openProjectWindow } from '../support/open-project.ts';
import { button } from '../support/sample-wizard.ts';
import { trainOnTwoSources } from '../support/several-sources.ts';
import { violations } from './page-checks.ts';

test('what a run retains is asked of one source after the other', { skip: windowIsMissing }, async (t) => {
  const { path, core } = await trainOnTwoSources(t);
  await core.close();
  const { page } = await openProjectWindow(t, path);
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await page.getByRole('button', { name: 'Run 1', exact: true }).click();
  await page.getByRole('tab', { name: 'Comparisons' }).click();

  const retention = page.getByRole('region', { name: 'What it retains of the source' });
  await retention.getByText('10 % of the source es aside').waitFor();
  await choose(page, 'Of which source', 'Source fr');
  await retention.getByText('A second model learns from the source fr alone').waitFor();
  await button(page, 'Measure the retention').click();
  const table = retention.getByRole('table', {
    name: 'Retention: F1 on the test documents of the source fr, in percent',
  });
  await table.getByRole('row', { name: /^Sign, strict/ }).waitFor({ timeout: 60_000 });
  await retention.getByText(/^On 3 documents of the source fr that neither was trained on/).waitFor();
  assert.deepEqual(await violations(page), []);

  await choose(page, 'Of which source', 'Source es');
  await retention.getByText('What was found last is of the source fr').waitFor();
  await table.waitFor({ state: 'detached' });
  await button(page, 'Set source documents aside').click();
  await button(page, 'Measure the retention').click();
  await retention.getByText('Run 1 was trained on 2 of the test documents of the source es.').waitFor();
  await retention.getByRole('button', { name: 'Train it again' }).waitFor();
  assert.deepEqual(await violations(page), [], 'refused');
  await choose(page, 'Of which source', 'Source fr');
  await table.waitFor();

  const comparison = page.getByRole('region', { name: 'Source against target' });
  await choose(page, 'On which source', 'Source fr');
  await comparison.getByText('in the documents of the source fr?').waitFor();
  await button(page, 'Score it on the source').click();
  await comparison.getByText('Strict micro F1 on the source fr:').waitFor({ timeout: 60_000 });
});

test('the notes of each source are listed', { skip: windowIsMissing }, async (t) => {
  const { path, core } = await trainOnTwoSources(t);
  await core.close();
  const { page } = await openProjectWindow(t, path);
  await page.getByRole('link', { name: 'Notes & review' }).click();
  await page.getByText('10 notes', { exact: true }).waitFor();
  await choose(page, 'Notes of', 'Source fr documents');
  await page.getByText('15 notes', { exact: true }).waitFor();
  await choose(page, 'Part', 'Test');
  await page.getByText('3 notes', { exact: true }).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await page.getByRole('link', { name: 'Notes & review' }).click();
  await page.getByLabel('Notes of', { exact: true }).getByText('Source fr documents').waitFor();
});

async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByLabel(label, { exact: true }).click();
  await page.getByRole('listbox', { name: label, exact: true }).getByRole('option', { name: option }).click();
}
