/** Packages the application for this machine's system, one target after the other, and says which could not be built and why. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Configuration, Platform } from 'electron-builder';
import { buildIfStale } from './build.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const systems = [
  { name: 'Linux', node: 'linux', platform: Platform.LINUX, targets: ['dir', 'tar.gz', 'AppImage'] },
  { name: 'Windows', node: 'win32', platform: Platform.WINDOWS, targets: ['dir', 'zip', 'nsis'] },
  { name: 'macOS', node: 'darwin', platform: Platform.MAC, targets: ['dir', 'zip', 'dmg'] },
] as const;

const wanted = process.argv.slice(2);
const missing = await packageApplication();
// A target that was asked for by name must be there.
if (wanted.length > 0 && missing > 0) process.exitCode = 1;

/** How many targets could not be built: of those named, or of all of this system. */
async function packageApplication(): Promise<number> {
  await buildIfStale();
  const outcomes: { target: string; failure: string | null }[] = [];
  for (const { node, platform, targets } of systems) {
    if (node !== process.platform) continue;
    for (const target of targets) {
      if (wanted.length > 0 && !wanted.includes(target)) continue;
      const failure = await build({
        targets: platform.createTarget(target),
        projectDir: root,
        config: { extends: join(root, 'electron-builder.yml'), ...electronAtHand() },
        publish: 'never',
      }).then(
        () => null,
        (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown)),
      );
      outcomes.push({ target, failure });
    }
  }
  for (const { target, failure } of outcomes) {
    console.log(failure === null ? `Built ${target} in release/.` : `Not built: ${target}. ${reasonOf(failure)}`);
  }
  for (const { name, node, targets } of systems) {
    if (node !== process.platform)
      console.log(`Not built: ${name} (${targets.join(', ')}). Run this command on ${name}.`);
  }
  return outcomes.filter(({ failure }) => failure !== null).length;
}

/** The Electron that the environment names instead of a download. */
function electronAtHand(): Configuration {
  const folder = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (folder === undefined) return {};
  const version = join(folder, 'version');
  return {
    electronDist: folder,
    ...(existsSync(version) ? { electronVersion: readFileSync(version, 'utf8').trim().replace(/^v/, '') } : {}),
  };
}

/** The first line is the reason; what follows is a tool's output. */
function reasonOf(failure: string): string {
  const [first = ''] = failure.split('\n');
  const isDownload = /ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT|status code|download/i.test(failure);
  return isDownload ? `Its tools have to be downloaded, which failed: ${first}` : first;
}
