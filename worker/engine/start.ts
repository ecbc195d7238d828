/** Starting the engine: the backend, its kernels, and the gradients of our fused operations. */
import os from 'node:os';
import { ready } from '@tensorflow/tfjs-core';
import { registerGateGradients } from './ops/gate.ts';
import { registerLossGradients } from './ops/loss.ts';
import { registerLstmGradients } from './ops/lstm.ts';
import { registerRowGradients } from './ops/rows.ts';
import { registerPlainGradients } from './plain-gradients.ts';
import { registerAdamKernel } from './simd/adam.ts';
import { installSimdBackend, type SimdBackend } from './simd/backend.ts';
import { registerDecoderKernels } from './simd/decoder.ts';
import { registerSimdInference } from './simd/inference.ts';
import { registerGateKernels } from './simd/fused-gate.ts';
import { registerLstmKernels } from './simd/fused-lstm.ts';
import { registerRowKernels } from './simd/fused-rows.ts';
import { applyMode, chooseKernels, type KernelChoice, type KernelMode } from './simd/kernel-modes.ts';
import { registerPlainKernels } from './simd/plain-kernels.ts';

/** What runs the numbers, as shown to the user. */
export interface Engine {
  readonly backend: 'simd';
  /** How the kernels run, and why so. */
  readonly kernels: KernelChoice;
  readonly threads: number;
  /** Ends a batch: temporaries of fused operations are taken back. */
  endStep(): void;
  /** Bytes the engine holds. */
  memoryBytes(): number;
}

let started: Promise<Engine> | null = null;

/** Start the engine once a process; later calls give the same one. `mode` forces a way of running the kernels (tests). `threads` 1… */
export function startEngine(mode?: KernelMode, threads: number = defaultThreads()): Promise<Engine> {
  started ??= start(mode, threads);
  return started;
}

/** More threads than this were never measured; a batch's small products do not keep many busy. */
const mostDefaultThreads = 4;

/** All cores up to a few, or what NOTEGRAFT_THREADS says. */
function defaultThreads(): number {
  const wanted = Number(process.env['NOTEGRAFT_THREADS'] ?? '');
  return Number.isInteger(wanted) && wanted > 0 ? wanted : Math.min(mostDefaultThreads, os.availableParallelism());
}

async function start(mode: KernelMode | undefined, threads: number): Promise<Engine> {
  const kernels: KernelChoice = mode ? { mode, results: [], reason: 'asked for' } : await chooseKernels();
  const backend: SimdBackend = installSimdBackend(applyMode(kernels.mode));
  registerPlainKernels(backend);
  registerLstmKernels(backend);
  registerRowKernels(backend);
  registerGateKernels(backend);
  registerDecoderKernels(backend);
  registerSimdInference(backend);
  registerAdamKernel(backend);
  registerPlainGradients();
  registerLstmGradients();
  registerRowGradients();
  registerGateGradients();
  registerLossGradients();
  await ready();
  await backend.queue.useThreads(threads);
  return {
    backend: 'simd',
    kernels,
    threads: backend.queue.threads,
    endStep: () => backend.endStep(),
    memoryBytes: () => backend.queue.heap.bytes,
  };
}
