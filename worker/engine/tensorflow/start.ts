/** Starting the tensorflow backend: the addon's operations, our fused ones composed from them, the LSTM by TensorFlow's own kernel. */
import os from 'node:os';
import { engine, memory, ready, setBackend } from '@tensorflow/tfjs-core';
import { registerComposedKernels } from '../composed/register.ts';
import { endStep } from '../composed/step.ts';
import { registerGradients } from '../gradients.ts';
import { loadAddon } from './addon.ts';
import type { TensorflowBackend } from './backend.ts';
import { blockLstmKernels } from './block-lstm.ts';
import { gatherKernel } from './gather.ts';

/** The engine as the models use it, on TensorFlow. */
export interface TensorflowEngine {
  readonly backend: 'tensorflow';
  /** The package that runs it. */
  readonly packageName: string;
  readonly isOnGpu: boolean;
  readonly threads: number;
  /** Ends a batch: what fused operations kept for their gradients is released. */
  endStep(): void;
  /** Bytes of all tensors. */
  memoryBytes(): number;
}

export type TensorflowStart =
  { readonly present: true; readonly engine: TensorflowEngine } | { readonly present: false; readonly reason: string };

/**
 * Make TensorFlow tfjs's current backend. `threads` are its threads inside an operation, by default as many as cores; they count
 * only in the process's first start. Absence is a value with a plain reason.
 */
export async function startTensorflow(threads: number = os.availableParallelism()): Promise<TensorflowStart> {
  process.env['TF_NUM_INTRAOP_THREADS'] ??= String(threads);
  const addon = loadAddon();
  if (!addon.present) return addon;
  await setBackend('tensorflow');
  await ready();
  const backend = engine().backend as TensorflowBackend;
  registerComposedKernels('tensorflow', { ...blockLstmKernels(backend), GatherV2: gatherKernel(backend) });
  // After the addon, which registers tfjs's own gradients.
  registerGradients();
  return {
    present: true,
    engine: {
      backend: 'tensorflow',
      packageName: addon.packageName,
      isOnGpu: backend.isUsingGpuDevice,
      threads: Number(process.env['TF_NUM_INTRAOP_THREADS']),
      endStep,
      memoryBytes: () => memory().numBytes,
    },
  };
}
