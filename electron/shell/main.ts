/** The application's first process: locks itself down, starts core, opens the window, and puts everything in order at the end. */
import { app, type BrowserWindow, ipcMain, nativeTheme } from 'electron';
import { join } from 'node:path';
import { z } from 'zod';
import { answerShellCall } from '../api/shell-dispatch.ts';
import { type ShellEventData, type ShellEventName, type Theme, theme } from '../api/shell-contract.ts';
import { type CoreHost, keepCore } from './core-host.ts';
import type { StartCore } from './core-process.ts';
import { keptFile } from './kept-file.ts';
import { lockProcess, lockSession } from './lockdown.ts';
import { setMenu } from './menu.ts';
import { nodeCore } from './node-core.ts';
import { declarePageProtocol, pageOrigin, servePage } from './page-protocol.ts';
import { places } from './places.ts';
import { openRecents } from './recents.ts';
import { shellHandlers } from './shell-handlers.ts';
import { utilityCore } from './utility-core.ts';
import { openWindow } from './window.ts';
import { openWindowState } from './window-state.ts';

/** The Node-API that better-sqlite3's own binary asks for. */
const neededNodeApi = 10;

const userData = process.env['NOTEGRAFT_USER_DATA'];
if (userData !== undefined) app.setPath('userData', userData);

// A second start shows the window of the first.
if (app.requestSingleInstanceLock()) start();
else app.quit();

function start(): void {
  lockProcess();
  declarePageProtocol();
  let window: BrowserWindow | null = null;
  const send = <K extends ShellEventName>(name: K, data: ShellEventData<K>): void =>
    window?.webContents.send('shell-event', name, data);

  app.on('second-instance', () => {
    if (window?.isMinimized() === true) window.restore();
    window?.focus();
  });
  app.on('window-all-closed', () => app.quit());

  void app.whenReady().then(() => {
    const file = (name: string): string => join(app.getPath('userData'), name);
    const core = keepCore(chooseCore(), (state) => send('core.state', { state }));
    stopCoreFirst(core);
    lockSession();
    servePage(places.page);
    const settings = keptFile<{ theme: Theme }>(file('settings.json'), z.object({ theme }), { theme: 'system' });
    nativeTheme.themeSource = settings.read().theme;
    window = openWindow(openWindowState(file('window.json')), nativeTheme.shouldUseDarkColors ? '#14181c' : '#f5f6f7');
    window.on('closed', () => (window = null));
    const handlers = shellHandlers({
      core,
      settings,
      recents: openRecents(file('recent-projects.json')),
      window: () => {
        if (window === null) throw new Error('The window is gone.');
        return window;
      },
    });
    ipcMain.handle('shell-call', (event, name: unknown, input: unknown) => {
      if (event.senderFrame?.url.startsWith(`${pageOrigin}/`) !== true) return undefined;
      return answerShellCall(handlers, name, input);
    });
    setMenu((command) => send('menu.command', { command }));
  });
}

/** As users have it, core is a utility process. A runtime too old for its native module uses the Node that the environment names. */
function chooseCore(): StartCore {
  const node = process.env['NOTEGRAFT_CORE_NODE'];
  const isTooOld = Number(process.versions['napi']) < neededNodeApi;
  return node !== undefined && isTooOld ? nodeCore(node, app.getVersion()) : utilityCore(app.getVersion());
}

/** Quitting waits until core has closed the project. */
function stopCoreFirst(core: CoreHost): void {
  let isStopped = false;
  app.on('will-quit', (event) => {
    if (isStopped) return;
    event.preventDefault();
    void core.stop().finally(() => {
      isStopped = true;
      app.quit();
    });
  });
}
