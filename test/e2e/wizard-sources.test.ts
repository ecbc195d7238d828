/** Several sources in the window: set up one beside the other, mapped, chosen for a training, and nothing for axe to find. */
import assert from 'node:assert/strict';
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright';
import { type Desktop, electronIsMissing, openDesktop, openInElectron, windowIsMissing } from '../support/desktop.ts';
import { button, heading, sampleFolder, stepTo } from '../support/sample-wizard.ts';
import { alone, coreOver, trialSettings } from '../support/study-project.ts';
import { newProject } from '../unit/store/builders.ts';
import { tabTo, violations } from './page-checks.ts';

test('two sources are set up with the keyboard, and a model learns from both', { skip: windowIsMissing }, async (t) => {
  const desktop = await openDesktop(t);
  const { page } = desktop;
  const path = join(desktop.folder, 'Ward 7.ngr');
  const [one, other] = halvesOfSource(desktop.folder);
  await openNewProject(desktop, path, one, other, join(sampleFolder, 'target'));

  await press(page, button(page, 'Choose folder …'));
  await press(page, button(page, 'Import 75 documents'));
  await page.getByText('75 documents added').waitFor();
  await press(page, button(page, 'Add another source …'));
  const name = page.getByRole('textbox', { name: 'Name' });
  await name.waitFor();
  await page.keyboard.type('Second');
  await page.getByText('A source is named in lower-case letters').waitFor();
  assert.deepEqual(await inBothThemes(page), [], 'name of a source');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('second');
  await page.keyboard.press('Enter');
  await page.getByRole('tab', { name: 'Source second: nothing yet', selected: true }).waitFor();
  await press(page, button(page, 'Choose folder …'));
  await press(page, button(page, 'Import 75 documents'));
  await page.getByRole('tab', { name: 'Source second: 75 documents, 3 labels' }).waitFor();
  await page.getByRole('table', { name: 'Imports of source second notes' }).waitFor();
  assert.deepEqual(await inBothThemes(page), [], 'sources');
  await page.keyboard.press('Control+Enter');

  await heading(page, 'Target notes');
  await press(page, button(page, 'Choose folder …'));
  await press(page, button(page, 'Import 37 documents'));
  await page.getByText('37 documents added').waitFor();
  await stepTo(page, 'Label map');
  await press(page, page.getByRole('tab', { name: 'Source', exact: true }));
  await page.keyboard.press('ArrowRight');
  await page.getByRole('tab', { name: 'Source second', selected: true }).waitFor();
  await page.getByRole('button', { name: 'Accept LabTest for test' }).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('e');
  await page.getByRole('region', { name: 'Examples from source second notes' }).locator('mark').first().waitFor();
  await page.keyboard.press('a');
  await page.getByText('1 of 3 labels mapped').waitFor();
  assert.deepEqual(await inBothThemes(page), [], 'label map');
  await page.keyboard.press('Control+Enter');
  await heading(page, 'Word vectors');
  await page.getByText('1 of 6 mapped').waitFor();

  await stepTo(page, 'Model');
  await page.getByText('More models from the literature').first().click();
  await page.getByRole('radio', { name: /MAN-MoE/ }).check();
  const both = page.getByRole('group', { name: 'Sources to learn from' });
  for (const source of ['Source', 'Source second']) {
    await tabTo(page, both.getByRole('checkbox', { name: source, exact: true }));
    await page.keyboard.press('Space');
  }
  await both.getByText('Choose at least one source to learn from.').waitFor();
  await page.getByText('Possible once the notes, their splits and a model are chosen.').waitFor();
  assert.deepEqual(await inBothThemes(page), [], 'model');
  for (const source of ['Source', 'Source second'])
    await both.getByRole('checkbox', { name: source, exact: true }).check();
  await page.getByText('Advanced settings').click();
  await page.getByRole('textbox', { name: 'Epochs' }).fill('1');
  await page.getByRole('textbox', { name: 'Batches per epoch' }).fill('5');

  await page.keyboard.press('Control+Enter');
  await heading(page, 'Summary and start');
  await page.getByText('The chosen model needs a label of the source that stands for one of yours.').waitFor();
  await press(page, button(page, 'Change Label map'));
  await heading(page, 'Label map');
  const wanted = page.getByText('The chosen model needs a label of the source that stands for one of yours.');
  await wanted.waitFor();
  await button(page, 'Accept 3 suggestions').click();
  await page.getByText('3 of 3 source labels mapped').waitFor();
  await wanted.waitFor({ state: 'detached' });

  await stepTo(page, 'Summary and start');
  await page.getByText('Learns from Source, Source second').waitFor();
  assert.deepEqual(await inBothThemes(page), [], 'summary');
  await press(page, button(page, 'Start training'));
  await page.getByRole('heading', { name: /^Run 1/, level: 1 }).waitFor();
  await page.getByText('Done', { exact: true }).waitFor({ timeout: 120_000 });
  await desktop.close();

  const core = await coreOver(t, path);
  const { runs } = await core.call('runs.list', {});
  assert.deepEqual([...(runs[0]?.recipeInFull.tasks ?? [])].sort(), ['second', 'source', 'target']);
});

