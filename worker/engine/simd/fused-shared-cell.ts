/** The shared cell's kernels on the simd backend. */
import type { NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { SharedCellAttributes } from '../ops/shared-cell.ts';
import type { SimdBackend } from './backend.ts';
import type { Pointer } from './heap.ts';
import type { Columns } from './matrix.ts';
import { uploadRows, type UploadedRows } from './packed-rows.ts';
import { simdKernel } from './plain-kernels.ts';
import { sharedCellBackward, sharedCellForward, type SharedCellContext } from './shared-cell.ts';

interface SavedCell {
  readonly x: Pointer;
  readonly layout: UploadedRows;
  readonly directions: readonly SharedCellContext[];
}

/** Register SharedCell and its gradient. */
export function registerSharedCellKernels(backend: SimdBackend): void {
  const { queue } = backend;
  const at = (inputs: NamedTensorInfoMap, name: string): Pointer => backend.pointer(inputs[name] as TensorInfo);
  /** The columns of direction `i` inside rows of h ‖ q of all directions. */
  const columns = (rows: Pointer, i: number, directions: number, H: number): Columns => ({
    pointer: rows + i * 2 * H * 4,
    stride: directions * 2 * H,
  });

  simdKernel('SharedCell', ({ inputs, attrs }) => {
    const a = attrs as unknown as SharedCellAttributes;
    const [N, H, D] = [a.rows.rows, a.hiddenSize, a.directions];
    const x = at(inputs, 'x');
    const layout = uploadRows(queue, a.rows);
    const output = queue.heap.temporary(N * D * 2 * H);
    const wanted = Array.from({ length: D }, (_, i) => ({
      shared: {
        kernel: at(inputs, `kernel${i}`),
        recurrent: at(inputs, `recurrent${i}`),
        bias: at(inputs, `bias${i}`),
      },
      gate: {
        kernel: at(inputs, `gateKernel${i}`),
        recurrent: at(inputs, `gateRecurrent${i}`),
        bias: at(inputs, `gateBias${i}`),
      },
      reverse: i === 1,
      out: columns(output, i, D, H),
    }));
    const directions = sharedCellForward(queue, layout, x, a.inputSize, H, wanted);
    a.saved = { x, layout, directions } satisfies SavedCell;
    return backend.wrap(output, [N, D * 2 * H]);
  });
  simdKernel('SharedCellGrad', ({ inputs, attrs }) => {
    const a = attrs as unknown as SharedCellAttributes;
    const { x, layout, directions } = a.saved as SavedCell;
    const [I, H] = [a.inputSize, a.hiddenSize];
    const dx = queue.heap.temporary(layout.rows * I);
    const dOut = directions.map((_, i) => columns(at(inputs, 'dy0'), i, a.directions, H));
    const gradients = sharedCellBackward(queue, layout, x, I, H, directions, dOut, dx);
    return [
      backend.wrap(dx, [layout.rows, I]),
      ...gradients.flatMap(({ shared, gate }) => [
        backend.wrapLate(shared.kernel, [I, 4 * H]),
        backend.wrapLate(shared.recurrent, [H, 4 * H]),
        backend.wrapLate(shared.bias, [4 * H]),
        backend.wrapLate(gate.kernel, [I, H]),
        backend.wrapLate(gate.recurrent, [H, H]),
        backend.wrapLate(gate.bias, [H]),
      ]),
    ];
  });
}
