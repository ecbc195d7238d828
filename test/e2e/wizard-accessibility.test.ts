/** axe finds nothing to complain of on any step of the set-up wizard, light and dark. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Locator, Page } from 'playwright';
import { openDesktop, windowIsMissing } from '../support/desktop.ts';
import { violations } from './page-checks.ts';
import { button, openSampleWizard, steps, stepTo, type WizardStep } from '../support/sample-wizard.ts';

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every step is accessible in the ${colorScheme} theme`, { skip: windowIsMissing }, async (t) => {
    const { page } = await openDesktop(t, { colorScheme });
    await openSampleWizard(page);
    for (const step of steps.slice(0, 6)) {
      await stepTo(page, step);
      await settled(page, step);
      assert.deepEqual(await violations(page), [], step);
    }
    await page.getByRole('radio', { name: 'DTN(HS)' }).check();
    await page.getByText('Advanced settings').click();
    assert.deepEqual(await violations(page), [], 'advanced settings');
    await stepTo(page, 'Summary and start');
    await button(page, 'Start training').waitFor();
    assert.deepEqual(await violations(page), [], 'summary');
  });
}

/** Until what the step shows of the sample is there. */
async function settled(page: Page, step: WizardStep): Promise<void> {
  const shown: Partial<Record<WizardStep, Locator>> = {
    'Source notes': button(page, 'Remove import 1'),
    'Target notes': button(page, 'Remove import 2'),
    Splits: button(page, 'This split is applied'),
    'Label map': button(page, 'Accept 3 suggestions'),
    Model: page.getByRole('radio', { name: 'DTN(HS)' }),
  };
  await shown[step]?.waitFor();
}
