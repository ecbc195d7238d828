/** Runs the command line as a user does: the launcher, in a process of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

export const launcher = fileURLToPath(new URL('../../electron/cli/notegraft.mjs', import.meta.url));

export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Run a command to its end. */
export function notegraft(...words: string[]): Outcome {
  return notegraftUnder(process.execPath, ...words);
}

/** {@link notegraft} with the launcher under another Node. */
export function notegraftUnder(node: string, ...words: string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(node, [launcher, ...words], { encoding: 'utf8', maxBuffer: 64 << 20 });
  return { exitCode: status, stdout, stderr };
}

/** What a command prints with --json: its stdout must be one JSON document and nothing else. */
export function json(...words: string[]): unknown {
  return JSON.parse(notegraft(...words, '--json', '--quiet').stdout) as unknown;
}

/** Start a command and leave it running; killed after the test if it still is. */
export function startNotegraft(test: TestContext, node: string, ...words: string[]): ChildProcess {
  const child = spawn(node, [launcher, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  test.after(() => child.kill('SIGKILL'));
  return child;
}

/** Resolves when the command has said something that matches, on stderr. Rejects when it ends without. */
export function said(child: ChildProcess, pattern: RegExp): Promise<void> {
  let heard = '';
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
      if (pattern.test(heard)) resolve();
    });
    child.once('close', () => reject(new Error(`ended without saying ${String(pattern)}: ${heard}`)));
  });
}
