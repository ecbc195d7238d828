/** The decoder's tagging on the simd backend: greedy without leaving the kernels, or beam search around them. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { DecodeAttributes } from '../ops/decode.ts';
import type { PackedRows } from '../ops/layout.ts';
import type { SimdBackend } from './backend.ts';
import { beam } from './decoder-beam.ts';
import { prepare, step, type Decoded, type Decoder } from './decoder-step.ts';
import { kind, type JobQueue } from './jobs.ts';
import { simdKernel } from './plain-kernels.ts';

function greedy(queue: JobQueue, decoder: Decoder, rows: PackedRows, out: Decoded): void {
  const order = queue.heap.integers(Int32Array.from({ length: rows.rows }, (_, i) => i));
  const start = queue.heap.integers(new Int32Array(rows.sentences).fill(decoder.K));
  let offset = 0;
  let previous = start;
  for (const [t, n] of rows.steps.entries()) {
    step(queue, decoder, n, order + offset * 4, previous, t > 0);
    const tags = out.tags + offset * 4;
    const { logits, stride, K, inside, final } = decoder;
    queue.push(
      kind.bestTag,
      logits,
      stride * 4,
      K,
      n,
      previous,
      inside,
      final,
      rows.steps[t + 1] ?? 0,
      tags,
      out.probabilities + offset * 4,
    );
    previous = tags;
    offset += n;
  }
}

/** Register DecodeTags. */
export function registerDecoderKernels(backend: SimdBackend): void {
  simdKernel('DecodeTags', ({ inputs, attrs }) => {
    const { spec, rows, beamWidth } = attrs as unknown as DecodeAttributes;
    const hidden = inputs['hidden'] as TensorInfo;
    const decoder = prepare(
      backend,
      spec,
      backend.pointer(hidden),
      rows.rows,
      hidden.shape[1] ?? 0,
      rows.sentences * beamWidth,
    );
    const out = {
      tags: backend.queue.heap.temporary(rows.rows),
      probabilities: backend.queue.heap.temporary(rows.rows),
    };
    if (beamWidth === 1) greedy(backend.queue, decoder, rows, out);
    else beam(backend.queue, decoder, rows, beamWidth, spec.permitted, out);
    return [backend.wrap(out.tags, [rows.rows], 'int32'), backend.wrap(out.probabilities, [rows.rows])];
  });
}
