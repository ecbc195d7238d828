/** The whole way on the sample: from an empty window to a trained model through a kill, then notes tagged, corrected and exported; nothing leaves the application. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright';
import { electronIsMissing, type ElectronDesktop, openInElectron } from '../support/desktop.ts';
import { recordNetwork } from '../support/network-record.ts';
import { sampleFolder, walkWizard } from '../support/sample-wizard.ts';
import { temporaryFolder } from '../unit/store/builders.ts';

const settings = { Epochs: 10, 'Batches per epoch': 40, 'Batch size': 4, 'Learning rate': 0.01 };

test(
  'wizard, training killed and gone on with, tagging, a correction by keys, undo and export',
  { skip: electronIsMissing },
  async (t) => {
    const userData = temporaryFolder(t);
    const folder = temporaryFolder(t);
    const killed = await openInElectron(t, { userData });
    await walkWizard(killed, join(folder, 'Ward 7.ngr'), settings);
    await killed.page.getByRole('button', { name: 'Start training' }).click();
    const before = await epochsOf(killed.page, 2);
    await kill(killed);

    const desktop = await openInElectron(t, { userData });
    const { page } = desktop;
    const record = recordNetwork(desktop);
    await page.reload();
    await page.getByRole('button', { name: /^Ward 7/ }).click();
    await page.getByRole('heading', { name: 'Ward 7' }).waitFor();
    await page.getByRole('link', { name: 'Runs', exact: true }).click();
    await page.getByRole('button', { name: 'Run 1', exact: true }).click();
    // Core outlives the shell by a moment: often enough to put the run aside, not always.
    await page.getByText(/^This training was interrupted/).waitFor();
    await page.getByRole('button', { name: 'Go on with the training' }).click();
    await page.getByRole('table', { name: 'Scores by label' }).waitFor({ timeout: 90_000 });
    await page.getByRole('tab', { name: 'Curves' }).click();
    const epochs = await epochsOf(page, settings.Epochs);
    assert.deepEqual(epochs.slice(0, before.length), before, 'the epochs from before the kill are kept');
    assert.equal(epochs.length, settings.Epochs);

    const exported = join(folder, 'export');
    mkdirSync(exported);
    await desktop.answerDialogs(join(sampleFolder, 'notes'), exported);
    await page.getByRole('button', { name: 'Tag a folder with it' }).click();
    await page.getByRole('button', { name: 'Choose folder…' }).click();
    await page.getByRole('list', { name: 'To be tagged' }).waitFor();
    await page.getByRole('button', { name: 'Start tagging' }).click();
    await page
      .getByText(/^[1-9][\d,]* entit(y|ies)$/)
      .first()
      .waitFor();

    await page.getByRole('listbox', { name: 'Entities' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const entities = page.getByRole('listbox', { name: 'Entities in the order of the text' });
    await entities.waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'document');
    await page.keyboard.press('r');
    await entities.getByRole('option', { name: /rejected/ }).waitFor();
    await page.keyboard.press('Control+z');
    await page.getByText(/^Undone: rejecting/).waitFor();
    await entities.getByRole('option', { name: /rejected/ }).waitFor({ state: 'detached' });
    await page.keyboard.press('Control+y');
    await entities.getByRole('option', { name: /rejected/ }).waitFor();

    await page.keyboard.press('Control+[');
    await page.getByRole('button', { name: 'Export…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Choose folder…' }).click();
    await page.getByText(exported).waitFor();
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await page.getByRole('button', { name: 'Show in folder' }).waitFor();
    assert.ok(readdirSync(exported).length > 0);
    assert.equal(readFileSync(join(exported, 'entities.xlsx')).subarray(0, 2).toString(), 'PK');

    const { heard, left } = await record();
    assert.ok(heard > 2, 'the recording heard nothing');
    assert.deepEqual(left, []);
  },
);

/** What the table says of each epoch, in their order, once there are so many. */
async function epochsOf(page: Page, atLeast: number): Promise<string[]> {
  await page.getByText('The numbers behind the curves').click();
  const rows = page.getByRole('table', { name: 'Losses and development F1 by epoch' }).getByRole('row');
  await rows.nth(atLeast).waitFor();
  const [, ...newestFirst] = await rows.allInnerTexts();
  return newestFirst.reverse();
}

/** The application's processes end without a word. */
async function kill({ electron }: ElectronDesktop): Promise<void> {
  const shell = electron.process();
  const gone = new Promise((resolve) => shell.once('exit', resolve));
  shell.kill('SIGKILL');
  await gone;
}
