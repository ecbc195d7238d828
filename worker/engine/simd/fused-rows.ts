/** Kernels of the row operations on the simd backend. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { CharacterMeanAttributes, JoinAttributes } from '../ops/rows.ts';
import type { SimdBackend } from './backend.ts';
import { dropoutMask } from './dropout.ts';
import type { Pointer } from './heap.ts';
import { kind } from './jobs.ts';
import { uploadTrie } from './fused-lstm.ts';
import { gather, scatter, zeros, type Columns } from './matrix.ts';
import { simdKernel } from './plain-kernels.ts';

interface JoinContext {
  readonly parts: readonly { index: Pointer; mask: Columns | null }[];
}

function registerJoin(backend: SimdBackend): void {
  const { queue } = backend;
  simdKernel('JoinRows', ({ inputs, attrs }) => {
    const a = attrs as unknown as JoinAttributes;
    const width = a.parts.reduce((sum, part) => sum + part.columns, 0);
    const out = queue.heap.temporary(a.rows * width);
    const starts = [0, a.parts[0]?.columns ?? 0];
    let masks: (Columns | null)[] = [];
    queue.together(() => {
      masks = a.parts.map((part) => dropoutMask(queue, a.rows, part.columns, part.dropout));
    });
    const parts = a.parts.map((part, i) => ({
      index: part.index ? queue.heap.integers(part.index) : 0,
      mask: masks[i] ?? null,
    }));
    queue.together(() => {
      for (const [i, part] of a.parts.entries()) {
        const table = {
          pointer: backend.pointer((i === 0 ? inputs['left'] : inputs['right']) as TensorInfo),
          stride: part.columns,
        };
        const to = { pointer: out + (starts[i] ?? 0) * 4, stride: width };
        gather(queue, table, parts[i]?.index ?? 0, a.rows, part.columns, to, parts[i]?.mask ?? null);
      }
    });
    a.saved = { parts } satisfies JoinContext;
    return backend.wrap(out, [a.rows, width]);
  });
  simdKernel('JoinRowsGrad', ({ inputs, attrs }) => {
    const a = attrs as unknown as JoinAttributes;
    const context = a.saved as JoinContext;
    const width = a.parts.reduce((sum, part) => sum + part.columns, 0);
    const dy = backend.pointer(inputs['dy0'] as TensorInfo);
    const starts = [0, a.parts[0]?.columns ?? 0];
    let gradients: Pointer[] = [];
    queue.together(() => {
      gradients = a.parts.map((part, i) => {
        const count = part.rows * part.columns;
        return context.parts[i]?.index ? zeros(queue, count) : queue.heap.temporary(count);
      });
    });
    queue.together(() => {
      for (const [i, part] of a.parts.entries()) {
        const { index, mask } = context.parts[i] as JoinContext['parts'][number];
        const from = { pointer: dy + (starts[i] ?? 0) * 4, stride: width };
        const to = { pointer: gradients[i] ?? 0, stride: part.columns };
        (index ? scatter : gather)(queue, from, index, a.rows, part.columns, to, mask);
      }
    });
    return a.parts.map((part, i) => backend.wrap(gradients[i] ?? 0, [part.rows, part.columns]));
  });
}

function inverseLengths(backend: SimdBackend, lengths: Int32Array, columns: number): Columns {
  const { heap } = backend.queue;
  const pointer = heap.temporary(lengths.length * columns);
  for (let w = 0; w < lengths.length; w++)
    heap.f32.fill(1 / (lengths[w] ?? 1), (pointer >> 2) + w * columns, (pointer >> 2) + (w + 1) * columns);
  return { pointer, stride: columns };
}

function registerCharacterMean(backend: SimdBackend): void {
  const { queue } = backend;
  simdKernel('CharacterMean', ({ inputs, attrs }) => {
    const a = attrs as unknown as CharacterMeanAttributes;
    const trie = uploadTrie(backend, a.tries.forward);
    const lengths = inverseLengths(backend, a.tries.lengths, a.size);
    a.saved = { trie, lengths };
    const sums = queue.heap.temporary(trie.nodes * a.size);
    queue.push(
      kind.trieSumForward,
      sums,
      backend.pointer(inputs['embedding'] as TensorInfo),
      a.size,
      trie.ids,
      trie.parents,
      trie.nodes,
    );
    const out = queue.heap.temporary(a.tries.words * a.size);
    gather(
      queue,
      { pointer: sums, stride: a.size },
      trie.last,
      a.tries.words,
      a.size,
      { pointer: out, stride: a.size },
      lengths,
    );
    return backend.wrap(out, [a.tries.words, a.size]);
  });
  simdKernel('CharacterMeanGrad', ({ inputs, attrs }) => {
    const a = attrs as unknown as CharacterMeanAttributes;
    const { trie, lengths } = a.saved as { trie: ReturnType<typeof uploadTrie>; lengths: Columns };
    const sums = zeros(queue, trie.nodes * a.size);
    const dy = { pointer: backend.pointer(inputs['dy0'] as TensorInfo), stride: a.size };
    scatter(queue, dy, trie.last, a.tries.words, a.size, { pointer: sums, stride: a.size }, lengths);
    const gradient = zeros(queue, a.alphabet * a.size);
    queue.push(kind.trieSumBackward, sums, gradient, a.size, trie.ids, trie.parents, trie.nodes);
    return [backend.wrap(gradient, [a.alphabet, a.size])];
  });
}

/** Register JoinRows, CharacterMean and their gradients. */
export function registerRowKernels(backend: SimdBackend): void {
  registerJoin(backend);
  registerCharacterMean(backend);
}
