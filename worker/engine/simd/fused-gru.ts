/** The GRU operation's kernels on the simd backend. */
import type { NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { GruSequenceAttributes } from '../ops/gru.ts';
import type { SimdBackend } from './backend.ts';
import { gruBackward, gruForward, type GruContext } from './gru.ts';
import type { Pointer } from './heap.ts';
import type { DirectionWeights } from './lstm-weights.ts';
import type { Columns } from './matrix.ts';
import { uploadRows, type UploadedRows } from './packed-rows.ts';
import { simdKernel } from './plain-kernels.ts';

interface SequenceContext {
  readonly x: Pointer;
  readonly layout: UploadedRows;
  readonly directions: readonly GruContext[];
}

/** Register GruSequence and its gradient. */
export function registerGruKernels(backend: SimdBackend): void {
  const { queue } = backend;
  const at = (inputs: NamedTensorInfoMap, name: string): Pointer => backend.pointer(inputs[name] as TensorInfo);
  const weightsOf = (inputs: NamedTensorInfoMap, i: number): DirectionWeights => ({
    kernel: at(inputs, `kernel${i}`),
    recurrent: at(inputs, `recurrent${i}`),
    bias: at(inputs, `bias${i}`),
  });
  /** The columns of direction `i` (counted over all layers) inside its layer's rows. */
  const columns = (layers: readonly Pointer[], i: number, directions: number, H: number): Columns => ({
    pointer: (layers[Math.floor(i / directions)] ?? 0) + (i % directions) * H * 4,
    stride: directions * H,
  });

  simdKernel('GruSequence', ({ inputs, attrs }) => {
    const a = attrs as unknown as GruSequenceAttributes;
    const [N, H, D] = [a.rows.rows, a.hiddenSize, a.directions];
    const x = at(inputs, 'x');
    const layout = uploadRows(queue, a.rows);
    const outputs = Array.from({ length: a.layers }, () => queue.heap.temporary(N * D * H));
    const wanted = Array.from({ length: a.layers * D }, (_, i) => ({
      weights: weightsOf(inputs, i),
      reverse: i % D === 1,
      out: columns(outputs, i, D, H),
    }));
    const directions = gruForward(queue, layout, x, a.inputSize, H, wanted);
    a.saved = { x, layout, directions } satisfies SequenceContext;
    return outputs.map((output) => backend.wrap(output, [N, D * H]));
  });
  simdKernel('GruSequenceGrad', ({ inputs, attrs }) => {
    const a = attrs as unknown as GruSequenceAttributes;
    const { x, layout, directions } = a.saved as SequenceContext;
    const [I, H] = [a.inputSize, a.hiddenSize];
    const dx = queue.heap.temporary(layout.rows * I);
    const dLayers = Array.from({ length: a.layers }, (_, layer) => at(inputs, `dy${layer}`));
    const dOut = directions.map((_, i) => columns(dLayers, i, a.directions, H));
    const gradients = gruBackward(queue, layout, x, I, H, directions, dOut, dx);
    return [
      backend.wrap(dx, [layout.rows, I]),
      ...gradients.flatMap(({ kernel, recurrent, bias }) => [
        backend.wrapLate(kernel, [I, 3 * H]),
        backend.wrapLate(recurrent, [H, 3 * H]),
        backend.wrapLate(bias, [3 * H]),
      ]),
    ];
  });
}
