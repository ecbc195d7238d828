/** The application stays by itself: nothing leaves it, and its page may do only what it must. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { electronIsMissing, openInElectron } from '../support/desktop.ts';
import { recordNetwork } from '../support/network-record.ts';

const skip = electronIsMissing;

test('in a session with the sample no request leaves the application', { skip }, async (t) => {
  const { page, electron } = await openInElectron(t);
  const record = recordNetwork({ page, electron });
  await page.reload();
  await page.getByRole('button', { name: 'Open the sample' }).click();
  await page.getByRole('row', { name: /^Target, test/ }).waitFor();
  for (const name of ['Set-up wizard', 'Runs', 'Tagging', 'Notes & review']) {
    await page.getByRole('link', { name }).click();
    await page.getByRole('heading', { name, level: 1 }).waitFor();
  }

  const { heard, left } = await record();
  assert.ok(heard > 2, 'the recording heard nothing');
  assert.deepEqual(left, []);
});

test('the page cannot reach out, run text as code, or open other pages', { skip }, async (t) => {
  const { page, electron } = await openInElectron(t);
  await page.getByRole('heading', { name: 'Projects', level: 1 }).waitFor();
  const outcome = await page.evaluate(async () => {
    const image = new Image();
    const loaded = new Promise((resolve) => {
      image.onload = () => resolve('loaded');
      image.onerror = () => resolve('refused');
    });
    image.src = 'https://example.org/pixel.png';
    const script = document.createElement('script');
    script.textContent = 'window.ranInline = true';
    document.head.append(script);
    const element = document.createElement('div');
    element.setAttribute('style', 'color: rgb(1, 2, 3)');
    document.body.append(element);
    return {
      fetch: await fetch('https://example.org/').then(
        () => 'answered',
        () => 'refused',
      ),
      otherFile: await fetch('app://notegraft/../electron/shell/main.cjs').then(
        () => 'answered',
        () => 'refused',
      ),
      image: await loaded,
      inlineScript: 'ranInline' in window,
      inlineStyle: getComputedStyle(element).color === 'rgb(1, 2, 3)',
      opened: window.open('https://example.org/') !== null,
      node: 'require' in window || 'process' in window,
      bridge: Object.keys(Reflect.get(window, 'notegraft') as object),
    };
  });
  assert.deepEqual(outcome, {
    fetch: 'refused',
    otherFile: 'refused',
    image: 'refused',
    inlineScript: false,
    inlineStyle: false,
    opened: false,
    node: false,
    bridge: ['call', 'listen', 'pathOf'],
  });
  assert.equal(await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length), 1);
});

test('evaluated text is refused by the policy of the page', { skip }, async (t) => {
  const { electron } = await openInElectron(t);
  const policy = await electron.evaluate(async ({ net }) =>
    (await net.fetch('app://notegraft/index.html')).headers.get('content-security-policy'),
  );
  assert.match(policy ?? '', /default-src 'none'/);
  assert.doesNotMatch(policy ?? '', /unsafe|https?:|\*/);
});

test('the window is sandboxed, isolated, and checks no spelling', { skip }, async (t) => {
  const { electron } = await openInElectron(t);
  const found = await electron.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    const contents = window?.webContents as unknown as {
      getLastWebPreferences(): Record<string, unknown>;
      session: { spellCheckerEnabled: boolean };
    };
    const { sandbox, contextIsolation, nodeIntegration, webSecurity } = contents.getLastWebPreferences();
    const checker = contents.session.spellCheckerEnabled;
    return { sandbox, contextIsolation, nodeIntegration, webSecurity, checker };
  });
  assert.deepEqual(found, {
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webSecurity: true,
    checker: false,
  });
});
