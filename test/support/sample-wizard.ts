/** The wizard walked over the sample's folders, one step after the other, as a user does. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Desktop } from './desktop.ts';

/** Annotated notes of both roles, and unannotated ones to tag; all fictional. */
export const sampleFolder = fileURLToPath(new URL('../../resources/sample', import.meta.url));

/** Told where the wizard stands, once what belongs there is seen. */
export type Visit = (step: string) => Promise<void>;

/**
 * From an empty window to the wizard's last step with a dtn-hs chosen. `settings` are advanced settings by their titles.
 * The project is made at `path`.
 */
export async function walkWizard(
  desktop: Desktop,
  path: string,
  settings: Readonly<Record<string, number>>,
  visit: Visit = () => Promise.resolve(),
): Promise<void> {
  const { page } = desktop;
  const goOn = (): Promise<void> => page.getByRole('button', { name: 'Continue', exact: true }).click();
  const arrive = async (heading: string): Promise<void> => {
    await page.getByRole('heading', { name: heading, level: 2 }).waitFor();
  };
  await desktop.answerDialogs(path, join(sampleFolder, 'source'), join(sampleFolder, 'target'));
  await page.getByRole('button', { name: 'New project' }).click();
  await page.getByRole('button', { name: 'Set up a model' }).click();
  for (const [heading, role] of [
    ['1. Source notes', 'source'],
    ['2. Target notes', 'target'],
  ] as const) {
    await arrive(heading);
    await visit(`${role}-empty`);
    await page.getByRole('button', { name: 'Choose folder' }).click();
    const start = page.getByRole('button', { name: /^Import \d/ });
    await start.waitFor();
    await visit(`${role}-found`);
    await start.click();
    await page.getByText(/documents added/).waitFor();
    await visit(`${role}-imported`);
    await goOn();
  }
  await page.getByText('This split is applied').waitFor();
  await visit('splits');
  await goOn();
  await page.getByRole('button', { name: /Accept \d+ sugg/ }).click();
  await visit('label-map');
  await goOn();
  await page.getByLabel('From a file').waitFor();
  await visit('embeddings');
  await goOn();
  await page.getByLabel('DTN(HS)').check();
  await visit('model');
  await page.getByText('Advanced settings').click();
  for (const [title, value] of Object.entries(settings)) {
    await page.getByLabel(title, { exact: true }).fill(String(value));
    await page.getByLabel(title, { exact: true }).press('Tab');
  }
  await visit('model-advanced');
  await goOn();
  await page.getByRole('button', { name: 'Start training' }).and(page.locator(':enabled')).waitFor();
  await visit('summary');
}
