/** The kernels of the gate and of the tag loss on the simd backend. */
import type { NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { GateAttributes } from '../ops/gate.ts';
import type { TagLossAttributes } from '../ops/loss.ts';
import type { SimdBackend } from './backend.ts';
import { dropoutMask } from './dropout.ts';
import type { Pointer } from './heap.ts';
import { floatBits, kind } from './jobs.ts';
import {
  columnSum,
  gather,
  inPieces,
  multiply,
  multiplyInto,
  pack,
  packTransposed,
  togetherMap,
  transpose,
  type Columns,
  type Packed,
} from './matrix.ts';
import { simdKernel } from './plain-kernels.ts';

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
    const packed = togetherMap(queue, parts, ([, columns, row]) => pack(queue, kernel + row * O * 4, columns, O));
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
    const turned = togetherMap(queue, parts, ([, columns, row]) =>
      packTransposed(queue, kernel + row * O * 4, columns, O),
    );
    queue.aside(() => {
      const [packed, inputsT] = queue.together(() => [
        pack(queue, dz, N, O),
        parts.map(([input, columns]) => transpose(queue, input, N, columns)),
      ]);
      queue.together(() => {
        for (const [i, [, columns, row]] of parts.entries()) {
          const { pointer, stride: aStride } = inputsT[i] as Columns;
          multiply(queue, pointer, columns, packed, dKernel + row * O * 4, { aStride });
        }
        columnSum(queue, dz, N, O, dBias);
      });
    });
    queue.together(() => {
      const [first, second, third] = turned as [Packed, Packed, Packed];
      multiplyInto(queue, dz, N, first, dFirst);
      multiplyInto(queue, dz, N, second, dSecond);
      multiply(queue, dz, N, third, dInput);
    });
    return [
      backend.wrap(dFirst, [N, O]),
      backend.wrap(dSecond, [N, O]),
      backend.wrap(dInput, [N, I]),
      backend.wrapLate(dKernel, [2 * O + I, O]),
      backend.wrapLate(dBias, [O]),
    ];
  });
}

interface LossContext {
  readonly hidden: Pointer;
  readonly kernel: Pointer;
  readonly mask: Columns | null;
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
    const dy = backend.pointer(inputs['dy0'] as TensorInfo);
    inPieces(queue, N * stride, 16, N * stride > smallGate, (from, count) => {
      queue.push(kind.elementwise, 2, dLogits + from * 4, dy, scaled + from * 4, count, 0, 1);
    });
    const [dHidden, dKernel, dBias] = [
      queue.heap.temporary(N * H),
      queue.heap.temporary(H * K),
      queue.heap.temporary(K),
    ];
    queue.aside(() => {
      const [turned, packed] = queue.together(() => [
        transpose(queue, hidden, N, H),
        pack(queue, scaled, N, K, stride),
      ]);
      queue.together(() => {
        multiply(queue, turned.pointer, H, packed, dKernel, { aStride: turned.stride });
        queue.push(kind.columnSum, scaled, stride * 4, N, K, dBias);
      });
    });
    multiply(queue, scaled, N, packTransposed(queue, kernel, H, K), dHidden, { aStride: stride });
    if (mask) gather(queue, { pointer: dHidden, stride: H }, 0, N, H, { pointer: dHidden, stride: H }, mask);
    return [backend.wrap(dHidden, [N, H]), backend.wrapLate(dKernel, [H, K]), backend.wrapLate(dBias, [K])];
  });
}

/** Register GateMix, TagLoss and their gradients. */
export function registerGateKernels(backend: SimdBackend): void {
  registerGate(backend);
  registerLoss(backend);
}
