/** All tests of the engine's operations, for one mode of the kernels and one number of threads. */
import { test } from 'node:test';
import { chooseKernels, type KernelMode } from '../../../worker/engine/simd/kernel-modes.ts';
import { startEngine } from '../../../worker/engine/start.ts';
import { adagradSuite } from './adagrad-suite.ts';
import { adamSuite } from './adam-suite.ts';
import { crfSuite } from './crf-suite.ts';
import { decodingSuite, inferenceSuite } from './decoding-suite.ts';
import { gruSuite } from './gru-suite.ts';
import { lstmSuite } from './lstm-suite.ts';
import { maxPoolSuite } from './max-pool-suite.ts';
import { plainSuite } from './plain-suite.ts';
import { productsSuite } from './products-suite.ts';
import { rowsSuite } from './rows-suite.ts';
import { sharedCellSuite } from './shared-cell-suite.ts';

/** Starts the engine in this mode; where this machine refused the mode in the engine's own self-test, the tests are skipped. */
export async function engineSuite(mode: KernelMode, threads: number): Promise<() => void> {
  if (!(await isUsable(mode)))
    return () => {
      test(`mode ${mode}`, { skip: 'this machine or runtime does not offer the mode' });
    };
  await startEngine({ kernels: mode, threads });
  return () => {
    productsSuite();
    plainSuite();
    fusedSuites();
    inferenceSuite();
  };
}

/** The tests of our fused operations, which every backend must pass (see started-engine.ts for the one they run on). */
export function fusedSuites(): void {
  rowsSuite();
  lstmSuite();
  adamSuite();
  decodingSuite();
  gruSuite();
  crfSuite();
  adagradSuite();
  maxPoolSuite();
  sharedCellSuite();
}

async function isUsable(mode: KernelMode): Promise<boolean> {
  if (mode === 'plain') return true;
  const { results } = await chooseKernels();
  return results.length === 0 || results.some((result) => result.mode === mode && result.isRight);
}
