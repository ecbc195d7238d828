/** Which source the notes look like to a run's experts: the window's numbers are core's, notes open, and axe finds nothing. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Locator, Page } from 'playwright';
import type { CallOutput } from '../../electron/api/contract.ts';
import { windowIsMissing } from '../support/desktop.ts';
import { openProjectWindow } from '../support/open-project.ts';
import { coreOver } from '../support/study-project.ts';
import { quickSettings } from '../support/trained-project.ts';
import { sampleNotes, writeBrat } from '../unit/core/brat-files.ts';
import { newProject, temporaryFolder } from '../unit/store/builders.ts';
import { tabTo, violations } from './page-checks.ts';

type Experts = CallOutput<'runs.experts'>;

const testNotes = 60;

test('experts are shown as core has them, sorted and paged; a note opens', { skip: windowIsMissing }, async (t) => {
  const { path, experts } = await trainedExperts(t);
  const { page } = await openProjectWindow(t, path);
  await openGates(page);
  await page
    .getByRole('region', { name: 'Development', exact: true })
    .getByText('The best epoch is chosen by the sources’ development documents: the target has none that are labelled.')
    .waitFor();
  const means = page.getByRole('table', { name: 'Mean share of each source over all notes, in percent' });
  await means.waitFor();
  const tokens = experts.documents.reduce((sum, document) => sum + document.tokens, 0);
  for (const [place, source] of experts.sources.entries()) {
    const sum = experts.documents.reduce(
      (whole, document) => whole + document.tokens * (document.shares[place] ?? 0),
      0,
    );
    const [, share] = await cellsOf(means, source);
    assert.equal(share, percent(sum / tokens));
  }
  const labels = page.getByRole('table', { name: 'Mean share of each source by label, in percent' });
  for (const { label, tokens, shares } of experts.labels.filter((entry) => entry.label !== 'O')) {
    assert.deepEqual(await cellsOf(labels, label), [
      label,
      String(tokens),
      likest(experts, shares),
      ...shares.map(percent),
    ]);
  }

  const notes = page.getByRole('table', { name: 'Share of each source by note, in percent' });
  assert.equal(await notes.locator('tbody tr').count(), 50);
  await page.getByText(`1 – 50 of ${testNotes}`).waitFor();
  await notes.getByRole('button', { name: 'es (%)' }).click();
  await notes.locator('th[aria-sort="descending"]', { hasText: 'es' }).waitFor();
  const [most] = experts.documents.toSorted((a, b) => (b.shares[0] ?? 0) - (a.shares[0] ?? 0));
  assert.equal((await notes.locator('tbody tr').first().innerText()).includes(percent(most?.shares[0] ?? 0)), true);
  await page.getByRole('button', { name: 'Next', exact: true }).click();
  await page.getByText(`51 – ${testNotes} of ${testNotes}`).waitFor();
  assert.equal(await notes.locator('tbody tr').count(), testNotes - 50);
  const last = notes.getByRole('button').last();
  const name = await last.innerText();
  await tabTo(page, last);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name, level: 1 }).waitFor();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on the experts in the ${colorScheme} theme`, { skip: windowIsMissing }, async (t) => {
    const { path } = await trainedExperts(t);
    const { page } = await openProjectWindow(t, path, { colorScheme });
    await openGates(page);
    await page.getByRole('table', { name: 'Share of each source by note, in percent' }).waitFor();
    assert.deepEqual(await violations(page), []);
    await page.getByRole('radio', { name: 'Development' }).check({ force: true });
    await page.getByText('There are no development notes').waitFor();
    assert.deepEqual(await violations(page), [], 'no notes');
  });
}

/** Two sources in one kind of note, and a target with test notes alone beside what it trains on; one short training of its experts. */
async function trainedExperts(t: TestContext): Promise<{ path: string; experts: Experts }> {
  const path = newProject(t);
  const core = await coreOver(t, path);
  const add = async (role: string, split: 'train' | 'dev' | 'test', count: number, isAnnotated: boolean) => {
    const notes = sampleNotes(count, `${role}-${split}`).map((note) =>
      isAnnotated ? note : { ...note, entities: [] },
    );
    const folder = writeBrat(join(temporaryFolder(t), `${role}-${split}`), notes);
    await core.call('corpora.import', { role, split, format: 'brat', paths: [folder] });
  };
  for (const role of ['es', 'fr']) {
    await add(role, 'train', 6, true);
    await add(role, 'dev', 3, true);
  }
  await add('target', 'train', 6, false);
  await add('target', 'test', testNotes, true);
  for (const source of ['es', 'fr']) await core.call('labelMap.save', { source, map: { Drug: 'Drug', Sign: 'Sign' } });
  const settings = [...quickSettings, 'training.epochs=2'];
  const { run } = await core.call('training.train', { recipe: 'man-moe', settings, seed: 1, targetFraction: 1 });
  const experts = await core.call('runs.experts', { run, split: 'test' });
  await core.close();
  return { path, experts };
}

async function openGates(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await page.getByRole('button', { name: 'Run 1', exact: true }).click();
  await page.getByRole('tab', { name: 'Gates' }).click();
}

async function cellsOf(table: Locator, first: string): Promise<string[]> {
  const row = table
    .locator('tbody tr')
    .filter({ has: table.page().getByRole('cell', { name: first, exact: true }).first() });
  return (await row.first().getByRole('cell').allInnerTexts()).map((text) => text.trim());
}

function likest({ sources }: Experts, shares: readonly number[]): string {
  return sources[shares.indexOf(Math.max(...shares))] ?? '';
}

function percent(share: number): string {
  return (share * 100).toFixed(1);
}
