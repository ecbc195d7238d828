/** Starts the application from a checkout: builds what changed, and finds an Electron. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildIfStale } from './build.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

await buildIfStale();
const electron = findElectron();
if (electron === null) process.exitCode = 1;
else {
  // An Electron older than our native module asks for a Node of its own beside it; see electron/shell/main.ts.
  const env = { NOTEGRAFT_CORE_NODE: process.execPath, ...process.env };
  const { status } = spawnSync(electron, [...sandboxWords(), root, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env,
  });
  process.exitCode = status ?? 1;
}

/** The Electron that the environment names, else npm's, whose program is fetched when it is first needed. */
function findElectron(): string | null {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('electron/package.json'));
  const named = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (named !== undefined) return join(named, programName());
  if (!existsSync(join(folder, 'path.txt'))) {
    console.log('Fetching Electron; this happens once …');
    const { status } = spawnSync(process.execPath, [join(folder, 'install.js')], { stdio: 'inherit' });
    if (status !== 0 || !existsSync(join(folder, 'path.txt'))) {
      console.error(
        'Electron could not be fetched, so there is no window to open on this machine.\n' +
          '  Fetch it on a machine with a connection and name its folder in ELECTRON_OVERRIDE_DIST_PATH,\n' +
          '  or work with the command line: npx notegraft --help',
      );
      return null;
    }
  }
  return join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8'));
}

function programName(): string {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return process.platform === 'win32' ? 'electron.exe' : 'electron';
}

/** Chromium refuses to run its sandbox as root, as in a container. */
function sandboxWords(): string[] {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}
