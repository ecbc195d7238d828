/** A screen for windows under test: the machine's own, or a virtual one where there is none. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { delimiter, join } from 'node:path';

/** Whether windows can be shown. */
export const hasScreen =
  process.platform !== 'linux' || (process.env['DISPLAY'] ?? '') !== '' || programOnPath('Xvfb') !== null;

let virtual: Promise<string> | null = null;

/** The environment that a window needs. A virtual screen is started once a process and ends with it. */
export async function screenEnvironment(): Promise<Record<string, string>> {
  if (process.platform !== 'linux' || (process.env['DISPLAY'] ?? '') !== '') return {};
  virtual ??= startVirtualScreen();
  return { DISPLAY: await virtual };
}

/** The first program of these names on the path. */
export function programOnPath(...names: string[]): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find((file) => existsSync(file)) ?? null;
}

/** Xvfb chooses a free display and says which. */
function startVirtualScreen(): Promise<string> {
  const words = ['-displayfd', '1', '-screen', '0', '2560x1700x24', '-nolisten', 'tcp', '-noreset'];
  const server = spawn(programOnPath('Xvfb') ?? 'Xvfb', words, { stdio: ['ignore', 'pipe', 'ignore'] });
  process.on('exit', () => server.kill());
  server.unref();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', () => reject(new Error('The virtual screen did not start.')));
    let said = '';
    server.stdout.on('data', (text: Buffer) => {
      said += text.toString();
      if (said.includes('\n')) resolve(`:${said.trim()}`);
    });
    // Neither it nor the pipe to it keeps this process alive.
    (server.stdout as Socket).unref();
  });
}
