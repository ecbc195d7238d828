/** Starting the simd backend: our kernels on as many threads as wanted, or the reason why they cannot run here. */
import os from 'node:os';
import { ready } from '@tensorflow/tfjs-core';
import type { EngineOptions, EngineStart } from '../engine.ts';
import { registerAdagradKernel } from './adagrad.ts';
import { registerAdamKernel } from './adam.ts';
import { installSimdBackend, type SimdBackend } from './backend.ts';
import { registerDecoderKernels } from './decoder.ts';
import { registerCrfKernels } from './fused-crf.ts';
import { registerGateKernels } from './fused-gate.ts';
import { registerGruKernels } from './fused-gru.ts';
import { registerLstmKernels } from './fused-lstm.ts';
import { registerMaxPoolKernels } from './fused-max-pool.ts';
import { registerRowKernels } from './fused-rows.ts';
import { registerSharedCellKernels } from './fused-shared-cell.ts';
import { registerSimdInference } from './inference.ts';
import { applyMode, chooseKernels, type KernelChoice, type KernelMode } from './kernel-modes.ts';
import { registerPlainKernels } from './plain-kernels.ts';

export interface SimdOptions extends EngineOptions {
  /** Forces a way of running the kernels (tests, benchmarks). */
  readonly kernels?: KernelMode | undefined;
}

/** More threads than this were never measured; a batch's small products do not keep many busy. */
const mostDefaultThreads = 4;

declare const WebAssembly: { validate(bytes: Uint8Array): boolean };

/** A module of one function that uses one 128-bit operation. */
const simdModule = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0],
  ...[10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
);

/** Start our kernels. Threads: as wanted, else NOTEGRAFT_THREADS, else all cores up to four; one where memory cannot be shared. */
export async function startSimd(options: SimdOptions = {}): Promise<EngineStart> {
  if (!WebAssembly.validate(simdModule)) {
    return { present: false, reason: 'this processor, or the runtime on it, has no WebAssembly SIMD' };
  }
  const kernels: KernelChoice = options.kernels
    ? { mode: options.kernels, results: [], reason: 'asked for' }
    : await chooseKernels();
  const backend: SimdBackend = installSimdBackend(applyMode(kernels.mode));
  registerPlainKernels(backend);
  registerLstmKernels(backend);
  registerRowKernels(backend);
  registerGateKernels(backend);
  registerDecoderKernels(backend);
  registerSimdInference(backend);
  registerAdamKernel(backend);
  registerGruKernels(backend);
  registerCrfKernels(backend);
  registerAdagradKernel(backend);
  registerMaxPoolKernels(backend);
  registerSharedCellKernels(backend);
  await ready();
  const notes: string[] = [];
  let threads = options.threads ?? defaultThreads();
  if (threads > 1 && !canShareMemory()) {
    threads = 1;
    notes.push('One thread only: this runtime has no SharedArrayBuffer, so threads cannot share memory.');
  }
  await backend.queue.useThreads(threads);
  return {
    present: true,
    engine: {
      backend: 'simd',
      threads: backend.queue.threads,
      kernels,
      notes,
      endStep: () => backend.endStep(),
      overlap: { reading: (report) => backend.reading(report), turn: () => backend.turn() },
      memoryBytes: () => backend.queue.heap.bytes,
    },
  };
}

function canShareMemory(): boolean {
  return typeof SharedArrayBuffer !== 'undefined';
}

/** All cores up to a few, or what NOTEGRAFT_THREADS says. */
function defaultThreads(): number {
  const wanted = Number(process.env['NOTEGRAFT_THREADS'] ?? '');
  return Number.isInteger(wanted) && wanted > 0 ? wanted : Math.min(mostDefaultThreads, os.availableParallelism());
}
