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

/** Unused buffers that a GPU may hold before they are given back. */
const mostUnusedBytes = 256 * 2 ** 20;

/**
 * Give unused buffers back to the driver when they are many. tfjs keeps every buffer for the next tensor of exactly that
 * size; as every batch has sizes of its own, a training would take more memory with every batch.
 */
export function trimFreeBuffers({ bufferManager }: WebGPUBackend, mostUnused = mostUnusedBytes): void {
  if (bufferManager.numBytesAllocated - bufferManager.numBytesUsed <= mostUnused) return;
  const { freeBuffers } = bufferManager as unknown as { freeBuffers: ReadonlyMap<string, readonly GPUBuffer[]> };
  for (const buffers of freeBuffers.values()) {
    // Taking a buffer of a kind that lies free takes one of those; released "not for reuse", it is destroyed.
    for (const { size, usage } of [...buffers])
      bufferManager.releaseBuffer(bufferManager.acquireBuffer(size, usage), false);
  }
}

/**
 * A lost device answers nothing any more, and a GPU out of memory goes on with buffers full of zeros: after either, every
 * read throws {@link DeviceLost}. A command it refused, our mistake, throws an ordinary error as soon as something is read.
 */
function guardReads(backend: WebGPUBackend, device: GPUDevice): void {
  let fault: Error | null = null;
  const lost = device.lost.then(({ reason, message }) => {
    fault ??= new DeviceLost(message || reason);
  });
  device.addEventListener('uncapturederror', ({ error }) => {
    fault ??=
      error instanceof GPUOutOfMemoryError
        ? new DeviceLost(`out of memory (${error.message})`)
        : new Error(`the GPU refused a command: ${error.message}`);
  });
  const read = backend.read.bind(backend);
  backend.read = async (dataId) => {
    const values = await read(dataId).catch(async (cause: unknown) => {
      await Promise.race([lost, after(verdictMs)]);
      throw fault ?? cause;
    });
    if (fault) throw fault;
    return values;
  };
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
