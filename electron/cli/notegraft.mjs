#!/usr/bin/env node
/** The notegraft command: finds a Node new enough to run the program, and starts it. Plain JavaScript that Node 20 understands. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'electron/cli/main.ts');
const oldestNode = 24;

const missing = whatIsMissing();
if (missing !== null) refuse(missing, 'Run `npm run setup` in the Notegraft folder.');
else if (Number.parseInt(process.versions.node, 10) >= oldestNode) await import('./main.ts');
else if (existsSync(pinnedNode())) respawn(pinnedNode());
else
  refuse(
    `Notegraft runs on Node ${oldestNode}; this is Node ${process.versions.node}`,
    'Run `npm run setup`, or install Node 24.',
  );

function whatIsMissing() {
  for (const name of ['better-sqlite3', 'commander', 'zod']) {
    if (!existsSync(join(root, 'node_modules', name))) return 'The packages of Notegraft are not installed';
  }
  const kernels = join(root, 'worker/engine/simd/build');
  if (!existsSync(kernels) || !readdirSync(kernels).some((file) => file.endsWith('.wasm'))) {
    return 'The WebAssembly kernels of Notegraft are not built';
  }
  return null;
}

/** Same shape as the program's own errors (electron/cli/failure.ts), which cannot be loaded here. */
function refuse(message, nextStep) {
  if (process.argv.includes('--json')) {
    console.log(
      JSON.stringify({ error: { code: 'engine-unavailable', message: `${message}.`, details: { nextStep } } }),
    );
  }
  console.error(`notegraft: ${message}.\n  ${nextStep}`);
  process.exitCode = 1;
}

function pinnedNode() {
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  return join(root, 'node_modules', `node-${system}-${process.arch}`, 'bin', file);
}

/** Windows' console tells the program itself, and a signal sent from here would end it without a word. */
function passOn(child, signal) {
  if (process.platform !== 'win32') child.kill(signal);
}

/** The channel tells the program when this launcher is gone, however it went: then it ends too, and gives its project free. */
function respawn(node) {
  const child = spawn(node, [program, ...process.argv.slice(2)], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => passOn(child, signal));
  child.on('error', (error) =>
    refuse(`Node ${oldestNode} does not start (${error.message})`, 'Run `npm run setup` again.'),
  );
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 1;
    if (signal === null) return;
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
