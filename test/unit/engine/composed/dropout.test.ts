/** Dropout drops the same numbers on every backend. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ones, tidy, type Rank } from '@tensorflow/tfjs-core';
import { dropoutValues } from '../../../../worker/engine/composed/dropout.ts';
import { joinRows, noDropout } from '../../../../worker/engine/ops/rows.ts';
import { startEngine } from '../../../../worker/engine/start.ts';

for (const rate of [0.1, 0.5, 0.95]) {
  test(`a composed mask of rate ${rate} is the simd kernels' mask bit for bit`, async () => {
    const engine = await startEngine();
    for (const seed of [0, 1, 0x7fffffff, 0xdeadbeef, -5]) {
      const dropout = { rate, seed };
      const kernels = tidy(() => {
        const part = { table: ones<Rank.R2>([1000, 7]), index: null };
        const joined = joinRows({ ...part, dropout }, { ...part, dropout: noDropout }, 1000);
        return joined.dataSync() as Float32Array;
      });
      engine.endStep();
      const mask = kernels.filter((_, i) => i % 14 < 7);
      assert.deepEqual(dropoutValues(7000, dropout), mask, `seed ${seed}`);
    }
  });
}
