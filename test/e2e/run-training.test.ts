/** A training in the window: watched, paused, gone on with, cancelled; it outlives its window, and another project waits for its end. */
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { windowIsMissing } from '../support/desktop.ts';
import { trainProject } from '../support/trained-project.ts';
import { openTrained, startLongTraining } from '../support/trained-window.ts';
import { violations } from './page-checks.ts';

let trained: { readonly path: string; readonly dispose: () => void } | null = null;

// Run 1: a baseline of one epoch.
before(async () => {
  if (windowIsMissing === false) trained = await trainProject('baseline', ['training.epochs=1']);
});
after(() => trained?.dispose());

test('a training is watched, paused, gone on with and cancelled', { skip: windowIsMissing }, async (t) => {
  const { page } = await openTrained(t, trained?.path ?? '');
  await startLongTraining(page);
  await page.getByText('The numbers behind the curves').click();
  const epochs = page.getByRole('table', { name: 'Losses and development F1 by epoch' });
  await epochs.getByRole('row').nth(2).waitFor();
  await page.getByRole('img', { name: /^Development F1 by epoch: \d/ }).waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('This training is paused.').waitFor();
  await page.getByRole('button', { name: 'Go on with the training' }).click();
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByText('This training was cancelled.').waitFor();
  await page.getByRole('button', { name: 'Score its best model' }).click();
  await page.getByRole('table', { name: 'Scores by label' }).waitFor();
});

test('a training outlives its window, which can still stop it', { skip: windowIsMissing }, async (t) => {
  const { page } = await openTrained(t, trained?.path ?? '');
  await startLongTraining(page);
  await page.getByText(laterEpoch).waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  await page.getByText(laterEpoch).waitFor();
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByText('This training was cancelled.').waitFor();
});

test('another project opens once the training in this one is stopped', { skip: windowIsMissing }, async (t) => {
  const desktop = await openTrained(t, trained?.path ?? '');
  const { page, folder } = desktop;
  const other = join(folder, 'Ward 8.ngr');
  copyFileSync(join(folder, 'Ward 7.ngr'), other);
  await startLongTraining(page);
  const question = page.getByRole('dialog', { name: 'Stop the work on this project?' });
  const openOther = async (): Promise<void> => {
    await desktop.answerDialogs(other);
    await page.keyboard.press('Control+O');
    await question.getByText('Under way in the open project: the training of run 2.').waitFor();
  };
  await openOther();
  await question.getByRole('button', { name: 'Stay' }).click();
  await page.getByRole('heading', { name: 'Ward 7' }).waitFor();
  await openOther();
  assert.deepEqual(await violations(page), []);
  await question.getByRole('button', { name: 'Stop it and go on' }).click();
  await page.getByRole('heading', { name: 'Ward 8' }).waitFor();
  await page.getByRole('button', { name: /^Ward 7/ }).click();
  await page.getByRole('heading', { name: 'Ward 7' }).waitFor();
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await page.getByRole('row', { name: /Run 2.*Paused/ }).waitFor();
});

/** That it has come so far says that it goes on. */
const laterEpoch = /^epoch ([2-9]|\d{2,}) of at most/;
