/** The window under test: the built application in a real Electron, or its page in a browser where no Electron can be had. */
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { _electron, chromium, type ElectronApplication, type Page } from 'playwright';
import { hasScreen, programOnPath, screenEnvironment } from './screen.ts';
import { openWindowServer } from './window-server.ts';

export interface Desktop {
  readonly page: Page;
  /** An empty folder for projects and results; gone after the test. */
  readonly folder: string;
  /** Where the shell keeps settings and recent projects. */
  readonly userData: string;
  /** What the next native dialogs answer, in order. */
  answerDialogs(...paths: string[]): Promise<void>;
  /** Null in a browser. */
  readonly electron: ElectronApplication | null;
  close(): Promise<void>;
}

/** {@link Desktop} with the application behind it. */
export interface ElectronDesktop extends Desktop {
  readonly electron: ElectronApplication;
}

/** What closes after itself: a test, or a program that measures. */
export type Ending = Pick<TestContext, 'after'> & {
  /** A test's, once it ended; not in the types yet. */
  readonly passed?: boolean;
};

export interface DesktopOptions {
  readonly colorScheme?: 'light' | 'dark';
  /** Keeps the user's data from one start to the next; a fresh folder without. */
  readonly userData?: string;
  readonly size?: { readonly width: number; readonly height: number };
  /** 1.5 is the system's scaling of 150 %. */
  readonly scale?: number;
}

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Why there is no Electron to test with, or false. For `test(name, { skip: electronIsMissing }, …)`. */
export const electronIsMissing: string | false = whyNoElectron();
/** Why there is no browser to test with, or false. */
export const browserIsMissing: string | false = whyNoBrowser();
/** Why neither can be had, or false. */
export const windowIsMissing: string | false = electronIsMissing === false ? false : browserIsMissing;

/** The application in Electron where there is one, else its page in a browser. Closed when the test ends. */
export function openDesktop(test: Ending, options: DesktopOptions = {}): Promise<Desktop> {
  return electronIsMissing === false ? openInElectron(test, options) : openInBrowser(test, options);
}

export async function openInElectron(test: Ending, options: DesktopOptions = {}): Promise<ElectronDesktop> {
  const folder = temporaryFolder(test);
  const userData = options.userData ?? temporaryFolder(test);
  const { electron, page } = await launchDrawn(options, userData);
  let isClosed = false;
  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    await electron.close();
  };
  tellWhatStood(test, page);
  test.after(close);
  return {
    page,
    folder,
    userData,
    electron,
    close,
    answerDialogs: (...paths) =>
      electron.evaluate(({ dialog }, answers) => {
        const next = (): string | undefined => answers.shift();
        dialog.showOpenDialog = () => {
          const path = next();
          return Promise.resolve({ canceled: path === undefined, filePaths: path === undefined ? [] : [path] });
        };
        dialog.showSaveDialog = () => {
          const path = next();
          return Promise.resolve({ canceled: path === undefined, filePath: path ?? '' });
        };
      }, paths),
  };
}

/** What a test that failed leaves on the page, in its report: sample data, as all tests have. */
function tellWhatStood(test: Ending, page: Page): void {
  test.after(async () => {
    if (test.passed !== false || page.isClosed()) return;
    const draw = (await draws(page)) ? 'draws' : 'draws nothing';
    const text = await page.locator('body').ariaSnapshot({ timeout: mostMsToFrame });
    console.error(`The window ${draw}; at ${new URL(page.url()).hash} it shows:\n${text.slice(0, mostLetters)}`);
  });
}

const mostLetters = 4000;

