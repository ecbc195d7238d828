/** Ways through the set-up wizard for tests. */
import type { Locator, Page } from 'playwright';

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
