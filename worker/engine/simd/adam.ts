/** The optimiser step on the simd backend. */
import type { AdamAttributes, AdamSettings, DenseUpdate } from '../ops/adam.ts';
import type { SimdBackend } from './backend.ts';
import type { Pointer } from './heap.ts';
import { floatBits, kind } from './jobs.ts';
import { simdKernel } from './plain-kernels.ts';
import type { TensorInfo } from '@tensorflow/tfjs-core';

/** The kernel's settings row for one weight's step count. */
function settingsRow(backend: SimdBackend, settings: AdamSettings, step: number): Pointer {
  const { heap } = backend.queue;
  const pointer = heap.temporary(8);
  const { learningRate, beta1, beta2, epsilon, clipNorm } = settings;
  heap.f32.set([learningRate, beta1, beta2, epsilon, 1 - beta1 ** step, 1 - beta2 ** step, clipNorm], pointer >> 2);
  return pointer;
}

/** Numbers of a weight a job takes: fixed, so that the order of summing the norm does not depend on the threads. */
const pieceSize = 32_768;

interface Piece {
  readonly update: number;
  /** First number, and how many. */
  readonly from: number;
  readonly count: number;
}

function cutUp(dense: readonly DenseUpdate[]): Piece[] {
  return dense.flatMap(({ value }, update) =>
    Array.from({ length: Math.ceil(value.size / pieceSize) }, (_, i) => ({
      update,
      from: i * pieceSize,
      count: Math.min(pieceSize, value.size - i * pieceSize),
    })),
  );
}

/** Register AdamUpdate. */
export function registerAdamKernel(backend: SimdBackend): void {
  const { queue } = backend;

  simdKernel('AdamUpdate', ({ attrs }) => {
    const { dense, rows, settings } = attrs as unknown as AdamAttributes;
    // A twin's gradient gets the share loss's added, in memory of its own: the loss may have given none.
    const clipped = dense.map(({ gradient, twin, value }) => {
      if (twin) return queue.heap.temporary(value.size);
      if (!gradient) throw new Error('a weight with neither a gradient nor a twin');
      return backend.pointer(gradient);
    });
    const pieces = cutUp(dense);
    const paired = pieces.filter((piece) => dense[piece.update]?.twin);
    const slots = queue.heap.temporary(pieces.length);
    const shareSlots = queue.heap.temporary(Math.max(1, paired.length));
    let pair = 0;
    queue.together(() => {
      for (const [i, { update, from, count }] of pieces.entries()) {
        const { value, twin, gradient } = dense[update] as DenseUpdate;
        const own = twin ? backend.pointer(value) + from * 4 : 0;
        const other = twin ? backend.pointer(twin) + from * 4 : 0;
        const shareSlot = twin ? shareSlots + pair++ * 4 : 0;
        queue.push(
          kind.squaredNorm,
          gradient ? backend.pointer(gradient) + from * 4 : 0,
          count,
          slots + i * 4,
          own,
          other,
          floatBits(2 * settings.shareWeight),
          shareSlot,
          (clipped[update] ?? 0) + from * 4,
        );
      }
    });
    const norm = queue.heap.temporary(1);
    queue.push(kind.globalNorm, slots, pieces.length, norm);
    const settingsRows = new Map<number, Pointer>();
    for (const { step } of [...dense, ...rows])
      if (!settingsRows.has(step)) settingsRows.set(step, settingsRow(backend, settings, step));
    queue.together(() => {
      for (const { update, from, count } of pieces) {
        const { value, first, second, step } = dense[update] as DenseUpdate;
        const at = (tensor: TensorInfo): Pointer => backend.pointer(tensor) + from * 4;
        const gradient = (clipped[update] ?? 0) + from * 4;
        queue.push(kind.adam, at(value), gradient, at(first), at(second), 0, 1, count, norm, settingsRows.get(step));
      }
      for (const { table, first, second, step, rows: index, gradient } of rows) {
        const moments = [backend.pointer(first), backend.pointer(second)] as const;
        const uploaded = queue.heap.integers(index);
        const columns = table.shape[1] ?? 0;
        queue.push(
          kind.adam,
          backend.pointer(table),
          backend.pointer(gradient),
          ...moments,
          uploaded,
          index.length,
          columns,
          0,
          settingsRows.get(step),
        );
      }
    });
    return [backend.wrap(norm, []), backend.wrap(shareLoss(backend, shareSlots, paired.length), [])];
  });
}

/** Each pair was seen from both sides: half the sum of the slots. */
function shareLoss({ queue }: SimdBackend, slots: Pointer, count: number): Pointer {
  const share = queue.heap.temporary(1);
  if (count === 0) {
    queue.push(kind.zero, share, 4);
    return share;
  }
  queue.push(kind.sum, slots, count, share);
  const half = queue.heap.temporary(1);
  queue.heap.f32[half >> 2] = 0.5;
  queue.push(kind.elementwise, 2, share, half, share, 1, 1, 1);
  return share;
}
