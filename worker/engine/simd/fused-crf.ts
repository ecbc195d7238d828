/** The CRF operations' kernels on the simd backend. */
import type { NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { CrfLossAttributes, CrfViterbiAttributes } from '../ops/crf.ts';
import type { SimdBackend } from './backend.ts';
import { crfBestPath, crfForward, crfGradients, type CrfContext } from './crf.ts';
import type { Pointer } from './heap.ts';
import { kind } from './jobs.ts';
import { simdKernel } from './plain-kernels.ts';

/** Register CrfLoss with its gradient, and CrfViterbi. */
export function registerCrfKernels(backend: SimdBackend): void {
  const { queue } = backend;
  const at = (inputs: NamedTensorInfoMap, name: string): Pointer => backend.pointer(inputs[name] as TensorInfo);
  const pointers = (inputs: NamedTensorInfoMap) => ({
    emissions: at(inputs, 'emissions'),
    transitions: at(inputs, 'transitions'),
  });

  simdKernel('CrfLoss', ({ inputs, attrs }) => {
    const a = attrs as unknown as CrfLossAttributes;
    const context = crfForward(queue, { ...pointers(inputs), ...a, K: a.tagCount });
    const loss = queue.heap.temporary(1);
    queue.push(kind.sum, context.frame.losses, context.sentences, loss);
    a.saved = context;
    return backend.wrap(loss, []);
  });
  simdKernel('CrfLossGrad', ({ inputs, attrs }) => {
    const a = attrs as unknown as CrfLossAttributes;
    const { emissions, transitions } = crfGradients(queue, a.saved as CrfContext, at(inputs, 'dy0'));
    const K = a.tagCount;
    return [backend.wrap(emissions, [a.rows.rows, K]), backend.wrap(transitions, [K + 2, K])];
  });
  simdKernel('CrfViterbi', ({ inputs, attrs }) => {
    const a = attrs as unknown as CrfViterbiAttributes;
    const given = { ...pointers(inputs), ...a, K: a.tagCount, tags: null, cost: 0 };
    const { tags, probabilities } = crfBestPath(queue, crfForward(queue, given));
    return [backend.wrap(tags, [a.rows.rows], 'int32'), backend.wrap(probabilities, [a.rows.rows])];
  });
}
