/** GRU, CRF, AdaGrad and tagging give the same bits on any number of threads. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const programs = ['operations', 'tagging'] as const;

/** The hash of all results of a process of its own. */
async function hashOf(what: string, kernels: string, threads: number): Promise<string> {
  const program = fileURLToPath(new URL(`../../support/engine/${what}-once.ts`, import.meta.url));
  const env = { ...process.env, NOTEGRAFT_KERNELS: kernels, NOTEGRAFT_THREADS: String(threads) };
  const { stdout } = await promisify(execFile)(process.execPath, [program], { env });
  const [used, hash = ''] = stdout.split(' ');
  assert.equal(used, String(threads));
  assert.match(hash, /^[0-9a-f]{64}$/);
  return hash;
}

for (const [what, kernels] of programs.flatMap((what) =>
  ['plain', 'relaxed'].map((kernels) => [what, kernels] as const),
)) {
  test(`${what}, ${kernels}: one, two, three and five threads give the same bits`, async () => {
    const first = await hashOf(what, kernels, 1);
    for (const threads of [2, 3, 5]) assert.equal(await hashOf(what, kernels, threads), first, `${threads} threads`);
  });
}
