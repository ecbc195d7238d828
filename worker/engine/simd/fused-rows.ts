/** Kernels of the row operations, the gate and the tag loss on the simd backend. */
import type { NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { GateAttributes } from '../ops/gate.ts';
import type { TagLossAttributes } from '../ops/loss.ts';
import type { CharacterMeanAttributes, Dropout, JoinAttributes } from '../ops/rows.ts';
import type { SimdBackend } from './backend.ts';
import type { Pointer } from './heap.ts';
import { floatBits, kind, type JobQueue } from './jobs.ts';
import { uploadTrie } from './fused-lstm.ts';
import {
  columnSum,
  gather,
  inPieces,
  multiply,
  multiplyInto,
  pack,
  packTransposed,
  scatter,
  transpose,
  zeros,
  type Packed,
} from './matrix.ts';
import { simdKernel } from './plain-kernels.ts';

interface Mask {
  readonly pointer: Pointer;
  readonly stride: number;
}

/** A mask of 0 and 1/(1−rate), or null when nothing is dropped. */
function dropoutMask(queue: JobQueue, rows: number, columns: number, dropout: Dropout): Mask | null {
  if (dropout.rate === 0) return null;
  const pointer = queue.heap.temporary(rows * columns);
  const threshold = Math.floor(dropout.rate * 4294967296) | 0;
  queue.push(kind.dropoutMask, pointer, rows * columns, dropout.seed | 0, threshold, floatBits(1 / (1 - dropout.rate)));
  return { pointer, stride: columns };
}

interface JoinContext {
  readonly parts: readonly { index: Pointer; mask: Mask | null }[];
}

function registerJoin(backend: SimdBackend): void {
  const { queue } = backend;
  simdKernel('JoinRows', ({ inputs, attrs }) => {
    const a = attrs as unknown as JoinAttributes;
    const width = a.parts.reduce((sum, part) => sum + part.columns, 0);
    const out = queue.heap.temporary(a.rows * width);
    const starts = [0, a.parts[0]?.columns ?? 0];
    let masks: (Mask | null)[] = [];
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

function inverseLengths(backend: SimdBackend, lengths: Int32Array, columns: number): Mask {
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
    const { trie, lengths } = a.saved as { trie: ReturnType<typeof uploadTrie>; lengths: Mask };
    const sums = zeros(queue, trie.nodes * a.size);
    const dy = { pointer: backend.pointer(inputs['dy0'] as TensorInfo), stride: a.size };
    scatter(queue, dy, trie.last, a.tries.words, a.size, { pointer: sums, stride: a.size }, lengths);
    const gradient = zeros(queue, a.alphabet * a.size);
    queue.push(kind.trieSumBackward, sums, gradient, a.size, trie.ids, trie.parents, trie.nodes);
    return [backend.wrap(gradient, [a.alphabet, a.size])];
  });
}

/** [pointer, columns, first row in the gate's kernel] of its three inputs. */
type GatePart = readonly [input: Pointer, columns: number, row: number];
interface GateContext {
  readonly parts: readonly [GatePart, GatePart, GatePart];
  readonly kernel: Pointer;
  readonly gate: Pointer;
}

/** Below this many numbers a gate is not worth cutting. */
const smallGate = 8192;

function registerGate(backend: SimdBackend): void {
  const { queue } = backend;
  const at = (inputs: NamedTensorInfoMap, name: string): Pointer => backend.pointer(inputs[name] as TensorInfo);
  simdKernel('GateMix', ({ inputs, attrs }) => {
    const a = attrs as unknown as GateAttributes;
    const O = a.size;
    const parts: GateContext['parts'] = [
      [at(inputs, 'first'), O, 0],
      [at(inputs, 'second'), O, O],
      [at(inputs, 'input'), a.inputSize, 2 * O],
    ];
    const kernel = at(inputs, 'kernel');
    const gate = queue.heap.temporary(a.rows * O);
    let packed: Packed[] = [];
    queue.together(() => {
      packed = parts.map(([, columns, row]) => pack(queue, kernel + row * O * 4, columns, O));
    });
    for (const [i, [input]] of parts.entries()) {
      if (i === 0) multiply(queue, input, a.rows, packed[i] as Packed, gate, { add: at(inputs, 'bias') });
      else multiplyInto(queue, input, a.rows, packed[i] as Packed, gate);
    }
    a.saved = { parts, kernel, gate } satisfies GateContext;
    const out = queue.heap.temporary(a.rows * O);
    inPieces(queue, a.rows * O, 16, a.rows * O > smallGate, (from, count) => {
      const o = from * 4;
      queue.push(kind.gateForward, gate + o, parts[0][0] + o, parts[1][0] + o, out + o, count);
    });
    return backend.wrap(out, [a.rows, O]);
  });
  simdKernel('GateMixGrad', ({ inputs, attrs }) => {
    const a = attrs as unknown as GateAttributes;
    const { parts, kernel, gate } = a.saved as GateContext;
    const [N, O, I] = [a.rows, a.size, a.inputSize];
    const [dz, dFirst, dSecond, dInput] = [
      queue.heap.temporary(N * O),
      queue.heap.temporary(N * O),
      queue.heap.temporary(N * O),
      queue.heap.temporary(N * I),
    ];
    const dy = at(inputs, 'dy0');
    inPieces(queue, N * O, 16, N * O > smallGate, (from, count) => {
      const o = from * 4;
      queue.push(
        kind.gateBackward,
        dy + o,
        gate + o,
        parts[0][0] + o,
        parts[1][0] + o,
        dz + o,
        dFirst + o,
        dSecond + o,
        count,
      );
    });
    const dKernel = queue.heap.temporary((2 * O + I) * O);
    const dBias = queue.heap.temporary(O);
    let prepared: { kernelT: Packed; turned: Mask }[] = [];
    let dzPacked: Packed | null = null;
    queue.together(() => {
      dzPacked = pack(queue, dz, N, O);
      prepared = parts.map(([input, columns, row]) => ({
        kernelT: packTransposed(queue, kernel + row * O * 4, columns, O),
        turned: transpose(queue, input, N, columns),
      }));
    });
    queue.together(() => {
      for (const [i, [, columns, row]] of parts.entries()) {
        const { kernelT, turned } = prepared[i] as (typeof prepared)[number];
        if (i === 2) multiply(queue, dz, N, kernelT, dInput);
        else multiplyInto(queue, dz, N, kernelT, i === 0 ? dFirst : dSecond);
        multiply(queue, turned.pointer, columns, dzPacked as Packed, dKernel + row * O * 4, { aStride: turned.stride });
      }
      columnSum(queue, dz, N, O, dBias);
    });
    return [
      backend.wrap(dFirst, [N, O]),
      backend.wrap(dSecond, [N, O]),
      backend.wrap(dInput, [N, I]),
      backend.wrap(dKernel, [2 * O + I, O]),
      backend.wrap(dBias, [O]),
    ];
  });
}

interface LossContext {
  readonly hidden: Pointer;
  readonly kernel: Pointer;
  readonly mask: Mask | null;
  /** dL/dlogits [N, K padded to 16]. */
  readonly dLogits: Pointer;
}

/** Rows of the loss a job takes: fixed, so that the order of summing does not depend on the threads. */
const lossRows = 64;

function registerLoss(backend: SimdBackend): void {
  const { queue } = backend;
  simdKernel('TagLoss', ({ inputs, attrs }) => {
    const a = attrs as unknown as TagLossAttributes;
    const [N, H, K] = [a.rows, a.hiddenSize, a.tagCount];
    const stride = (K + 15) & ~15;
    const kernel = backend.pointer(inputs['kernel'] as TensorInfo);
    const mask = dropoutMask(queue, N, H, a.dropout);
    const hidden = queue.heap.temporary(N * H);
    gather(
      queue,
      { pointer: backend.pointer(inputs['hidden'] as TensorInfo), stride: H },
      0,
      N,
      H,
      { pointer: hidden, stride: H },
      mask,
    );
    const dLogits = queue.heap.temporary(N * stride);
    multiply(queue, hidden, N, pack(queue, kernel, H, K), dLogits, {
      outStride: stride,
      add: backend.pointer(inputs['bias'] as TensorInfo),
    });
    const loss = queue.heap.temporary(1);
    const tags = queue.heap.integers(a.tags);
    const slots = queue.heap.temporary(Math.ceil(N / lossRows));
    queue.together(() => {
      for (let row = 0; row < N; row += lossRows) {
        const rows = Math.min(lossRows, N - row);
        const slot = slots + (row / lossRows) * 4;
        queue.push(
          kind.crossEntropy,
          dLogits + row * stride * 4,
          stride * 4,
          K,
          tags + row * 4,
          rows,
          floatBits(1 / N),
          slot,
        );
      }
    });
    queue.push(kind.sum, slots, Math.ceil(N / lossRows), loss);
    a.saved = { hidden, kernel, mask, dLogits } satisfies LossContext;
    return backend.wrap(loss, []);
  });
  simdKernel('TagLossGrad', ({ inputs, attrs }) => {
    const a = attrs as unknown as TagLossAttributes;
    const { hidden, kernel, mask, dLogits } = a.saved as LossContext;
    const [N, H, K] = [a.rows, a.hiddenSize, a.tagCount];
    const stride = (K + 15) & ~15;
    // dy is a scalar, 1 unless the loss is scaled.
    const scaled = queue.heap.temporary(N * stride);
    queue.push(kind.elementwise, 2, dLogits, backend.pointer(inputs['dy0'] as TensorInfo), scaled, N * stride, 0, 1);
    const [dHidden, dKernel, dBias] = [
      queue.heap.temporary(N * H),
      queue.heap.temporary(H * K),
      queue.heap.temporary(K),
    ];
    let prepared: { kernelT: Packed; turned: Mask; packed: Packed } | null = null;
    queue.together(() => {
      prepared = {
        kernelT: packTransposed(queue, kernel, H, K),
        turned: transpose(queue, hidden, N, H),
        packed: pack(queue, scaled, N, K, stride),
      };
    });
    const { kernelT, turned, packed } = prepared as unknown as { kernelT: Packed; turned: Mask; packed: Packed };
    queue.together(() => {
      multiply(queue, scaled, N, kernelT, dHidden, { aStride: stride });
      multiply(queue, turned.pointer, H, packed, dKernel, { aStride: turned.stride });
      queue.push(kind.columnSum, scaled, stride * 4, N, K, dBias);
    });
    if (mask) gather(queue, { pointer: dHidden, stride: H }, 0, N, H, { pointer: dHidden, stride: H }, mask);
    return [backend.wrap(dHidden, [N, H]), backend.wrap(dKernel, [H, K]), backend.wrap(dBias, [K])];
  });
}

/** Register JoinRows, CharacterMean, GateMix, TagLoss and their gradients. */
export function registerRowKernels(backend: SimdBackend): void {
  registerJoin(backend);
  registerCharacterMean(backend);
  registerGate(backend);
  registerLoss(backend);
}
