/** The probe of a backend: its time and its numbers, or the reason why it is not there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backendNames } from '../../../worker/domain/backends.ts';
import { runWorkerJob } from '../../../electron/core/worker-job.ts';
import { nodeWorkerHost } from '../../../electron/core/worker-host.ts';
import type { ProbeFinding } from '../../../worker/domain/backends.ts';

/** As core does it: in a process of its own. */
async function probe(backend: (typeof backendNames)[number], threads: number): Promise<ProbeFinding> {
  const work = { job: { kind: 'probe', engine: { backend, threads } }, onEvent: () => undefined } as const;
  const { finding } = await runWorkerJob<'probe'>(nodeWorkerHost(), work, new AbortController().signal);
  return finding;
}

test('our own backend is there, on as many threads as were asked for, with the same numbers on any', async () => {
  const [one, two] = [await probe('simd', 1), await probe('simd', 2)];
  assert.ok(one.present && two.present);
  assert.deepEqual([one.engine.threads, two.engine.threads], [1, 2]);
  assert.ok(one.stepMs > 0 && one.memoryBytes > 0);
  assert.ok(one.check.firstLoss > 1 && one.check.firstNorm > 0, 'a network that knows nothing has a loss');
  assert.ok(one.check.secondLoss < one.check.firstLoss, 'a step makes the loss smaller');
  assert.deepEqual(two.check, one.check);
});

test('a backend that cannot run here gives its reason, and one that can gives our numbers', async () => {
  const own = await probe('simd', 1);
  assert.ok(own.present);
  for (const backend of backendNames) {
    const finding = await probe(backend, 1);
    if (finding.present) assert.ok(Math.abs(finding.check.firstLoss / own.check.firstLoss - 1) < 1e-3, backend);
    else assert.match(finding.reason, /\w/);
  }
});
