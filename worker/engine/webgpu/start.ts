/** Starting the webgpu backend: a GPU through Dawn, our LSTM shaders, everything else in tfjs's operations. */
import type { EngineStart } from '../engine.ts';
import { installWebgpuBackend, trimFreeBuffers } from './backend.ts';
import { registerComposedKernels } from '../composed/register.ts';
import { endStep } from '../composed/step.ts';
import { registerGradients } from '../gradients.ts';
import { findDevice } from './device.ts';
import { webgpuKernels } from './kernels.ts';

/** Start on the strongest GPU, or say why there is none. tfjs's current backend is then webgpu. */
export async function startWebgpu(): Promise<EngineStart> {
  const found = await findDevice();
  if (!found.present) return found;
  const backend = await installWebgpuBackend(found);
  registerComposedKernels('webgpu', webgpuKernels());
  registerGradients();
  const { name, largestBufferBytes } = found.adapter;
  return {
    present: true,
    engine: {
      backend: 'webgpu',
      threads: 1,
      kernels: null,
      notes: [`GPU: ${name}, tensors of up to ${Math.floor(largestBufferBytes / 2 ** 20).toLocaleString('en')} MB.`],
      endStep: () => {
        endStep();
        trimFreeBuffers(backend);
      },
      overlap: null,
      memoryBytes: () => backend.memory().numBytesAllocatedInGPU,
    },
  };
}
