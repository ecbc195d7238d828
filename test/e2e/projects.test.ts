/** The first minutes with the application: the sample, a project of one's own, and both again later. */
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { browserIsMissing, electronIsMissing, openInBrowser, openInElectron } from '../support/desktop.ts';

const faces = [
  { name: 'Electron', skip: electronIsMissing, open: openInElectron },
  { name: 'a browser', skip: browserIsMissing, open: openInBrowser },
];

for (const { name, skip, open } of faces) {
  test(`in ${name} the sample project is one click away and shows its counts`, { skip }, async (t) => {
    const { page } = await open(t);
    await page.getByRole('button', { name: 'Open the sample' }).click();
    const rows = page.getByRole('table', { name: 'Documents of the project' }).getByRole('row');
    await rows.nth(4).waitFor();
    assert.deepEqual(
      (await rows.allInnerTexts()).map((row) => row.split(/\s*\t\s*/).slice(0, 2)),
      [
        ['Part', 'Documents'],
        ['Source, not divided', '150'],
        ['Target, training', '10'],
        ['Target, development', '12'],
        ['Target, test', '15'],
      ],
    );
  });

  test(`in ${name} a new project is made, closed, and opened again from the recent ones`, { skip }, async (t) => {
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
  });

  test(`in ${name} a file that is no project is refused in a sentence with a way on`, { skip }, async (t) => {
    const desktop = await open(t);
    const { page, folder } = desktop;
    const path = join(folder, 'letter.ngr');
    writeFileSync(path, 'Dear colleague');
    await desktop.answerDialogs(path);
    await page.getByRole('button', { name: 'Open project' }).click();
    const alert = page.getByRole('alert');
    await alert.waitFor();
    assert.match(await alert.innerText(), /not a Notegraft project/i);
    await alert.getByRole('button', { name: 'Copy details' }).click();
    await page.getByText('Details copied.').waitFor();
  });

  test(`in ${name} the keyboard alone reaches every page and the list of shortcuts`, { skip }, async (t) => {
    const { page, electron } = await open(t);
    await page.getByRole('heading', { name: 'Projects', level: 1 }).waitFor();
    const stations = [
      ['Control+2', 'Set-up wizard'],
      ['Control+3', 'Runs'],
      ['Control+4', 'Tagging'],
      ['Control+5', 'Notes & review'],
      ['Control+6', 'Studies'],
      ['Control+1', 'Projects'],
    ] as const;
    for (const [keys, title] of stations) {
      await page.keyboard.press(keys);
      await page.getByRole('heading', { name: title, level: 1 }).waitFor();
    }
    await page.keyboard.press('F1');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    if (electron === null) return;
    // Of a key that is pressed before the page's own script runs, the menu tells.
    await electron.evaluate(({ BrowserWindow, Menu }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      const items = Menu.getApplicationMenu()?.items.flatMap(({ submenu }) => submenu?.items ?? []) ?? [];
      contents?.once('did-navigate', () => {
        items.find(({ label }) => label === 'Runs')?.click();
      });
      contents?.reload();
    });
    await page.getByRole('heading', { name: 'Runs', level: 1 }).waitFor();
  });
}

test('the window remembers its theme', { skip: electronIsMissing }, async (t) => {
  const first = await openInElectron(t);
  await first.page.getByRole('button', { name: 'Appearance: system' }).click();
  await first.page.getByRole('menuitemcheckbox', { name: 'Dark' }).click();
  await first.page.getByRole('button', { name: 'Appearance: dark' }).waitFor();
  await first.close();

  const second = await openInElectron(t, { userData: first.userData });
  await second.page.getByRole('button', { name: 'Appearance: dark' }).waitFor();
  assert.equal(await second.page.evaluate(() => document.documentElement.dataset['theme']), 'dark');
});
