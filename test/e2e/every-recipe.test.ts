/** Every model that the wizard offers is chosen there, trained to its end, and its run page says what it is. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { wizardDraft } from '../../electron/api/setup-calls.ts';
import { modelWords } from '../../worker/domain/model-words.ts';
import { recipePresets } from '../../worker/domain/recipe-presets.ts';
import { recipeNamed } from '../../worker/domain/zoo.ts';
import { electronIsMissing } from '../support/desktop.ts';
import { openProjectWindow } from '../support/open-project.ts';
import { heading, stepTo } from '../support/sample-wizard.ts';
import { coreOver, studyProject } from '../support/study-project.ts';
import { quickSettings } from '../support/trained-project.ts';
import { violations } from './page-checks.ts';

test('every model that is offered is trained from the wizard', { skip: electronIsMissing }, async (t) => {
  const { page } = await openProjectWindow(t, await preparedProject(t));
  await page.keyboard.press('Control+2');
  await heading(page, 'Model');
  await page.getByText('Advanced settings').click();
  for (const title of ['Epochs', 'Batches per epoch']) await page.getByRole('textbox', { name: title }).fill('1');

  for (const [place, { recipe, title, explanation, isFirst }] of recipePresets.entries()) {
    await t.test(`${title} (${recipe})`, async () => {
      const words = modelWords(recipeNamed(recipe));
      const said = `${words.what} ${words.shares}`;
      await page.keyboard.press('Control+2');
      await stepTo(page, 'Model');
      const radio = page.getByRole('radio', { name: title, exact: true });
      if (!isFirst && !(await radio.isVisible()))
        await page.getByText('More models from the literature').first().click();
      await radio.check();
      await page.getByText(explanation).waitFor();
      const about = page.getByRole('region', { name: 'About the model' });
      await about.getByText(said).waitFor();
      if (!isFirst) assert.deepEqual(await violations(page), []);
      await stepTo(page, 'Summary and start');
      await page.getByRole('button', { name: 'Start training' }).click();
      await page.getByRole('heading', { name: `Run ${place + 1}: ${recipe}`, exact: true, level: 1 }).waitFor();
      await page.getByText('Done', { exact: true }).waitFor({ timeout: 60_000 });
      await about.getByText(said).waitFor();
      await about.getByText(words.paper ?? '').waitFor();
    });
  }
});

test('what decides the tags stays chosen where the next model has it too', { skip: electronIsMissing }, async (t) => {
  const { page } = await openProjectWindow(t, await preparedProject(t));
  await page.keyboard.press('Control+2');
  await heading(page, 'Model');
  const chosen = (name: string): Promise<void> => page.getByRole('radio', { name, checked: true }).waitFor();
  const choose = (name: string): Promise<void> => page.getByRole('radio', { name, exact: true }).check();
  await choose('DTN');
  await choose('One after the other (tag LSTM)');
  await choose('Best TTN');
  await chosen('One after the other (tag LSTM)');
  await page.getByText('More models from the literature').first().click();
  await choose('SC-LSTM');
  await chosen('Each by itself (softmax)');
  await choose('All of a sentence together (CRF)');
  await chosen('SC-LSTM');
  await choose('LSTM-d');
  await chosen('All of a sentence together (CRF)');
  await choose('Yang T-B');
  await page.getByText('What decides the tags').waitFor({ state: 'detached' });
});

/** Notes, splits and the label map are there, and the wizard stands at the model, with sizes that are trained in a moment. */
async function preparedProject(t: TestContext): Promise<string> {
  const path = studyProject(t);
  const core = await coreOver(t, path);
  const { map } = await core.call('labelMap.get', {});
  await core.call('labelMap.save', { map: Object.fromEntries(Object.keys(map).map((label) => [label, label])) });
  await core.call('corpora.resplit', { role: 'source', dev: 0.2, test: 0, seed: 1 });
  const settings = quickSettings.filter((setting) => !/epoch/i.test(setting));
  const draft = wizardDraft.parse({ step: 'model', visited: ['source', 'labels', 'embeddings'], settings });
  await core.call('wizard.save', { draft });
  await core.close();
  return path;
}
