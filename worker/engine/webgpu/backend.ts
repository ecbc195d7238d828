/** tfjs's webgpu backend on a device of ours: reads that fail because the GPU disappeared say so. */
import { env, findBackendFactory, registerBackend, removeBackend, setBackend } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { DeviceLost } from '../device-lost.ts';
import type { FoundDevice } from './device.ts';

/** How long a failed read waits to learn whether the device was lost. */
const verdictMs = 1000;

/** Make webgpu tfjs's current backend, everything on the GPU (small operations too). */
export async function installWebgpuBackend({ device, info }: FoundDevice): Promise<WebGPUBackend> {
  // Loaded here and not above: without a GPU its kernels need not be registered.
  const { WebGPUBackend: Backend } = await import('@tensorflow/tfjs-backend-webgpu');
  env().set('WEBGPU_CPU_FORWARD', false);
  const backend = new Backend(device, info);
  guardReads(backend, device);
  // Importing the package registered a factory that opens a device of its own.
  if (findBackendFactory('webgpu')) removeBackend('webgpu');
  registerBackend('webgpu', () => backend, 1);
  await setBackend('webgpu');
  return backend;
}

/**
 * A lost device answers nothing any more, and a GPU out of memory goes on with buffers full of zeros: after either, every
 * read throws {@link DeviceLost}.
 */
function guardReads(backend: WebGPUBackend, device: GPUDevice): void {
  let fault: string | null = null;
  const lost = device.lost.then(({ reason, message }) => (fault ??= message || reason));
  device.addEventListener('uncapturederror', (event) => {
    event.preventDefault();
    fault ??= event.error.message;
  });
  const read = backend.read.bind(backend);
  backend.read = async (dataId) => {
    const values = await read(dataId).catch(async (cause: unknown) => {
      await Promise.race([lost, after(verdictMs)]);
      throw fault === null ? cause : new DeviceLost(fault, { cause });
    });
    if (fault !== null) throw new DeviceLost(fault);
    return values;
  };
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
