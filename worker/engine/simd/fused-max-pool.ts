/** The maximum over steps on the simd backend. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { MaxOverStepsAttributes } from '../ops/max-pool.ts';
import type { SimdBackend } from './backend.ts';
import type { Pointer } from './heap.ts';
import { kind } from './jobs.ts';
import { zeros } from './matrix.ts';
import { simdKernel } from './plain-kernels.ts';

/** Register MaxOverSteps and its gradient. */
export function registerMaxPoolKernels(backend: SimdBackend): void {
  const { queue } = backend;
  simdKernel('MaxOverSteps', ({ inputs, attrs }) => {
    const a = attrs as unknown as MaxOverStepsAttributes;
    const { steps, sentences } = a.rows;
    const x = backend.pointer(inputs['x'] as TensorInfo);
    const [out, places] = [queue.heap.temporary(sentences * a.columns), queue.heap.temporary(sentences * a.columns)];
    queue.push(kind.maxForward, x, queue.heap.integers(steps), steps.length, a.columns, out, places);
    a.saved = places;
    return backend.wrap(out, [sentences, a.columns]);
  });
  simdKernel('MaxOverStepsGrad', ({ inputs, attrs }) => {
    const a = attrs as unknown as MaxOverStepsAttributes;
    const dx = zeros(queue, a.rows.rows * a.columns);
    const dy = backend.pointer(inputs['dy0'] as TensorInfo);
    queue.push(kind.maxBackward, dy, a.saved as Pointer, a.rows.sentences * a.columns, dx);
    return [backend.wrap(dx, [a.rows.rows, a.columns])];
  });
}
