/** The same seed gives the same weights in every process, on any number of threads. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const program = fileURLToPath(new URL('../support/train-once.ts', import.meta.url));

/** The hash of the model that a process of its own trains. */
async function trainedHash(kernels: string, threads: number): Promise<string> {
  const env = { ...process.env, NOTEGRAFT_KERNELS: kernels, NOTEGRAFT_THREADS: String(threads) };
  const { stdout } = await promisify(execFile)(process.execPath, [program], { env });
  return stdout;
}

test('trained twice with one thread, with two, and with three: one model', async () => {
  const first = await trainedHash('plain', 1);
  assert.match(first, /^[0-9a-f]{64}$/);
  for (const threads of [1, 2, 3, 3]) assert.equal(await trainedHash('plain', threads), first, `${threads} threads`);
});
