/**
 * Brings a checkout up to date: packages as in package-lock.json, Node 24, WebAssembly kernels; quick when nothing is to do. Runs on
 * Node 20. `node setup.mjs FILE …` then runs that program under Node 24.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));
const oldestNode = 20;
const pinnedMajor = 24;
const kernelBuild = join(root, 'worker/engine/simd/build.mjs');

/** A set-up step that failed in a way the user can act on; shown without a stack. */
class SetupError extends Error {}

try {
  const node = setUp();
  const [program, ...words] = process.argv.slice(2);
  if (program !== undefined) process.exitCode = runProgram(node, program, words);
} catch (thrown) {
  if (!(thrown instanceof SetupError)) throw thrown;
  console.error(`Set-up failed: ${thrown.message}`);
  process.exitCode = 1;
}

function setUp() {
  if (majorOf(process.versions.node) < oldestNode) {
    throw new SetupError(
      `Node ${process.versions.node} is too old. Install Node ${oldestNode} or newer and run the command again.`,
    );
  }
  const locked = readJson(join(root, 'package-lock.json'))?.packages;
  if (locked === undefined)
    throw new SetupError('package-lock.json is missing or not readable. Restore it from the repository.');
  const stale = reasonToInstall(locked);
  if (stale !== null) installPackages(stale);
  const node = chooseNode(locked);
  if (node.isPinned) putOnScriptPath(node.path);
  for (const line of absentParts(locked, stale !== null)) console.log(`Set-up: ${line}`);
  buildKernels(node.path);
  console.log(`Set-up: ready, ${node.described}.`);
  return node.path;
}

/** Ctrl-C reaches the program itself; it decides what it means. */
function runProgram(node, program, words) {
  process.on('SIGINT', () => undefined);
  const { status, signal } = spawnSync(node, [join(root, program), ...words], { cwd: root, stdio: 'inherit' });
  return status ?? (signal === null ? 1 : 130);
}

function majorOf(version) {
  return Number.parseInt(version, 10);
}

function readJson(file) {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Why node_modules does not hold what the lockfile says, or null when it does. npm writes node_modules/.package-lock.json at the
 * very end of an installation, so an interrupted one counts as missing.
 */
function reasonToInstall(locked) {
  const installed = readJson(join(root, 'node_modules/.package-lock.json'))?.packages;
  if (installed === undefined) return 'no packages are installed yet';
  for (const [place, wanted] of Object.entries(locked)) {
    if (place === '') continue;
    const found = installed[place];
    if (wanted.optional && found === undefined) continue;
    if (found?.version !== wanted.version || found?.integrity !== wanted.integrity || !existsSync(join(root, place))) {
      return `${place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length)} is not the locked version`;
    }
  }
  const pinned = pinnedNode(locked);
  if (pinned !== null && !existsSync(pinned.path) && majorOf(process.versions.node) < pinnedMajor) {
    return `${pinned.name} is not installed`;
  }
  return null;
}

function installPackages(reason) {
  const started = Date.now();
  console.log(`Set-up: installing the packages of package-lock.json (${reason}); this takes about half a minute …`);
  // Windows keeps a running program's file locked, and `npm ci` would delete the Node we run on: add to the tree there instead.
  const runsOnInstalledNode = process.execPath.startsWith(join(root, 'node_modules'));
  const verb = process.platform === 'win32' && runsOnInstalledNode ? ['install', '--no-save'] : ['ci'];
  // No package of ours needs its install script; npm 10 would start node-gyp for better-sqlite3, which brings its binary with it.
  const outcome = runNpm([...verb, '--include=dev', '--include=optional', '--ignore-scripts']);
  if (outcome.status !== 0) {
    throw new SetupError(
      `"npm ${verb.join(' ')}" ended with ${outcome.error?.message ?? `code ${outcome.status}`}. ` +
        'Check that this machine reaches an npm registry (npm ping), then run the command again.',
    );
  }
  console.log(`Set-up: packages installed in ${((Date.now() - started) / 1000).toFixed(0)} s.`);
}

/** The npm that called us where one did, else the one on the path. */
function runNpm(words) {
  const caller = process.env.npm_execpath;
  const options = { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] };
  if (caller !== undefined && basename(caller) === 'npm-cli.js')
    return spawnSync(process.execPath, [caller, ...words], options);
  return spawnSync('npm', words, { ...options, shell: process.platform === 'win32' });
}

/** The locked Node package made for this machine, installed or not; null where there is none. */
function pinnedNode(locked) {
  for (const [place, entry] of Object.entries(locked)) {
    const name = place.replace('node_modules/', '');
    if (!/^node-(linux|win|darwin)-/.test(name) || !fitsThisMachine(entry)) continue;
    const path = join(root, place, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return { name, version: entry.version, path };
  }
  return null;
}

function chooseNode(locked) {
  const pinned = pinnedNode(locked);
  if (pinned !== null && existsSync(pinned.path)) {
    return { path: pinned.path, isPinned: true, described: `Node ${pinned.version} (${pinned.name})` };
  }
  const own = process.versions.node;
  const machine = `${process.platform}-${process.arch}`;
  const why =
    pinned === null ? `no pinned Node package is made for ${machine}` : `${pinned.name} could not be installed`;
  if (majorOf(own) >= pinnedMajor) {
    return { path: process.execPath, isPinned: false, described: `this machine's own Node ${own} (${why})` };
  }
  throw new SetupError(
    `Notegraft runs on Node ${pinnedMajor}, and ${why}. ` +
      `Install Node ${pinnedMajor} or newer on this machine (it has ${own}) and run the command again.`,
  );
}

/**
 * npm scripts find `node` in node_modules/.bin. npm 10 removes that link again: it takes it away together with the Node packages made
 * for other machines, whose command has the same name.
 */
function putOnScriptPath(node) {
  const folder = join(root, 'node_modules/.bin');
  const isWindows = process.platform === 'win32';
  const link = join(folder, isWindows ? 'node.cmd' : 'node');
  if (existsSync(link)) return;
  if (isWindows) {
    writeFileSync(link, `@"%~dp0\\${relative(folder, node)}" %*\r\n`);
    return;
  }
  rmSync(link, { force: true });
  symlinkSync(relative(folder, node), link);
}

/** One line for each optional direct dependency that is not there. Packages made for other machines are named only after an installation. */
function absentParts(locked, afterInstallation) {
  const optional = Object.keys(locked['']?.optionalDependencies ?? {});
  return optional.flatMap((name) => {
    const place = `node_modules/${name}`;
    const entry = locked[place];
    if (entry === undefined || existsSync(join(root, place))) return [];
    if (fitsThisMachine(entry)) return [`without ${name}: it fits this machine, but npm could not install it.`];
    const madeFor = [entry.os, entry.cpu].flat().filter(Boolean).join('-');
    return afterInstallation
      ? [`without ${name}: it is made for ${madeFor}, this machine is ${process.platform}-${process.arch}.`]
      : [];
  });
}

function fitsThisMachine(entry) {
  return allows(entry.os, process.platform) && allows(entry.cpu, process.arch);
}

function allows(list, value) {
  return list === undefined || [list].flat().includes(value);
}

function buildKernels(node) {
  const outcome = spawnSync(node, [kernelBuild], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (outcome.error !== undefined) {
    throw new SetupError(
      `Node ${pinnedMajor} does not start on this machine (${outcome.error.message}). Install Node ${pinnedMajor} or newer by other means.`,
    );
  }
  if (outcome.status !== 0)
    throw new SetupError(`building the WebAssembly kernels ended with code ${outcome.status ?? outcome.signal}.`);
}
