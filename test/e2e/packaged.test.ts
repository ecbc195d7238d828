/** The packaged application, as users get it: it starts, and does the first step. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { lstatSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright';
import { packageApplication } from '../../tasks/package.ts';
import { electronFolder, electronIsMissing } from '../support/desktop.ts';
import { screenEnvironment } from '../support/screen.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('the packaged application opens the sample', { skip: whyNot() }, async (t) => {
  process.env['ELECTRON_OVERRIDE_DIST_PATH'] ??= electronFolder() ?? '';
  assert.deepEqual(await packageApplication(['dir']), { built: 1, missing: 0 });
  const page = await openPackaged(t, join(root, 'release/linux-unpacked/notegraft'));
  await page.getByRole('button', { name: 'Open the sample' }).click();
  await page.getByRole('row', { name: /^Target, test/ }).waitFor();
});

function whyNot(): string | false {
  if (electronIsMissing !== false) return electronIsMissing;
  if (process.platform !== 'linux') return 'starts the program of the Linux package';
  // The packager asks npm what belongs in, and npm looks behind the link.
  return lstatSync(join(root, 'node_modules')).isSymbolicLink() ? 'node_modules is a link' : false;
}

/** Inspection is fused off, so the window is reached the way any Chromium is. */
async function openPackaged(t: TestContext, program: string): Promise<Page> {
  const userData = mkdtempSync(join(tmpdir(), 'notegraft-packaged-'));
  const words = ['--no-sandbox', '--disable-gpu', '--remote-debugging-port=0'];
  const env = {
    ...process.env,
    ...(await screenEnvironment()),
    NOTEGRAFT_USER_DATA: userData,
    NOTEGRAFT_CORE_NODE: process.execPath,
  };
  const application = spawn(program, words, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const gone = new Promise((resolve) => application.once('exit', resolve));
  const address = await new Promise<string>((resolve, reject) => {
    let said = '';
    application.stderr.on('data', (text: Buffer) => {
      said += text.toString();
      const found = /DevTools listening on (ws:\S+)/.exec(said);
      if (found?.[1] !== undefined) resolve(found[1]);
    });
    application.once('exit', () => reject(new Error(`The application ended: ${said}`)));
  });
  const browser = await chromium.connectOverCDP(address);
  t.after(async () => {
    application.kill();
    await gone;
    await browser.close();
    rmSync(userData, { recursive: true, force: true });
  });
  const [context] = browser.contexts();
  assert.ok(context !== undefined);
  return context.pages()[0] ?? (await context.waitForEvent('page'));
}
