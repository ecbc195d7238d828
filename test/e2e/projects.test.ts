/** The first minutes with the application: the sample, a project of one's own, and both again later. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  browserIsMissing,
  type Desktop,
  electronIsMissing,
  openInBrowser,
  openInElectron,
} from '../support/desktop.ts';

const faces = [
  { name: 'Electron', skip: electronIsMissing, open: openInElectron },
  { name: 'a browser', skip: browserIsMissing, open: openInBrowser },
];

for (const { name, skip, open } of faces) {
  test(`in ${name} the sample project is one click away and shows its counts`, { skip }, async (t) => {
    const { page } = await open(t);
    await page.getByRole('button', { name: 'Open the sample' }).click();
    const row = page.getByRole('row', { name: /^Target, test 15 / });
    await row.waitFor();
    assert.deepEqual(await page.getByRole('row').getByRole('cell').nth(0).allInnerTexts(), ['Source, not divided']);
  });

  test(
    `in ${name} a new project is made where the dialog says, and can be closed and opened again`,
    { skip },
    async (t) => {
      const desktop = await open(t);
      const { page, folder } = desktop;
      const path = join(folder, 'Ward 7.ngr');
      await desktop.answerDialogs(path);
      await page.getByRole('button', { name: 'New project' }).click();
      await page.getByRole('heading', { name: 'Ward 7' }).waitFor();
      assert.ok(existsSync(path));

      await page.getByRole('button', { name: 'Close', exact: true }).click();
      await page.getByText('No project open').waitFor();
      await page.getByRole('button', { name: /^Ward 7/ }).click();
      await page.getByRole('heading', { name: 'Ward 7' }).waitFor();
      await closeQuietly(desktop);
    },
  );
}

async function closeQuietly(desktop: Desktop): Promise<void> {
  await desktop.close();
}
