/** Vectors for each token, computed elsewhere, in the window: chosen in the wizard, read in training, asked for when notes are tagged. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { windowIsMissing } from '../support/desktop.ts';
import { writeFeatures } from '../support/feature-files.ts';
import { openProjectWindow } from '../support/open-project.ts';
import { button, heading, stepTo } from '../support/sample-wizard.ts';
import { coreOver, trialSettings } from '../support/study-project.ts';
import { sampleNotes, writeBrat } from '../unit/core/brat-files.ts';
import { newProject, temporaryFolder } from '../unit/store/builders.ts';
import { violations } from './page-checks.ts';

test(
  'token features go from the wizard into a model, and from a folder into its taggings',
  { skip: windowIsMissing },
  async (t) => {
    const { path, notes, features } = await projectWithFeatures(t);
    const desktop = await openProjectWindow(t, path);
    const { page } = desktop;
    await button(page, 'Set up a model').click();
    await heading(page, 'Summary and start');
    await stepTo(page, 'Word vectors');
    await desktop.answerDialogs(features, notes, features);
    await page.getByText('Token features from a language model').click();
    await button(page, 'Choose the folder of token features …').click();
    await page.getByText(features, { exact: true }).waitFor();
    assert.deepEqual(await violations(page), [], 'wizard');
    await stepTo(page, 'Summary and start');
    await page.getByText('Token features of features').waitFor();
    await button(page, 'Start training').click();
    await page.getByRole('table', { name: 'Scores by label' }).waitFor({ timeout: 60_000 });

    await page.getByRole('link', { name: 'Tagging', exact: true }).click();
    await button(page, 'Choose folder…').click();
    await page.getByRole('list', { name: 'To be tagged' }).waitFor();
    await page.getByText('This model reads token features').waitFor();
    assert.equal(await button(page, 'Start tagging').isDisabled(), true);
    assert.deepEqual(await violations(page), [], 'tagging');
    await button(page, 'Choose the folder of token features …').click();
    await button(page, 'Start tagging').click();
    await page.getByText('Tagging 1 is done: 20 notes.').waitFor({ timeout: 60_000 });
  },
);

/** Notes of a target that are shared out, their tokens' vectors, and a wizard in which only these vectors are still to be chosen. */
async function projectWithFeatures(t: TestContext): Promise<{ path: string; notes: string; features: string }> {
  const [path, folder] = [newProject(t), temporaryFolder(t)];
  const core = await coreOver(t, path);
  const notes = writeBrat(join(folder, 'notes'), sampleNotes(20, 'note'));
  await core.call('corpora.import', { role: 'target', format: 'brat', paths: [notes] });
  await core.call('corpora.split', { role: 'target', dev: 0.2, test: 0.2, seed: 1 });
  await core.call('corpora.export', { role: 'target', format: 'conll', outFolder: join(folder, 'columns') });
  const { draft } = await core.call('wizard.get', {});
  const settings = [...trialSettings];
  await core.call('wizard.save', {
    draft: {
      ...draft,
      step: 'summary',
      visited: ['source', 'target', 'splits', 'labels', 'embeddings', 'model'],
      recipe: 'baseline-crf',
      settings,
    },
  });
  await core.close();
  return { path, notes, features: writeFeatures(join(folder, 'columns'), join(folder, 'features')) };
}
