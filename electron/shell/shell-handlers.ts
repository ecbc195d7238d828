/** Answers the window's calls to the shell: dialogs, recent projects, settings, the port to core. */
import { app, type BrowserWindow, clipboard, dialog, nativeTheme, shell } from 'electron';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { corePortMessage } from '../api/bridge.ts';
import type { ShellHandlers, Theme } from '../api/shell-contract.ts';
import type { CoreHost } from './core-host.ts';
import type { KeptFile } from './kept-file.ts';
import { places } from './places.ts';
import type { Recents } from './recents.ts';

export interface ShellParts {
  readonly core: CoreHost;
  readonly recents: Recents;
  readonly settings: KeptFile<{ theme: Theme }>;
  readonly window: () => BrowserWindow;
}

export function shellHandlers({ core, recents, settings, window }: ShellParts): ShellHandlers {
  return {
    'shell.info': () => ({ version: app.getVersion(), platform: process.platform, core: core.state() }),
    'core.connect': () => {
      const port = core.openFace();
      if (port !== null) window().webContents.postMessage(corePortMessage, null, [port]);
      return {};
    },
    'core.restart': () => {
      core.restart();
      return {};
    },
    'dialog.openFolder': async ({ title }) => {
      const { filePaths } = await dialog.showOpenDialog(window(), { title, properties: ['openDirectory'] });
      return { path: filePaths[0] ?? null };
    },
    'dialog.openFiles': async ({ title, kind, extensions, many }) => {
      const { filePaths } = await dialog.showOpenDialog(window(), {
        title,
        properties: ['openFile', ...(many ? (['multiSelections'] as const) : []), 'dontAddToRecent'],
        filters: extensions.length === 0 ? [] : [{ name: kind, extensions }],
      });
      return { paths: filePaths };
    },
    'dialog.saveFile': async ({ title, suggestedName, kind, extension }) => {
      const { filePath } = await dialog.showSaveDialog(window(), {
        title,
        defaultPath: join(app.getPath('documents'), suggestedName),
        filters: [{ name: kind, extensions: [extension] }],
        properties: ['dontAddToRecent', 'showOverwriteConfirmation'],
      });
      return { path: filePath === undefined || filePath === '' ? null : withExtension(filePath, extension) };
    },
    'file.reveal': ({ path }) => {
      shell.showItemInFolder(path);
      return {};
    },
    'clipboard.write': ({ text }) => {
      void clipboard.writeText(text);
      return {};
    },
    'recents.list': () => ({ projects: recents.list() }),
    'recents.remember': ({ path }) => {
      recents.remember(path);
      return {};
    },
    'recents.forget': ({ path }) => {
      recents.forget(path);
      return {};
    },
    'settings.get': () => settings.read(),
    'settings.set': (wanted) => {
      settings.write(wanted);
      nativeTheme.themeSource = wanted.theme;
      return {};
    },
    'sample.find': () => {
      const folder = join(app.getPath('userData'), 'sample');
      mkdirSync(folder, { recursive: true });
      const project = join(folder, 'Sample project.ngr');
      return { corpus: places.sampleCorpus, project, isThere: existsSync(project) };
    },
  };
}

/** Not every system's dialog adds it. */
function withExtension(path: string, extension: string): string {
  return path.toLowerCase().endsWith(`.${extension}`) ? path : `${path}.${extension}`;
}
