/** The optimiser step on the simd backend. */
import type { AdamAttributes, AdamSettings, DenseUpdate } from '../ops/adam.ts';
import type { SimdBackend } from './backend.ts';
import type { Pointer } from './heap.ts';
import { floatBits, kind } from './jobs.ts';
import { simdKernel } from './plain-kernels.ts';

/** The kernel's settings row for one weight's step count. */
function settingsRow(backend: SimdBackend, settings: AdamSettings, step: number): Pointer {
  const { heap } = backend.queue;
  const pointer = heap.temporary(8);
  const { learningRate, beta1, beta2, epsilon, clipNorm } = settings;
  heap.f32.set([learningRate, beta1, beta2, epsilon, 1 - beta1 ** step, 1 - beta2 ** step, clipNorm], pointer >> 2);
  return pointer;
}

/** Register AdamUpdate. */
export function registerAdamKernel(backend: SimdBackend): void {
  const { queue } = backend;

  /** Adds the share gradient and queues the squared norm; returns where the gradient is. */
  const prepare = (update: DenseUpdate, slot: Pointer, shareSlot: Pointer, shareWeight: number): Pointer => {
    let gradient = update.gradient ? backend.pointer(update.gradient) : 0;
    if (!gradient) {
      gradient = queue.heap.temporary(update.value.size);
      queue.push(kind.zero, gradient, update.value.size * 4);
    }
    const own = update.twin ? backend.pointer(update.value) : 0;
    const twin = update.twin ? backend.pointer(update.twin) : 0;
    queue.push(kind.squaredNorm, gradient, update.value.size, slot, own, twin, floatBits(2 * shareWeight), shareSlot);
    return gradient;
  };

  simdKernel('AdamUpdate', ({ attrs }) => {
    const { dense, rows, settings } = attrs as unknown as AdamAttributes;
    const slots = queue.heap.temporary(dense.length);
    const pairs = dense.filter((update) => update.twin).length;
    const shareSlots = queue.heap.temporary(Math.max(1, pairs));
    let pair = 0;
    const gradients = dense.map((update, i) =>
      prepare(update, slots + i * 4, update.twin ? shareSlots + pair++ * 4 : 0, settings.shareWeight),
    );
    const norm = queue.heap.temporary(1);
    queue.push(kind.globalNorm, slots, dense.length, norm);
    for (const [i, { value, first, second, step }] of dense.entries()) {
      const moments = [backend.pointer(first), backend.pointer(second)] as const;
      queue.push(
        kind.adam,
        backend.pointer(value),
        gradients[i] ?? 0,
        ...moments,
        0,
        1,
        value.size,
        norm,
        settingsRow(backend, settings, step),
      );
    }
    for (const { table, first, second, step, rows: index, gradient } of rows) {
      const moments = [backend.pointer(first), backend.pointer(second)] as const;
      const uploaded = queue.heap.integers(index);
      queue.push(
        kind.adam,
        backend.pointer(table),
        backend.pointer(gradient),
        ...moments,
        uploaded,
        index.length,
        table.shape[1] ?? 0,
        0,
        settingsRow(backend, settings, step),
      );
    }
    const share = queue.heap.temporary(1);
    if (pairs === 0) queue.push(kind.zero, share, 4);
    else {
      // Each pair was seen from both sides.
      queue.push(kind.sum, shareSlots, pairs, share);
      const half = queue.heap.temporary(1);
      queue.heap.f32[half >> 2] = 0.5;
      queue.push(kind.elementwise, 2, share, half, share, 1, 1, 1);
    }
    return [backend.wrap(norm, []), backend.wrap(share, [])];
  });
}
