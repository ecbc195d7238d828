/** GRU, CRF and AdaGrad give the same bits on any number of threads. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const program = fileURLToPath(new URL('../../support/engine/operations-once.ts', import.meta.url));

/** The hash of all results of a process of its own. */
async function hashOf(kernels: string, threads: number): Promise<string> {
  const env = { ...process.env, NOTEGRAFT_KERNELS: kernels, NOTEGRAFT_THREADS: String(threads) };
  const { stdout } = await promisify(execFile)(process.execPath, [program], { env });
  const [used, hash = ''] = stdout.split(' ');
  assert.equal(used, String(threads));
  assert.match(hash, /^[0-9a-f]{64}$/);
  return hash;
}

for (const kernels of ['plain', 'relaxed']) {
  test(`${kernels}: one, two, three and five threads give the same bits`, async () => {
    const first = await hashOf(kernels, 1);
    for (const threads of [2, 3, 5]) assert.equal(await hashOf(kernels, threads), first, `${threads} threads`);
  });
}
