/** Finding a GPU, and losing it. Runs on a driver that computes on the CPU where there is no other. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { matMul, ones, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { isDeviceLost } from '../../../../worker/engine/device-lost.ts';
import { installWebgpuBackend, trimFreeBuffers } from '../../../../worker/engine/webgpu/backend.ts';
import { findDevice, type NoDevice } from '../../../../worker/engine/webgpu/device.ts';

process.env['NOTEGRAFT_WEBGPU_SOFTWARE'] = '1';
const found = await findDevice();
const skip = found.present ? false : `no adapter: ${found.reason}`;
const program = fileURLToPath(new URL('../../../support/engine/find-device.ts', import.meta.url));

function findDeviceWith(environment: Record<string, string>): { present: true } | NoDevice {
  const { stdout, stderr } = spawnSync(process.execPath, [program], {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
  assert.notEqual(stdout, '', stderr);
  return JSON.parse(stdout) as { present: true } | NoDevice;
}

test(
  'without a driver the reason says that no GPU was found',
  { skip: process.platform !== 'linux' && 'Vulkan only' },
  () => {
    const outcome = findDeviceWith({ VK_ICD_FILENAMES: '/nowhere.json', VK_DRIVER_FILES: '/nowhere.json' });
    assert.deepEqual(outcome, {
      present: false,
      reason: 'no GPU with a Vulkan, Metal or Direct3D 12 driver was found',
    });
  },
);

test(
  'an adapter that computes on the CPU does not count unless a test asks for it',
  { skip: found.present && !found.adapter.isSoftware ? 'this machine has a GPU' : skip },
  () => {
    const outcome = findDeviceWith({ NOTEGRAFT_WEBGPU_SOFTWARE: '' });
    assert.equal(outcome.present, false);
    assert.match(outcome.reason, /^the only adapter, .+, computes on the CPU$/);
  },
);

test('unused buffers are given back, and what is in use stays readable', { skip }, async () => {
  assert.ok(found.present);
  const backend = await installWebgpuBackend(found);
  const kept = matMul(tensor2d([[1, 2]]), tensor2d([[3], [4]]));
  for (let size = 1; size <= 20; size++) {
    const product = tidy(() => matMul(ones([size, 100]), ones([100, 3])));
    await product.data();
    product.dispose();
  }
  const before = backend.memory().numBytesAllocatedInGPU;
  trimFreeBuffers(backend, 0);
  assert.ok(backend.memory().numBytesAllocatedInGPU < before / 2);
  assert.deepEqual([...(await kept.data())], [11]);
});

test('when the GPU disappears, pending and later reads say so', { skip }, async () => {
  assert.ok(found.present);
  const product = matMul(tensor2d([[1, 2]]), tensor2d([[3], [4]]));
  const pending = product.data();
  found.device.destroy();
  await assert.rejects(pending, isDeviceLost);
  await assert.rejects(() => matMul(product as never, tensor2d([[1]])).data(), isDeviceLost);
});
