/** tfjs's ordinary operations on the simd backend: only those that our models, optimiser and tests use. */
import {
  backend_util,
  registerKernel,
  util,
  type KernelConfig,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { SimdBackend } from './backend.ts';
import { kind } from './jobs.ts';
import { columnSum, gather, multiply, pack, packTransposed, scatter, transpose } from './matrix.ts';

interface Call {
  readonly inputs: NamedTensorInfoMap;
  readonly attrs: NamedAttrMap;
}
type Kernel = (call: Call) => TensorInfo | TensorInfo[];

const size = util.sizeFromShape;
const rowsOf = (tensor: TensorInfo): [rows: number, columns: number] => {
  const columns = tensor.shape.at(-1) ?? 1;
  return [columns === 0 ? 0 : size(tensor.shape) / columns, columns];
};

function input(call: Call, name: string): TensorInfo {
  const tensor = call.inputs[name];
  if (!tensor || Array.isArray(tensor)) throw new Error(`missing input ${name}`);
  return tensor;
}

/** Register one kernel of the simd backend. */
export function simdKernel(kernelName: string, run: Kernel): void {
  registerKernel({ kernelName, backendName: 'simd', kernelFunc: run as unknown as KernelConfig['kernelFunc'] });
}

const unsupported = (what: string): Error => new Error(`simd backend: this ${what} is not supported`);

const elementwise = {
  Add: 0,
  Sub: 1,
  Multiply: 2,
  RealDiv: 3,
  Sigmoid: 4,
  Tanh: 5,
  Neg: 6,
  Square: 7,
  Exp: 8,
  Sqrt: 9,
} as const;

/** Copies of `tensor` repeated to `shape` (NumPy broadcasting over at most one missing or unit axis side). */
function broadcast(backend: SimdBackend, tensor: TensorInfo, shape: number[]): number {
  const pointer = backend.pointer(tensor);
  const count = size(shape);
  if (size(tensor.shape) === count) return pointer;
  const [rows, columns] = [count / (shape.at(-1) ?? 1), shape.at(-1) ?? 1];
  const out = backend.queue.heap.temporary(count);
  const own = tensor.shape.at(-1) ?? 1;
  if (own === columns && size(tensor.shape) === columns) {
    gather(backend.queue, { pointer, stride: 0 }, 0, rows, columns, { pointer: out, stride: columns });
  } else if (own === 1 && size(tensor.shape) === rows) {
    for (let column = 0; column < columns; column++)
      gather(backend.queue, { pointer, stride: 1 }, 0, rows, 1, { pointer: out + column * 4, stride: columns });
  } else throw unsupported('broadcast');
  return out;
}

function registerElementwise(backend: SimdBackend): void {
  const { queue } = backend;
  for (const [name, operation] of Object.entries(elementwise)) {
    const binary = operation < 4;
    simdKernel(name, (call) => {
      if (!binary) {
        const x = input(call, 'x');
        const out = backend.tensor(x.shape);
        queue.push(kind.elementwise, operation, backend.pointer(x), 0, backend.pointer(out), size(x.shape));
        return out;
      }
      const [a, b] = [input(call, 'a'), input(call, 'b')];
      const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
      const out = backend.tensor(shape);
      const [scalarA, scalarB] = [size(a.shape) === 1, size(b.shape) === 1];
      const pointerA = scalarA ? backend.pointer(a) : broadcast(backend, a, shape);
      const pointerB = scalarB ? backend.pointer(b) : broadcast(backend, b, shape);
      queue.push(
        kind.elementwise,
        operation,
        pointerA,
        pointerB,
        backend.pointer(out),
        size(shape),
        scalarA ? 1 : 0,
        scalarB ? 1 : 0,
      );
      return out;
    });
  }
}

function registerShapes(backend: SimdBackend): void {
  const { queue } = backend;
  simdKernel('Identity', (call) => backend.alias(input(call, 'x'), input(call, 'x').shape));
  simdKernel('Cast', (call) => {
    const x = input(call, 'x');
    if (call.attrs['dtype'] !== x.dtype) throw new Error('simd backend: casts between types are not supported');
    return backend.alias(x, x.shape);
  });
  simdKernel('Reshape', (call) => {
    const x = input(call, 'x');
    return backend.alias(x, util.inferFromImplicitShape(call.attrs['shape'] as number[], size(x.shape)));
  });
  const filled = (shape: number[], value: number): TensorInfo => {
    backend.flush();
    const out = backend.tensor(shape);
    const at = backend.pointer(out) >> 2;
    queue.heap.f32.fill(value, at, at + size(shape));
    return out;
  };
  simdKernel('Fill', (call) => filled(call.attrs['shape'] as number[], call.attrs['value'] as number));
  simdKernel('ZerosLike', (call) => filled(input(call, 'x').shape, 0));
  simdKernel('OnesLike', (call) => filled(input(call, 'x').shape, 1));
  simdKernel('Concat', (call) => {
    const parts = Object.values(call.inputs).flat() as TensorInfo[];
    const shape = parts[0]?.shape ?? [];
    if (util.parseAxisParam(call.attrs['axis'] as number, shape)[0] !== shape.length - 1)
      throw unsupported('concatenation');
    const rows = rowsOf(parts[0] as TensorInfo)[0];
    const columns = parts.map((part) => rowsOf(part)[1]);
    const total = columns.reduce((sum, next) => sum + next, 0);
    const out = backend.tensor([...shape.slice(0, -1), total]);
    let at = backend.pointer(out);
    for (const [i, part] of parts.entries()) {
      const width = columns[i] ?? 0;
      gather(queue, { pointer: backend.pointer(part), stride: width }, 0, rows, width, { pointer: at, stride: total });
      at += width * 4;
    }
    return out;
  });
  simdKernel('Slice', (call) => {
    const x = input(call, 'x');
    const [begin, wanted] = [call.attrs['begin'] as number[], (call.attrs['size'] as number[] | undefined) ?? []];
    if (x.shape.length > 2) throw unsupported('slice');
    const [rows, columns] = x.shape.length === 1 ? [1, x.shape[0] ?? 0] : rowsOf(x);
    const [firstRow, firstColumn] = x.shape.length === 1 ? [0, begin[0] ?? 0] : [begin[0] ?? 0, begin[1] ?? 0];
    const pick = (asked: number | undefined, first: number, all: number): number =>
      asked === undefined || asked < 0 ? all - first : asked;
    const width = pick(wanted.at(-1), firstColumn, columns);
    const height = x.shape.length === 1 ? 1 : pick(wanted[0], firstRow, rows);
    const out = backend.tensor(x.shape.length === 1 ? [width] : [height, width]);
    const from = backend.pointer(x) + (firstRow * columns + firstColumn) * 4;
    gather(queue, { pointer: from, stride: columns }, 0, height, width, {
      pointer: backend.pointer(out),
      stride: width,
    });
    return out;
  });
}

function registerReductions(backend: SimdBackend): void {
  const { queue } = backend;
  simdKernel('Sum', (call) => {
    const x = input(call, 'x');
    const axes = util.parseAxisParam(call.attrs['axis'] as number[], x.shape);
    const keep = (call.attrs['keepDims'] as boolean | undefined) ?? false;
    const shape = x.shape.flatMap((length, axis) => (axes.includes(axis) ? (keep ? [1] : []) : [length]));
    const out = backend.tensor(shape);
    if (axes.length === x.shape.length) queue.push(kind.sum, backend.pointer(x), size(x.shape), backend.pointer(out));
    else if (x.shape.length === 2 && axes[0] === 0)
      columnSum(queue, backend.pointer(x), x.shape[0] ?? 0, x.shape[1] ?? 0, backend.pointer(out));
    else if (x.shape.length === 2) {
      const [rows, columns] = rowsOf(x);
      const turned = transpose(queue, backend.pointer(x), rows, columns);
      queue.push(kind.columnSum, turned.pointer, turned.stride * 4, columns, rows, backend.pointer(out));
    } else throw unsupported('sum');
    return out;
  });
  simdKernel('AddN', (call) => {
    const parts = Object.values(call.inputs).flat() as TensorInfo[];
    const first = parts[0] as TensorInfo;
    const out = backend.tensor(first.shape);
    let left = backend.pointer(first);
    for (const part of parts.slice(1)) {
      queue.push(
        kind.elementwise,
        elementwise.Add,
        left,
        backend.pointer(part),
        backend.pointer(out),
        size(first.shape),
      );
      left = backend.pointer(out);
    }
    return out;
  });
}

function registerProducts(backend: SimdBackend): void {
  const { queue } = backend;
  simdKernel('BatchMatMul', (call) => {
    const [a, b] = [input(call, 'a'), input(call, 'b')];
    const { transposeA, transposeB } = call.attrs as { transposeA: boolean; transposeB: boolean };
    if (a.shape.length !== 2 || b.shape.length !== 2) throw unsupported('product');
    const [a0, a1] = rowsOf(a);
    const [b0, b1] = rowsOf(b);
    const [M, K, N] = [transposeA ? a1 : a0, transposeA ? a0 : a1, transposeB ? b0 : b1];
    const left = transposeA
      ? transpose(queue, backend.pointer(a), a0, a1)
      : { pointer: backend.pointer(a), stride: a1 };
    const packed = transposeB ? packTransposed(queue, backend.pointer(b), N, K) : pack(queue, backend.pointer(b), K, N);
    const out = backend.tensor([M, N]);
    multiply(queue, left.pointer, M, packed, backend.pointer(out), { aStride: left.stride });
    return out;
  });
  simdKernel('Transpose', (call) => {
    const x = input(call, 'x');
    if (x.shape.length !== 2 || (call.attrs['perm'] as number[])[0] !== 1) throw unsupported('transpose');
    const [rows, columns] = rowsOf(x);
    const out = backend.tensor([columns, rows]);
    const turned = transpose(queue, backend.pointer(x), rows, columns);
    gather(queue, turned, 0, columns, rows, { pointer: backend.pointer(out), stride: rows });
    return out;
  });
  simdKernel('GatherV2', (call) => {
    const [x, indices] = [input(call, 'x'), input(call, 'indices')];
    if (x.shape.length !== 2 || indices.shape.length !== 1 || call.attrs['axis'] !== 0) throw unsupported('gather');
    const columns = rowsOf(x)[1];
    const out = backend.tensor([size(indices.shape), columns]);
    gather(
      queue,
      { pointer: backend.pointer(x), stride: columns },
      backend.pointer(indices),
      size(indices.shape),
      columns,
      { pointer: backend.pointer(out), stride: columns },
    );
    return out;
  });
  simdKernel('UnsortedSegmentSum', (call) => {
    const [x, ids] = [input(call, 'x'), input(call, 'segmentIds')];
    const [rows, columns] = rowsOf(x);
    const segments = call.attrs['numSegments'] as number;
    const out = backend.tensor([segments, columns]);
    queue.push(kind.zero, backend.pointer(out), segments * columns * 4);
    scatter(queue, { pointer: backend.pointer(x), stride: columns }, backend.pointer(ids), rows, columns, {
      pointer: backend.pointer(out),
      stride: columns,
    });
    return out;
  });
}

/** Register every plain operation. */
export function registerPlainKernels(backend: SimdBackend): void {
  registerElementwise(backend);
  registerShapes(backend);
  registerReductions(backend);
  registerProducts(backend);
}
