/** The window with a project open in it: what tests of pages begin with. */
import { basename } from 'node:path';
import type { TestContext } from 'node:test';
import { type Desktop, type DesktopOptions, openDesktop } from './desktop.ts';

export async function openProjectWindow(t: TestContext, path: string, options: DesktopOptions = {}): Promise<Desktop> {
  const desktop = await openDesktop(t, options);
  await desktop.answerDialogs(path);
  await desktop.page.getByRole('button', { name: 'Open project' }).click();
  await desktop.page.getByRole('heading', { name: basename(path, '.ngr'), exact: true }).waitFor();
  return desktop;
}
