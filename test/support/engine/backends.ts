/** The backends that a test can run a model on, one after the other in one process. */
import '@tensorflow/tfjs-backend-cpu';
import { memory, setBackend } from '@tensorflow/tfjs-core';
import { registerComposedKernels } from '../../../worker/engine/composed/register.ts';
import { endStep } from '../../../worker/engine/composed/step.ts';
import { registerGradients } from '../../../worker/engine/gradients.ts';
import { startEngine as startOrdinaryEngine } from '../../../worker/engine/start.ts';
import { startTensorflow } from '../../../worker/engine/tensorflow/start.ts';
import type { TestEngine } from './started-engine.ts';

/** An engine, or the reason for its absence. */
type Started = TestEngine | string;

/** Each makes its backend tfjs's current one. The first is what the others are compared with. */
export const backends: Readonly<Record<'simd' | 'cpu' | 'tensorflow', () => Promise<Started>>> = {
  simd: async () => {
    const engine = await startOrdinaryEngine();
    await setBackend('simd');
    return engine;
  },
  cpu: startComposedOnCpu,
  tensorflow: async () => {
    const started = await startTensorflow();
    return started.present ? started.engine : `TensorFlow is absent: ${started.reason}`;
  },
};

/** The composed operations on tfjs's own backend in JavaScript. */
export async function startComposedOnCpu(): Promise<TestEngine> {
  await setBackend('cpu');
  registerComposedKernels('cpu');
  registerGradients();
  return { endStep, overlap: null, memoryBytes: () => memory().numBytes };
}
