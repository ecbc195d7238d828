/** A run whose target gives each token a class: accuracy beside F1, and no word of spans or of strict and lenient. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Page } from 'playwright';
import type { RunView } from '../../electron/api/views.ts';
import { addClassSource, classProject, classSettings } from '../support/class-project.ts';
import { windowIsMissing } from '../support/desktop.ts';
import { openProjectWindow } from '../support/open-project.ts';
import { alone } from '../support/study-project.ts';
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
    await page.getByText('How these scores are counted').click();
    await page.getByText('accuracy = tokens whose class is right, over all tokens that have one').waitFor();
    await noWordsOfSpans(page, 'classes');
    for (const [tab, seen] of tabs) {
      await page.getByRole('tab', { name: tab }).click();
      await page.getByText(seen).first().waitFor();
      await noWordsOfSpans(page, tab);
      assert.deepEqual(await violations(page), [], tab);
    }
  });
}

test('studies of token classes speak of accuracy, tokens and classes', { skip: windowIsMissing }, async (t) => {
  const { path, core } = await classProject(t);
  const shared = { seeds: [1], settings: [...classSettings] };
  const recipes = ['baseline', 'baseline-crf'];
  await core.call('studies.start', { spec: { kind: 'sweep', recipes, ...shared }, ...alone });
  await core.call('studies.start', { spec: { kind: 'search', recipe: 'baseline', trials: 2, settings: shared.settings }, ...alone }); // prettier-ignore
  const { report, list } = await core.call('studies.get', { study: 1 });
  const found = await core.call('runs.list', { trials: true });
  const [best] = report?.kind === 'sweep' ? report.rows : [];
  const accuracies = found.runs.flatMap(({ study, test: score }) => (study === 1 ? [score?.accuracy] : []));
  assert.ok(accuracies.includes(best?.f1.value), 'the sweep ranks by accuracy');
  assert.deepEqual(
    list.map(({ test: score }) => score?.micro),
    accuracies,
  );
  await core.close();

  const { page } = await openProjectWindow(t, path);
  await openStudy(page, 1);
  await page.getByRole('table', { name: 'Recipes by accuracy on the test documents' }).waitFor();
  await page.getByText(/^2 recipes: best .*\(accuracy, the share of tokens whose class is right/).waitFor();
  await noF1(page, 'sweep');
  assert.deepEqual(await violations(page), [], 'sweep');
  await openStudy(page, 2);
  await page.getByText(/^Best on dev: trial \d with accuracy \d/).waitFor();
  await page.getByRole('img', { name: /^Dev accuracy of 2 trials/ }).waitFor();
  await noF1(page, 'search');
});

test('what a run of token classes retains is its accuracy', { skip: windowIsMissing }, async (t) => {
  const { path, core } = await classProject(t);
  await addClassSource(t, core);
  await core.call('training.train', { recipe: 'ttn-HHI', settings: [...classSettings], seed: 1, targetFraction: 1 });
  const { transfer } = await core.call('runs.retention', { run: 1 });
  await core.close();
  const { page } = await openProjectWindow(t, path);
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await page.getByRole('button', { name: 'Run 1', exact: true }).click();
  await page.getByRole('tab', { name: 'Comparisons' }).click();
  const table = page.getByRole('table', {
    name: 'Retention: accuracy on the test documents of the source, in percent',
  });
  const row = table.getByRole('row', { name: /^All classes: accuracy/ });
  assert.match(await row.innerText(), new RegExp(`\\s${percent(transfer.strict.micro.recall.value)}\\s`));
  await noWordsOfSpans(page, 'comparisons');
});

async function openStudy(page: Page, study: number): Promise<void> {
  await page.getByRole('link', { name: 'Studies' }).click();
  await page.getByRole('button', { name: `Study ${study}`, exact: true }).click();
}

/** But the mean over classes, which is one. */
async function noF1(page: Page, where: string): Promise<void> {
  await noWordsOfSpans(page, where);
  const text = await page.locator('main').innerText();
  assert.doesNotMatch(text.replaceAll('Macro F1', ''), /\bF1\b/, where);
}

/** Each report, and words that are there once it is. */
const tabs = [
  ['Errors', 'Every class'],
  ['Confusion', 'A class leads to its errors.'],
  ['How sure', 'Micro, its recall the accuracy'],
  ['Curves', 'Development accuracy'],
] as const;

async function noWordsOfSpans(page: Page, where: string): Promise<void> {
  // But in the title of a paper.
  const text = (await page.locator('main').innerText()).replaceAll(/“[^”]*”/g, '');
  assert.doesNotMatch(text, /\bspans?\b|\bentit|\bstrict|\blenient/i, where);
}

async function trainedClasses(t: TestContext): Promise<{ path: string; run: RunView }> {
  const { path, core } = await classProject(t);
  await core.call('training.train', { recipe: 'baseline', settings: [...classSettings], seed: 1, targetFraction: 1 });
  const run = await core.call('runs.get', { run: 1 });
  assert.ok(run.test?.accuracy !== undefined && run.dev?.accuracy !== undefined);
  await core.close();
  return { path, run };
}

function percent(share: number): string {
  return (share * 100).toFixed(1);
}