/** An application whose window draws: on a busy virtual screen one now and then never gets its first frame, and another is started. */
async function launchDrawn(
  options: DesktopOptions,
  userData: string,
): Promise<{ electron: ElectronApplication; page: Page }> {
  for (let attempt = 1; ; attempt++) {
    const electron = await launch(options, userData);
    const page = await electron.firstWindow();
    const { width, height } = options.size ?? { width: 1280, height: 840 };
    await electron.evaluate(({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(...size), [
      width,
      height,
    ] as [number, number]);
    if ((await draws(page)) || attempt === mostLaunches) return { electron, page };
    console.error(`The window drew nothing for ${mostMsToFrame / 1000} s; the application is started again.`);
    await electron.close();
  }
}

const mostLaunches = 4;
const mostMsToFrame = 5000;

/** What a page has and this program does not. */
interface FrameSource {
  requestAnimationFrame(draw: () => void): void;
}

function draws(page: Page): Promise<boolean> {
  return page
    .waitForFunction(
      () => new Promise((resolve) => (globalThis as unknown as FrameSource).requestAnimationFrame(() => resolve(true))),
      null,
      { timeout: mostMsToFrame, polling: 100 },
    )
    .then(
      () => true,
      () => false,
    );
}

async function launch(options: DesktopOptions, userData: string): Promise<ElectronApplication> {
  // Playwright asks the package for the program, and only then holds the application back until it watches it: named by
  // executablePath, the two race, and on a busy machine a window now and then never answers.
  process.env['ELECTRON_OVERRIDE_DIST_PATH'] = electronFolder() ?? '';
  return _electron.launch({
    args: ['--no-sandbox', '--disable-gpu', `--force-device-scale-factor=${options.scale ?? 1}`, root],
    env: {
      ...(process.env as Record<string, string>),
      ...(await screenEnvironment()),
      NOTEGRAFT_USER_DATA: userData,
      NOTEGRAFT_CORE_NODE: process.execPath,
    },
    colorScheme: options.colorScheme ?? 'light',
  });
}

export async function openInBrowser(test: Ending, options: DesktopOptions = {}): Promise<Desktop> {
  const folder = temporaryFolder(test);
  const userData = options.userData ?? temporaryFolder(test);
  const server = await openWindowServer(userData);
  const browser = await chromium.launch({ executablePath: browserProgram() ?? '', args: ['--no-sandbox'] });
  let isClosed = false;
  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    await browser.close();
    await server.close();
  };
  test.after(close);
  const context = await browser.newContext({
    colorScheme: options.colorScheme ?? 'light',
    viewport: options.size ?? { width: 1280, height: 840 },
    deviceScaleFactor: options.scale ?? 1,
  });
  const page = await context.newPage();
  tellWhatStood(test, page);
  await page.goto(server.address);
  return {
    page,
    folder,
    userData,
    electron: null,
    close,
    answerDialogs: async (...paths) => void server.dialogAnswers.push(...paths),
  };
}

function temporaryFolder(test: Ending): string {
  const folder = mkdtempSync(join(tmpdir(), 'notegraft-window-'));
  // Removed after what works in it has been closed: hooks run in the order in which they were added.
  test.after(() => void setImmediate(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })));
  return folder;
}

function whyNoElectron(): string | false {
  if (electronProgram() === null) return 'no Electron is laid out (ELECTRON_OVERRIDE_DIST_PATH)';
  if (!hasScreen) return 'no screen (neither DISPLAY nor Xvfb)';
  return existsSync(join(root, 'dist/electron/shell/main.cjs')) ? false : 'the application is not built';
}

function whyNoBrowser(): string | false {
  if (browserProgram() === null) return 'no Chromium is installed';
  return existsSync(join(root, 'dist/renderer/index.html')) ? false : 'the application is not built';
}

function electronProgram(): string | null {
  const folder = electronFolder();
  return folder === null ? null : join(folder, programName());
}

/** Where the tools lay Electron out, unless the environment says otherwise; null where none is. Never downloaded by a test. */
export function electronFolder(): string | null {
  const places = [
    process.env['ELECTRON_OVERRIDE_DIST_PATH'],
    join(root, 'node_modules/electron/dist'),
    join(homedir(), '.cache/electron-25/dist'),
  ];
  return places.flatMap((place) => place ?? []).find((place) => isFile(join(place, programName()))) ?? null;
}

function programName(): string {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return process.platform === 'win32' ? 'electron.exe' : 'electron';
}

function browserProgram(): string | null {
  return programOnPath('chromium', 'chromium-browser');
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
