/** Runtimes and processors that lack something, for real: V8's own flags take it away in a process of its own. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ProbeFinding } from '../../../worker/domain/backends.ts';

interface Found {
  readonly present: boolean;
  readonly reason?: string;
  readonly threads?: number;
  readonly notes?: readonly string[];
  readonly probe?: ProbeFinding;
}

const program = fileURLToPath(new URL('../../support/start-engine.ts', import.meta.url));

async function started(...flags: string[]): Promise<Found> {
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program]);
  return JSON.parse(stdout) as Found;
}

const intel = { skip: process.arch !== 'x64' && 'only on x64 can V8 be told to do without SSSE3, and with it SIMD' };

test('without WebAssembly SIMD the backend says that it cannot run', intel, async () => {
  assert.deepEqual(await started('--no-enable-ssse3'), {
    present: false,
    reason: 'this processor, or the runtime on it, has no WebAssembly SIMD',
  });
});

test('without SharedArrayBuffer one thread does the work, says so, and computes the same', async () => {
  const alone = await started('--enable-sharedarraybuffer-per-context');
  const both = await started();
  assert.deepEqual([alone.present, alone.threads, both.threads], [true, 1, 2]);
  assert.match(alone.notes?.[0] ?? '', /^One thread only: this runtime has no SharedArrayBuffer/);
  assert.deepEqual(both.notes, []);
  assert.ok(alone.probe?.present && both.probe?.present);
  assert.deepEqual(alone.probe.check, both.probe.check);
});
