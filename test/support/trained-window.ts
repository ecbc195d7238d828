/** The window over a copy of a trained project, and the ways through its runs that several tests take. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Page } from 'playwright';
import { type Desktop, type DesktopOptions, openDesktop } from './desktop.ts';
import { quickSettings } from './trained-project.ts';

/** Ward 7: a copy, so that tests do not meet. */
export async function openTrained(t: TestContext, trained: string, options: DesktopOptions = {}): Promise<Desktop> {
  const desktop = await openDesktop(t, options);
  const path = join(desktop.folder, 'Ward 7.ngr');
  copyFileSync(trained, path);
  await desktop.answerDialogs(path);
  await desktop.page.getByRole('button', { name: 'Open project' }).click();
  await desktop.page.getByRole('heading', { name: 'Ward 7' }).waitFor();
  return desktop;
}

/** Long enough that only pause and cancel end it. */
export async function startLongTraining(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await page.getByRole('button', { name: 'Train another' }).click();
  const settings = [...quickSettings, 'training.epochs=5000', 'training.patience=5000'].join('\n');
  await page.getByRole('textbox', { name: 'Settings' }).fill(settings);
  await page.getByRole('button', { name: 'Start training' }).click();
  await page.getByRole('button', { name: 'Pause' }).waitFor();
}
