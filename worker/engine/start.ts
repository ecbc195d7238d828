/** Starting the engine: the backend, its kernels, and the gradients of our fused operations. */
import { ready } from '@tensorflow/tfjs-core';
import { registerGateGradients } from './ops/gate.ts';
import { registerLossGradients } from './ops/loss.ts';
import { registerLstmGradients } from './ops/lstm.ts';
import { registerRowGradients } from './ops/rows.ts';
import { registerPlainGradients } from './plain-gradients.ts';
import { registerAdamKernel } from './simd/adam.ts';
import { installSimdBackend, type SimdBackend } from './simd/backend.ts';
import { registerDecoderKernels } from './simd/decoder.ts';
import { registerLstmKernels } from './simd/fused-lstm.ts';
import { registerRowKernels } from './simd/fused-rows.ts';
import type { KernelBuild } from './simd/jobs.ts';
import { registerPlainKernels } from './simd/plain-kernels.ts';

/** What runs the numbers, as shown to the user. */
export interface Engine {
  readonly backend: 'simd';
  readonly build: KernelBuild;
  readonly threads: number;
  /** Ends a batch: temporaries of fused operations are taken back. */
  endStep(): void;
  /** Bytes the engine holds. */
  memoryBytes(): number;
}

let started: Promise<Engine> | null = null;

/** Start the engine once a process; later calls give the same one. `build` forces a kernel build (tests). */
export function startEngine(build?: KernelBuild): Promise<Engine> {
  started ??= start(build);
  return started;
}

async function start(build?: KernelBuild): Promise<Engine> {
  const backend: SimdBackend = installSimdBackend(build);
  registerPlainKernels(backend);
  registerLstmKernels(backend);
  registerRowKernels(backend);
  registerDecoderKernels(backend);
  registerAdamKernel(backend);
  registerPlainGradients();
  registerLstmGradients();
  registerRowGradients();
  registerGateGradients();
  registerLossGradients();
  await ready();
  return {
    backend: 'simd',
    build: backend.queue.build,
    threads: 1,
    endStep: () => backend.endStep(),
    memoryBytes: () => backend.queue.heap.bytes,
  };
}
