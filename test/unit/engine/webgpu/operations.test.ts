/** The engine's operations on WebGPU, on a driver that computes on the CPU where there is no GPU. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dropoutValues } from '../../../../worker/engine/composed/dropout.ts';
import { runFusedSingle } from '../../../../worker/engine/ops/kernel-call.ts';
import { startWebgpu } from '../../../../worker/engine/webgpu/start.ts';
import { adamSuite } from '../../../support/engine/adam-suite.ts';
import { lstmSuite, sequence, type SequenceCase } from '../../../support/engine/lstm-suite.ts';
import { rowsSuite } from '../../../support/engine/rows-suite.ts';
import { checkOperation } from '../../../support/engine/operation-check.ts';
import { runSuitesOn } from '../../../support/engine/started-engine.ts';

process.env['NOTEGRAFT_WEBGPU_SOFTWARE'] = '1';
const started = await startWebgpu();
if (started.present) runSuitesOn(started.engine);

/** Sentences enough that a workgroup takes four at once; the last workgroup has three. */
const manySentences = Array.from({ length: 259 }, (_, s) => 1 + (s % 4)).sort((a, b) => b - a);

const cases: Readonly<Record<string, SequenceCase>> = {
  'four sentences a workgroup': { lengths: manySentences, layers: 1, directions: 2, I: 3, H: 5 },
  'a hidden size of 7': { lengths: [3, 2], layers: 1, directions: 2, I: 2, H: 7 },
  'the hidden size of the paper': { lengths: [3, 2], layers: 1, directions: 1, I: 9, H: 100 },
  'more gates than threads in a workgroup': { lengths: [3, 2], layers: 1, directions: 1, I: 9, H: 200 },
};

describe('operations on the webgpu backend', () => {
  if (started.present) {
    rowsSuite();
    lstmSuite();
    adamSuite();
    test('dropout masks are those that other backends upload, bit for bit', async () => {
      for (const dropout of [
        { rate: 0.5, seed: 7 },
        { rate: 0.01, seed: -123_456_789 },
        { rate: 0.9, seed: 4_000_000_000 },
      ]) {
        const mask = runFusedSingle('DropoutMask', {}, { rows: 37, columns: 11, dropout });
        assert.deepEqual(await mask.data(), dropoutValues(37 * 11, dropout));
        mask.dispose();
      }
    });
    for (const [name, given] of Object.entries(cases))
      test(`an LSTM with ${name}`, (t) => checkOperation(t, sequence(given)));
  } else test('webgpu', { skip: `WebGPU is absent: ${started.reason}` });
});
