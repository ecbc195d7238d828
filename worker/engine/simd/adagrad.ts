/** The AdaGrad step on the simd backend. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { AdagradAttributes, AdagradDense, AdagradSettings } from '../ops/adagrad.ts';
import type { SimdBackend } from './backend.ts';
import type { Pointer } from './heap.ts';
import { floatBits, kind } from './jobs.ts';
import { togetherMap, zeros } from './matrix.ts';
import { simdKernel } from './plain-kernels.ts';

/** Numbers of a weight a job takes: fixed, so that the order of summing the norm does not depend on the threads. */
const pieceSize = 32_768;

interface Piece {
  readonly value: Pointer;
  readonly gradient: Pointer;
  readonly squares: Pointer;
  /** The twin's numbers, 0 without one. */
  readonly twin: Pointer;
  readonly count: number;
}

/** Dense weights in pieces; weights that only the share loss moves get gradients of zero. */
function cutUp(backend: SimdBackend, dense: readonly AdagradDense[]): Piece[] {
  const at = (tensor: TensorInfo, from: number): Pointer => backend.pointer(tensor) + from * 4;
  const gradients = togetherMap(backend.queue, dense, ({ gradient, value }) =>
    gradient ? backend.pointer(gradient) : zeros(backend.queue, value.size),
  );
  return dense.flatMap((update, i) =>
    Array.from({ length: Math.ceil(update.value.size / pieceSize) }, (_, piece) => {
      const from = piece * pieceSize;
      return {
        value: at(update.value, from),
        gradient: (gradients[i] ?? 0) + from * 4,
        squares: at(update.squares, from),
        twin: update.twin ? at(update.twin, from) : 0,
        count: Math.min(pieceSize, update.value.size - from),
      };
    }),
  );
}

/** Adds the share loss's gradient to the dense gradients; their global norm, and L_share. */
function normAndShareLoss({ queue }: SimdBackend, pieces: readonly Piece[], settings: AdagradSettings) {
  const twins = pieces.filter(({ twin }) => twin !== 0).length;
  const [slots, shareSlots] = [queue.heap.temporary(pieces.length), queue.heap.temporary(twins)];
  const [norm, shareLoss, half] = [queue.heap.temporary(1), queue.heap.temporary(1), queue.heap.temporary(1)];
  const factor = floatBits(2 * settings.shareWeight);
  let pair = 0;
  queue.together(() => {
    for (const [i, { gradient, count, value, twin }] of pieces.entries()) {
      const share = twin ? ([value, twin, factor, shareSlots + pair++ * 4] as const) : ([0, 0, 0, 0] as const);
      queue.push(kind.squaredNorm, gradient, count, slots + i * 4, ...share);
    }
  });
  queue.push(kind.globalNorm, slots, pieces.length, norm);
  // Each pair was seen from both sides: half the sum of the slots.
  queue.heap.f32[half >> 2] = 0.5;
  queue.push(kind.sum, shareSlots, twins, shareLoss);
  queue.push(kind.elementwise, 2, shareLoss, half, shareLoss, 1, 1, 1);
  return { norm, shareLoss };
}

/** Register AdagradUpdate. */
export function registerAdagradKernel(backend: SimdBackend): void {
  const { queue } = backend;
  simdKernel('AdagradUpdate', ({ attrs }) => {
    const { dense, rows, settings } = attrs as unknown as AdagradAttributes;
    const pieces = cutUp(backend, dense);
    const { norm, shareLoss } = normAndShareLoss(backend, pieces, settings);
    const settingsRow = queue.heap.temporary(3);
    queue.heap.f32.set([settings.learningRate, settings.epsilon, settings.clipNorm], settingsRow >> 2);
    queue.together(() => {
      for (const { value, gradient, squares, count } of pieces)
        queue.push(kind.adagrad, value, gradient, squares, 0, 1, count, norm, settingsRow);
      for (const { table, squares, rows: index, gradient } of rows) {
        const pointers = [table, gradient, squares].map((tensor) => backend.pointer(tensor)) as [
          number,
          number,
          number,
        ];
        const uploaded = queue.heap.integers(index);
        queue.push(kind.adagrad, ...pointers, uploaded, index.length, table.shape[1] ?? 0, 0, settingsRow);
      }
    });
    return [backend.wrap(norm, []), backend.wrap(shareLoss, [])];
  });
}
