/** A program that prints what findDevice finds, for tests that need a process with other drivers. */
import { findDevice } from '../../../worker/engine/webgpu/device.ts';

const found = await findDevice();
console.log(JSON.stringify(found.present ? { present: true, adapter: found.adapter } : found));