test(
  'a source that is being set up, and the sources chosen, are there again after closing',
  { skip: electronIsMissing },
  async (t) => {
    const first = await openInElectron(t);
    const path = newProject(t);
    const [one, other] = halvesOfSource(first.folder);
    const core = await coreOver(t, path);
    for (const [role, folder] of [
      ['es', one],
      ['fr', other],
    ] as const)
      await core.call('corpora.import', { role, format: 'auto', paths: [folder] });
    await core.close();
    await first.answerDialogs(path, one);
    await first.page.getByRole('button', { name: 'Open project' }).click();
    await first.page.getByRole('heading', { name: 'project', exact: true }).waitFor();
    await first.page.keyboard.press('Control+2');
    await first.page.getByRole('tab', { name: /^Source es: 75/ }).waitFor();
    await addSource(first.page, 'third');
    await button(first.page, 'Choose folder …').click();
    await button(first.page, 'Import 75 documents').waitFor();
    await stepTo(first.page, 'Model');
    await first.page.getByRole('checkbox', { name: 'Source fr' }).uncheck();
    await first.page.getByText('Every choice is saved.').waitFor();
    await first.close();

    const { page } = await openInElectron(t, { userData: first.userData });
    await page.getByRole('button', { name: /^project/ }).click();
    await page.getByRole('button', { name: 'Set up a model' }).click();
    await heading(page, 'Model');
    await page.getByRole('checkbox', { name: 'Source es', checked: true }).waitFor();
    await page.getByRole('checkbox', { name: 'Source fr', checked: false }).waitFor();
    await stepTo(page, 'Source notes');
    await page.getByRole('tab', { name: 'Source third: nothing yet', selected: true }).waitFor();
    await button(page, 'Import 75 documents').waitFor();
    await button(page, 'Remove source third').click();
    await page.getByRole('tab', { name: /third/ }).waitFor({ state: 'detached' });
    await page.getByRole('tab', { name: /^Source es/, selected: true }).waitFor();
  },
);

test('the dialogs of trainings and studies ask for the sources', { skip: windowIsMissing }, async (t) => {
  const desktop = await openDesktop(t);
  const { page } = desktop;
  const path = newProject(t);
  const core = await coreOver(t, path);
  const [one, other] = halvesOfSource(desktop.folder);
  for (const [role, folder] of [
    ['es', one],
    ['fr', other],
    ['target', join(sampleFolder, 'target', 'train')],
  ] as const)
    await core.call('corpora.import', { role, format: 'auto', paths: [folder] });
  await core.call('corpora.resplit', { role: 'target', dev: 0.2, test: 0.2, seed: 1 });
  const settings = [...trialSettings];
  await core.call('training.train', {
    ...{ recipe: 'dtn-hs', settings, sources: ['fr'], seed: 1, targetFraction: 1 },
    engine: alone.engine,
  });
  await core.close();
  await desktop.answerDialogs(path);
  await page.getByRole('button', { name: 'Open project' }).click();
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await page.getByRole('button', { name: 'Train another' }).click();
  const asked = page.getByRole('group', { name: 'Sources to learn from' });
  const box = (source: string): Locator => asked.getByRole('checkbox', { name: source, exact: true });
  await asked.waitFor();
  assert.deepEqual([await box('Source es').isChecked(), await box('Source fr').isChecked()], [false, true]);
  await box('Source fr').uncheck();
  await asked.getByText('Choose at least one source to learn from.').waitFor();
  assert.ok(await button(page, 'Start training').isDisabled());
  assert.deepEqual(await inBothThemes(page), [], 'training');
  await box('Source es').check();
  await button(page, 'Start training').click();
  await page.getByRole('heading', { name: /^Run 2/, level: 1 }).waitFor();
  await page.getByText('Done', { exact: true }).waitFor({ timeout: 60_000 });

  await page.getByRole('link', { name: 'Studies' }).click();
  await page.getByRole('button', { name: 'Start a study' }).click();
  await page.getByRole('radio', { name: 'Sweep' }).check();
  await page.getByRole('textbox', { name: 'Recipes' }).fill('dtn-hs');
  await page.getByRole('textbox', { name: 'Seeds' }).fill('1');
  await page.getByRole('textbox', { name: 'At a time' }).fill('1');
  await page.getByRole('textbox', { name: 'Settings' }).fill(trialSettings.join('\n'));
  await box('Source es').uncheck();
  assert.deepEqual(await inBothThemes(page), [], 'study');
  await button(page, 'Start the study').click();
  await page.getByText('Done', { exact: true }).first().waitFor({ timeout: 60_000 });
  await desktop.close();

  const after = await coreOver(t, path);
  const { runs } = await after.call('runs.list', {});
  const tasks = runs.toSorted((a, b) => a.run - b.run).map(({ recipeInFull }) => recipeInFull.tasks);
  assert.deepEqual(tasks, [
    ['fr', 'target'],
    ['es', 'target'],
  ]);
  const { studies } = await after.call('studies.list', {});
  assert.deepEqual(studies[0]?.spec.sources, ['fr']);
});

/** The sample's source as two folders of 75 notes each. */
function halvesOfSource(folder: string): [string, string] {
  const halves = [join(folder, 'first'), join(folder, 'second')] as [string, string];
  for (const part of ['txt', 'concept']) {
    for (const [at, name] of readdirSync(join(sampleFolder, 'source', part))
      .sort()
      .entries()) {
      cpSync(join(sampleFolder, 'source', part, name), join(halves[at % 2] ?? '', part, name));
    }
  }
  return halves;
}

async function openNewProject(desktop: Desktop, path: string, ...folders: string[]): Promise<void> {
  const { page } = desktop;
  await desktop.answerDialogs(path, ...folders);
  await page.getByRole('button', { name: 'New project' }).waitFor();
  await page.keyboard.press('Control+n');
  await page.getByRole('heading', { name: 'Ward 7' }).waitFor();
  await page.keyboard.press('Control+2');
  await heading(page, 'Source notes');
}

async function addSource(page: Page, name: string): Promise<void> {
  await button(page, 'Add another source …').click();
  await page.getByRole('textbox', { name: 'Name' }).fill(name);
  await button(page, 'Add source').click();
}

async function inBothThemes(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    found.push(...(await violations(page)));
  }
  return found;
}

async function press(page: Page, target: Locator): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press('Enter');
}
