/** The set-up wizard: from an empty project to a training by keyboard alone, closed in the middle, over bad folders. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright';
import { electronIsMissing, openDesktop, openInElectron, windowIsMissing } from '../support/desktop.ts';
import { tabTo } from './page-checks.ts';
import { button, heading, openSampleWizard, stepTo } from '../support/sample-wizard.ts';
import { permissionSkip } from '../unit/formats/corpus-builders.ts';

const sample = fileURLToPath(new URL('../../resources/sample', import.meta.url));
test(
  'the keyboard alone leads from an empty project to a trained dtn-hs model',
  { skip: windowIsMissing },
  async (t) => {
    const desktop = await openDesktop(t);
    const { page } = desktop;
    await desktop.answerDialogs(join(desktop.folder, 'Ward 7.ngr'), join(sample, 'source'), join(sample, 'target'));
    await page.getByRole('heading', { name: 'Projects', level: 1 }).waitFor();
    await page.keyboard.press('Control+n');
    await page.getByRole('heading', { name: 'Ward 7' }).waitFor();
    await page.keyboard.press('Control+2');

    await heading(page, 'Source notes');
    await press(page, button(page, 'Choose folder …'));
    await page.getByText('i2b2 2010 (text and .con)').waitFor();
    await press(page, button(page, 'Import 150 documents'));
    await page.getByText('150 documents added').waitFor();
    await page.keyboard.press('Control+Enter');

    await heading(page, 'Target notes');
    await press(page, button(page, 'Choose folder …'));
    await page.getByText('train → train, dev → dev, test → test').waitFor();
    await press(page, button(page, 'Import 37 documents'));
    await page.getByText('37 documents added').waitFor();
    await page.keyboard.press('Control+Enter');

    await heading(page, 'Splits');
    await page.getByText('Applied', { exact: true }).waitFor();
    await tabTo(page, page.getByRole('checkbox', { name: 'Share out all documents again' }));
    await page.keyboard.press('Space');
    await page.getByText('Preview, not applied yet').waitFor();
    await press(page, button(page, 'Apply this split'));
    await button(page, 'This split is applied').waitFor();
    await page.keyboard.press('Control+Enter');

    await heading(page, 'Label map');
    await page.getByRole('button', { name: 'Accept LabTest for test' }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('e');
    await page.getByRole('region', { name: 'Examples from target notes' }).locator('mark').first().waitFor();
    await page.keyboard.press('a');
    await button(page, 'problem stands for: Symptom').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    // An arrow moves on from the item that is marked, as soon as one is.
    const marked = page.locator('[role=menuitemcheckbox][data-highlighted]');
    await marked.waitFor();
    await page.keyboard.press('ArrowDown');
    await marked.and(page.getByRole('menuitemcheckbox', { name: /^Drug/ })).waitFor();
    await page.keyboard.press('Enter');
    await button(page, 'treatment stands for: Drug').waitFor();
    await page.keyboard.press('s');
    await button(page, 'treatment stands for: Keep separate').waitFor();
    await press(page, button(page, 'Accept 2 suggestions'));
    await page.getByText('3 of 3 source labels mapped').waitFor();
    await page.keyboard.press('Control+Enter');

    await heading(page, 'Word vectors');
    await page.keyboard.press('Control+Enter');

    await heading(page, 'Model');
    await tabTo(page, page.getByRole('radio', { name: 'Baseline' }));
    await page.keyboard.press('ArrowUp');
    assert.ok(await page.getByRole('radio', { name: 'DTN(HS)' }).isChecked());
    await page.getByText('The target has a hard and a soft decoder').waitFor();
    await tabTo(page, page.getByRole('radio', { name: 'All of a sentence together (CRF)' }));
    await page.keyboard.press('ArrowDown');
    await page.getByRole('radio', { name: 'One after the other (tag LSTM)' }).and(page.locator(':checked')).waitFor();
    assert.ok(await page.getByRole('radio', { name: 'DTN(HS)' }).isChecked());
    await tabTo(page, page.locator('summary', { hasText: 'Advanced settings' }));
    await page.keyboard.press('Enter');
    await type(page, page.getByRole('textbox', { name: 'Epochs' }), '2');
    await type(page, page.getByRole('textbox', { name: 'Batches per epoch' }), '10');
    await press(page, button(page, 'Measure'));
    await page.getByText(/ tokens\/s$/).waitFor({ timeout: 60000 });
    await page.keyboard.press('Control+Enter');

    await heading(page, 'Summary and start');
    await page.getByText('Changed: training.epochs=2, training.batchesPerEpoch=10').waitFor();
    await press(page, button(page, 'Start training'));
    await page.getByRole('heading', { name: 'Run 1: dtn-hs', exact: true, level: 1 }).waitFor();
    assert.equal(new URL(page.url()).hash, '#/runs/1');
    await page.getByText('Done', { exact: true }).waitFor({ timeout: 90000 });
  },
);

test(
  'closing in the middle loses nothing: the step and the choices are there again',
  { skip: electronIsMissing },
  async (t) => {
    const first = await openInElectron(t);
    await openSampleWizard(first.page);
    await stepTo(first.page, 'Splits');
    await first.page.getByRole('textbox', { name: 'Seed' }).fill('7');
    await stepTo(first.page, 'Label map');
    await button(first.page, 'treatment stands for: Keep separate').click();
    await first.page.getByRole('menuitemcheckbox', { name: /^Drug/ }).click();
    await button(first.page, 'treatment stands for: Drug').waitFor();
    await stepTo(first.page, 'Model');
    await first.page.getByRole('radio', { name: 'Best TTN' }).check();
    await first.page.getByRole('group', { name: 'Decoder' }).getByRole('radio', { name: 'Gated', exact: true }).check();
    await first.page.getByText('Own combination').first().waitFor();
    await first.page.getByText('Advanced settings').click();
    await first.page.getByRole('textbox', { name: 'Patience' }).fill('3');
    await first.page.getByText('Every choice is saved.').waitFor();
    await first.close();

    const { page } = await openInElectron(t, { userData: first.userData });
    await page.getByRole('button', { name: /^Sample project/ }).click();
    await page.getByRole('button', { name: 'Set up a model' }).click();
    await heading(page, 'Model');
    const decoder = page.getByRole('group', { name: 'Decoder' });
    await decoder.getByRole('radio', { name: 'Gated', exact: true, checked: true }).waitFor();
    await page.getByText('1 changed').click();
    assert.equal(await page.getByRole('textbox', { name: 'Patience' }).inputValue(), '3');
    await stepTo(page, 'Splits');
    assert.equal(await page.getByRole('textbox', { name: 'Seed' }).inputValue(), '7');
    await stepTo(page, 'Label map');
    await button(page, 'treatment stands for: Drug').waitFor();
  },
);

test('a folder that cannot be used is said in a sentence with a way on', { skip: windowIsMissing }, async (t) => {
  const desktop = await openDesktop(t);
  const { page, folder } = desktop;
  const empty = join(folder, 'empty');
  const alone = join(folder, 'alone');
  mkdirSync(empty);
  mkdirSync(alone);
  writeFileSync(join(alone, 'a.txt'), 'Given aspirin.\n');
  writeFileSync(join(alone, 'a.ann'), 'T1\tDrug 6 13\taspirin\n');
  writeFileSync(join(alone, 'b.ann'), 'T1\tDrug 6 13\taspirin\n');
  await desktop.answerDialogs(join(folder, 'Ward 7.ngr'), join(folder, 'gone'), empty, alone);
  await page.getByRole('button', { name: 'New project' }).waitFor();
  await page.keyboard.press('Control+n');
  await page.getByRole('heading', { name: 'Ward 7' }).waitFor();
  await page.keyboard.press('Control+2');

  await button(page, 'Choose folder …').click();
  await page.getByRole('alert').getByText('There is no such file or folder.').waitFor();
  await button(page, 'Choose another folder …').click();
  await page.getByRole('alert').getByText('The folder holds no files.').waitFor();
  await button(page, 'Choose another folder …').click();
  await page.getByText('1 file without a partner').waitFor();
  await button(page, 'Import 1 document').click();
  await page.getByText('1 document added').waitFor();
  await button(page, 'Audit of import 1').click();
  await page.getByRole('table', { name: 'Findings of import 1' }).getByText('partner missing').waitFor();

  await button(page, 'Remove import 1').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByRole('table', { name: 'Imports of source notes' }).waitFor({ state: 'detached' });
  await button(page, 'Continue without a source').waitFor();
});

test('a folder without permission is said in a sentence', { skip: windowIsMissing || permissionSkip }, async (t) => {
  const desktop = await openDesktop(t);
  const { page, folder } = desktop;
  const closed = join(folder, 'closed');
  mkdirSync(closed);
  chmodSync(closed, 0o000);
  await desktop.answerDialogs(join(folder, 'Ward 7.ngr'), closed);
  await page.keyboard.press('Control+n');
  await page.getByRole('heading', { name: 'Ward 7' }).waitFor();
  await page.keyboard.press('Control+2');
  await button(page, 'Choose folder …').click();
  await page.getByRole('alert').getByText('You have no permission to read this folder.').waitFor();
});

async function press(page: Page, target: Locator): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press('Enter');
}

async function type(page: Page, target: Locator, text: string): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press('Control+a');
  await page.keyboard.type(text);
}
