/** The packaged application, as users get it: it starts, and does the first step. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { lstatSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { electronFolder, electronIsMissing } from '../support/desktop.ts';
import { screenEnvironment } from '../support/screen.ts';
import { pageAddress } from './page-address.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('the packaged application opens the sample', { skip: whyNot(), timeout: 240_000 }, async (t) => {
  const env = { ELECTRON_OVERRIDE_DIST_PATH: electronFolder() ?? '', ...process.env };
  // In a process of its own: the packager prints, and takes the process's end into its hands.
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'electron/packaging/package.ts'), 'dir'], {
    env,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stdout);
  const evaluate = await openPackaged(t, join(root, 'release/linux-unpacked/notegraft'));
  await waitForText(evaluate, 'Open the sample');
  await evaluate(`[...document.querySelectorAll('button')].find((one) => one.innerText === 'Open the sample').click()`);
  await waitForText(evaluate, 'Target, test');
  const counts = await evaluate(`document.querySelector('table tbody tr:last-child').innerText`);
  assert.match(String(counts), /^Target, test\s+15\s/);
});

function whyNot(): string | false {
  if (electronIsMissing !== false) return electronIsMissing;
  if (process.platform !== 'linux') return 'starts the program of the Linux package';
  // The packager asks npm what belongs in, and npm looks behind the link.
  return lstatSync(join(root, 'node_modules')).isSymbolicLink() ? 'node_modules is a link' : false;
}

type Evaluate = (expression: string) => Promise<unknown>;

/** Asks until the page shows the text; before it is loaded there is nothing to ask. */
async function waitForText(evaluate: Evaluate, text: string): Promise<void> {
  while ((await evaluate(`document.body.innerText.includes(${JSON.stringify(text)})`)) !== true);
}

/**
 * Starts the program and gives a way to evaluate text in its page. Inspection is fused off, and this Electron lacks what Playwright
 * asks of a browser that it did not start, so the page is spoken to in Chromium's own protocol.
 */
async function openPackaged(t: TestContext, program: string): Promise<Evaluate> {
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
  t.after(async () => {
    application.kill();
    await gone;
    rmSync(userData, { recursive: true, force: true });
  });
  const socket = new WebSocket(await pageAddress(application));
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
  t.after(() => socket.close());
  const waiting = new Map<number, (value: unknown) => void>();
  socket.addEventListener('message', ({ data }) => {
    const answer = JSON.parse(String(data)) as { id: number; result?: { result?: { value?: unknown } } };
    waiting.get(answer.id)?.(answer.result?.result?.value);
  });
  let asked = 0;
  return (expression) =>
    new Promise((resolve) => {
      waiting.set(++asked, resolve);
      const params = { expression, awaitPromise: true, returnByValue: true };
      socket.send(JSON.stringify({ id: asked, method: 'Runtime.evaluate', params }));
    });
}
