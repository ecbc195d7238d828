/** The one window: sandboxed, on our own page, brought back when its process dies. */
import { BrowserWindow } from 'electron';
import { pageOrigin } from './page-protocol.ts';
import { places } from './places.ts';
import type { WindowState } from './window-state.ts';

/** A page that dies again so soon after it was loaded is not loaded once more. */
const reloadPauseMs = 5000;

/** `background` is painted until the page is there, so that a dark window does not flash. */
export function openWindow(state: WindowState, background: string): BrowserWindow {
  const window = new BrowserWindow({
    ...state.bounds,
    minWidth: 760,
    minHeight: 520,
    show: false,
    title: 'Notegraft',
    backgroundColor: background,
    icon: places.icon,
    webPreferences: {
      preload: places.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
      // Training goes on while the window is covered, and its curves are to be right when one looks.
      backgroundThrottling: false,
    },
  });
  if (state.isMaximized) window.maximize();
  state.keep(window);
  let isShown = false;
  // On a busy machine the first of these now and then never comes; the background is the page's either way.
  window.once('ready-to-show', show);
  window.webContents.once('did-finish-load', show);
  window.on('page-title-updated', (event) => event.preventDefault());
  let loadedAt = Date.now();
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || Date.now() - loadedAt < reloadPauseMs) return;
    loadedAt = Date.now();
    window.webContents.reload();
  });
  void window.loadURL(`${pageOrigin}/index.html`);
  return window;

  /** Once: a second time it would take the focus from what the user has turned to meanwhile. */
  function show(): void {
    if (isShown) return;
    isShown = true;
    window.show();
  }
}
