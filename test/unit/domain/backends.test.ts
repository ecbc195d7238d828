/** The choice among backends: the fastest of those that are there and right. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  judgeBackends,
  type BackendName,
  type ProbeCheck,
  type ProbeFinding,
} from '../../../worker/domain/backends.ts';

const right: ProbeCheck = { firstLoss: 3.7, firstNorm: 1.25, secondLoss: 3.1 };

function present(stepMs: number, check: ProbeCheck = right): ProbeFinding {
  const engine = { backend: 'simd', threads: 1, kernels: null, notes: [] } as const;
  return { present: true, stepMs, check, engine, kernels: null, memoryBytes: 0 };
}

function judged(findings: Partial<Record<BackendName, ProbeFinding>>) {
  return judgeBackends(new Map(Object.entries(findings) as [BackendName, ProbeFinding][]));
}

test('the fastest is chosen, the slower follow in their order, the absent come last with their reason', () => {
  const verdicts = judged({
    simd: present(20),
    tensorflow: { present: false, reason: 'tfjs-node is not installed' },
    webgpu: present(4),
  });
  assert.deepEqual(
    verdicts.map(({ backend, usable, chosen, reason }) => [backend, usable, chosen, reason]),
    [
      ['webgpu', true, true, 'The fastest of 2 on this machine: 4.00 ms a training step.'],
      ['simd', true, false, 'Slower: 20.0 ms a training step, 5.0 times the fastest.'],
      ['tensorflow', false, false, 'Not here: tfjs-node is not installed.'],
    ],
  );
});

test('a single one is chosen without comparison', () => {
  const [only] = judged({ simd: present(20) });
  assert.deepEqual([only?.chosen, only?.reason], [true, 'The only backend that runs on this machine.']);
});

describe('a backend is refused, however fast', () => {
  const wrong: readonly (readonly [what: string, check: ProbeCheck])[] = [
    ['whose loss is wrong', { ...right, firstLoss: 3.71 }],
    ['whose gradient is wrong', { ...right, firstNorm: 1.3 }],
    ['that learns another thing', { ...right, secondLoss: 3.2 }],
    ['whose loss is no number', { ...right, firstLoss: NaN }],
  ];
  for (const [what, check] of wrong) {
    test(what, () => {
      const [chosen, refused] = judged({ simd: present(20), webgpu: present(1, check) });
      assert.deepEqual([chosen?.backend, refused?.usable, refused?.chosen], ['simd', false, false]);
      assert.match(refused?.reason ?? '', /^Refused, because its self-test failed: the (loss|gradient)/);
    });
  }
});

test('rounding differences are no reason to refuse', () => {
  const near = {
    firstLoss: right.firstLoss * 1.0005,
    firstNorm: right.firstNorm,
    secondLoss: right.secondLoss * 1.005,
  };
  assert.equal(judged({ simd: present(20), webgpu: present(1, near) })[0]?.backend, 'webgpu');
});

test('where our own backend does not run, another may', () => {
  const [chosen] = judged({ simd: { present: false, reason: 'no SIMD' }, tensorflow: present(9) });
  assert.deepEqual([chosen?.backend, chosen?.chosen], ['tensorflow', true]);
});
