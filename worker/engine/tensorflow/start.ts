/** Starting the tensorflow backend: the addon's operations, our fused ones composed from them, the LSTM by TensorFlow's own kernel. */
import os from 'node:os';
import { engine, memory, ready, setBackend } from '@tensorflow/tfjs-core';
import { registerComposedKernels } from '../composed/register.ts';
import { endStep } from '../composed/step.ts';
import type { EngineOptions, EngineStart } from '../engine.ts';
import { registerGradients } from '../gradients.ts';
import { loadAddon } from './addon.ts';
import type { TensorflowBackend } from './backend.ts';
import { blockLstmKernels } from './block-lstm.ts';
import { gatherKernel } from './gather.ts';

/**
 * Make TensorFlow tfjs's current backend. `threads` are its threads inside an operation, by default as many as cores; they count
 * only in the process's first start. Absence is a value with a plain reason.
 */
export async function startTensorflow(wish: EngineOptions = {}): Promise<EngineStart> {
  process.env['TF_NUM_INTRAOP_THREADS'] ??= String(wish.threads ?? os.availableParallelism());
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
      threads: Number(process.env['TF_NUM_INTRAOP_THREADS']),
      kernels: null,
      notes: [`${addon.packageName} runs on the ${backend.isUsingGpuDevice ? 'GPU' : 'CPU'}`],
      endStep,
      overlap: null,
      memoryBytes: () => memory().numBytes,
    },
  };
}
