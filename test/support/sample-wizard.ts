/** Ways through the set-up wizard: over the sample's folders one step after the other, as a user does, or to any step of the sample project. */
import { cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright';
import type { Desktop } from './desktop.ts';

/** Annotated notes of both roles, and unannotated ones to tag; all fictional. */
export const sampleFolder = fileURLToPath(new URL('../../resources/sample', import.meta.url));

/** Told where the wizard stands, once what belongs there is seen. */
export type Visit = (step: string) => Promise<void>;

/**
 * From an empty window to the wizard's last step with a dtn-hs chosen. `settings` are advanced settings by their titles.
 * The project is made at `path`, and what is imported lies beside it, so that no picture shows where this checkout lies.
 */
export async function walkWizard(
  desktop: Desktop,
  path: string,
  settings: Readonly<Record<string, number>>,
  visit: Visit = () => Promise.resolve(),
): Promise<void> {
  const { page } = desktop;
  const goOn = (): Promise<void> => button(page, 'Continue').click();
  const corpora = join(dirname(path), 'Corpora');
  cpSync(sampleFolder, corpora, { recursive: true });
  await desktop.answerDialogs(path, join(corpora, 'source'), join(corpora, 'target'));
  await page.getByRole('button', { name: 'New project' }).click();
  await page.getByRole('button', { name: 'Set up a model' }).click();
  for (const [step, role] of [
    ['Source notes', 'source'],
    ['Target notes', 'target'],
  ] as const) {
    await heading(page, step);
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

export const steps = [
  'Source notes',
  'Target notes',
  'Splits',
  'Label map',
  'Word vectors',
  'Model',
  'Summary and start',
] as const;
export type WizardStep = (typeof steps)[number];

/** The sample project, and the wizard at its first step. */
export async function openSampleWizard(page: Page): Promise<void> {
  await button(page, 'Open the sample').click();
  await page.getByRole('row', { name: /^Target, test/ }).waitFor();
  await page.getByRole('status').getByText('Importing').waitFor({ state: 'detached' });
  await button(page, 'Set up a model').click();
  await heading(page, 'Source notes');
}

export async function stepTo(page: Page, step: WizardStep): Promise<void> {
  await page.getByRole('navigation', { name: 'Steps' }).getByRole('button', { name: step }).click();
  await heading(page, step);
}

/** Until the step is shown. */
export function heading(page: Page, step: WizardStep): Promise<void> {
  return page.getByRole('heading', { name: `${steps.indexOf(step) + 1}. ${step}`, level: 2 }).waitFor();
}

export function button(page: Page, name: string): Locator {
  return page.getByRole('button', { name, exact: true });
}
