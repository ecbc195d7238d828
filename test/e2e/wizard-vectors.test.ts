/** The wizard's step of word vectors: learned from folders of notes, kept by the project, chosen again, and refused in a sentence. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDesktop, windowIsMissing } from '../support/desktop.ts';
import { sampleFolder } from '../support/sample-wizard.ts';
import { violations } from './page-checks.ts';
import { button, openSampleWizard, stepTo } from '../support/sample-wizard.ts';

test(
  'word vectors are learned from a folder of notes and chosen for the training',
  { skip: windowIsMissing },
  async (t) => {
    const desktop = await openDesktop(t);
    const { page, folder } = desktop;
    mkdirSync(join(folder, 'empty'));
    await desktop.answerDialogs(join(folder, 'empty'), join(sampleFolder, 'notes'));
    await openSampleWizard(page);
    await stepTo(page, 'Word vectors');
    await page.getByRole('radio', { name: 'From your own notes' }).check();
    await page.getByText('No vectors are chosen yet').waitFor();
    assert.deepEqual(await violations(page), []);

    await button(page, 'Add a folder …').click();
    await button(page, 'Learn word vectors').click();
    await page.getByRole('alert').getByText('No .txt files were found.').waitFor();
    await button(page, `Leave out ${join(folder, 'empty')}`).click();

    await button(page, 'Add a folder …').click();
    await page.getByRole('textbox', { name: 'Numbers each' }).fill('20');
    await button(page, 'Learn word vectors').click();
    await page.getByText(/words, 20 numbers each/).waitFor({ timeout: 60000 });
    await page.getByText(/Learned from \d+ notes and \d+ documents of this project/).waitFor();
    assert.deepEqual(await violations(page), []);

    await page.getByRole('radio', { name: 'From a file' }).check();
    await page.getByText('No file is chosen yet').waitFor();
    await page.getByRole('radio', { name: 'From your own notes' }).check();
    await page.getByLabel('Vectors of this project').click();
    await page.getByRole('option').first().click();
    await page.getByText(/Learned from \d+ notes/).waitFor();

    await stepTo(page, 'Model');
    await page.getByRole('radio', { name: 'Baseline' }).check();
    await stepTo(page, 'Summary and start');
    await page.getByRole('definition').getByText('From your own notes').waitFor();
  },
);
