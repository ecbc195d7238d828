/** Our tfjs backend: tensors live in the kernels' memory, operations queue jobs, reading a tensor runs them. */
import {
  DataStorage,
  KernelBackend,
  engine,
  registerBackend,
  setBackend,
  util,
  type DataType,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { Pointer } from './heap.ts';
import { JobQueue } from './jobs.ts';
import type { KernelOptions } from './kernel-modes.ts';

type Values = Parameters<KernelBackend['write']>[0];

interface Stored {
  readonly pointer: Pointer;
  readonly count: number;
  readonly dtype: DataType;
  /** False for temporaries of the step, which the arena takes back. */
  readonly owned: boolean;
  references: number;
  /** Computed aside: the next operation that wants the numbers has to wait for them. */
  isLate: boolean;
}

/** The queue's results become visible on read; buffers freed while jobs wait are reused only after the flush. */
export class SimdBackend extends KernelBackend {
  readonly queue: JobQueue;
  private readonly stored: DataStorage<Stored>;
  /** Buffers freed since the last {@link turn}, and those of the step before, which queued jobs may still read. */
  private dying: Pointer[] = [];
  private dyingBefore: Pointer[] = [];

  constructor(options: KernelOptions) {
    super();
    this.queue = new JobQueue(options);
    this.stored = new DataStorage<Stored>(this, engine());
  }

  override numDataIds(): number {
    return this.stored.numDataIds();
  }
  override memory(): { unreliable: boolean } {
    return { unreliable: false };
  }
  override epsilon(): number {
    return 1e-7;
  }
  override floatPrecision(): 16 | 32 {
    return 32;
  }
  override refCount(dataId: object): number {
    return this.stored.has(dataId) ? this.stored.get(dataId).references : 0;
  }
  override incRef(dataId: object): void {
    this.stored.get(dataId).references++;
  }
  decRef(dataId: object): void {
    if (this.stored.has(dataId)) this.stored.get(dataId).references--;
  }

  override write(values: Values, shape: number[], dtype: DataType): object {
    const dataId = {};
    this.move(dataId, values, shape, dtype, 1);
    return dataId;
  }
  override move(dataId: object, values: Values, shape: number[], dtype: DataType, references: number): void {
    const count = util.sizeFromShape(shape);
    const pointer = this.queue.heap.allocate(count);
    const { f32, i32 } = this.queue.heap;
    (dtype === 'float32' ? f32 : i32).set(values as Float32Array, pointer >> 2);
    this.stored.set(dataId, { pointer, count, dtype, owned: true, references, isLate: false });
  }
  override readSync(dataId: object): Float32Array | Int32Array {
    this.flush();
    const { pointer, count, dtype } = this.stored.get(dataId);
    const { f32, i32 } = this.queue.heap;
    return (dtype === 'float32' ? f32 : i32).slice(pointer >> 2, (pointer >> 2) + count);
  }
  override read(dataId: object): Promise<Float32Array | Int32Array> {
    return Promise.resolve(this.readSync(dataId));
  }
  override disposeData(dataId: object, force = false): boolean {
    if (!this.stored.has(dataId)) return true;
    const entry = this.stored.get(dataId);
    entry.references--;
    if (!force && entry.references > 0) return false;
    if (entry.owned) this.dying.push(entry.pointer);
    this.stored.delete(dataId);
    return true;
  }
  override dispose(): void {
    this.flush();
  }

  /** Where a tensor's numbers are. */
  pointer(tensor: TensorInfo): Pointer {
    const entry = this.stored.get(tensor.dataId);
    if (entry.isLate) this.queue.afterAside();
    entry.isLate = false;
    return entry.pointer;
  }
  /** A new tensor with memory of its own, contents undefined. */
  tensor(shape: number[], dtype: DataType = 'float32'): TensorInfo {
    const count = util.sizeFromShape(shape);
    return this.wrap(this.queue.heap.allocate(count), shape, dtype, true);
  }
  /** A tensor over memory that exists; by default a temporary, gone at {@link endStep}. */
  wrap(pointer: Pointer, shape: number[], dtype: DataType = 'float32', owned = false): TensorInfo {
    const dataId = {};
    this.stored.set(dataId, { pointer, count: util.sizeFromShape(shape), dtype, owned, references: 1, isLate: false });
    return { dataId, shape, dtype };
  }
  /** A temporary tensor whose numbers are computed by jobs that stand aside. */
  wrapLate(pointer: Pointer, shape: number[]): TensorInfo {
    const tensor = this.wrap(pointer, shape);
    this.stored.get(tensor.dataId).isLate = true;
    return tensor;
  }
  /** The same numbers under another shape. */
  alias(tensor: TensorInfo, shape: number[], dtype: DataType = tensor.dtype): TensorInfo {
    this.incRef(tensor.dataId);
    return { dataId: tensor.dataId, shape, dtype };
  }
  flush(): void {
    this.queue.flush();
    this.releaseBefore();
    this.turnDying();
    this.releaseBefore();
  }
  /** Run what is queued and take back all temporaries: call once a batch, when no result of fused operations is needed any more. */
  endStep(): void {
    this.flush();
    this.queue.heap.endStep();
  }

  /** What is queued so far gives `report`: run that, and nothing queued later, when its numbers are asked for. */
  reading(report: TensorInfo): () => Float32Array {
    const mark = this.queue.mark();
    const pointer = this.pointer(report);
    return () => {
      this.queue.finish(mark);
      return this.queue.heap.f32.slice(pointer >> 2, (pointer >> 2) + util.sizeFromShape(report.shape));
    };
  }
  /** The step before the one queued last is done: its temporaries and freed buffers are taken back for the next. */
  turn(): void {
    this.queue.heap.turn();
    this.releaseBefore();
    this.turnDying();
  }

  private turnDying(): void {
    this.dyingBefore = this.dying;
    this.dying = [];
  }
  private releaseBefore(): void {
    for (const pointer of this.dyingBefore) this.queue.heap.release(pointer);
    this.dyingBefore = [];
  }
}

let current: SimdBackend | null = null;

/** Make the simd backend tfjs's current one; kernels must be registered with it (see engine/start.ts). */
export function installSimdBackend(options: KernelOptions): SimdBackend {
  const backend = new SimdBackend(options);
  registerBackend('simd', () => backend, 1);
  setBackend('simd').catch(() => undefined);
  current = backend;
  return backend;
}

/** @throws Error before {@link installSimdBackend}. */
export function simdBackend(): SimdBackend {
  if (!current) throw new Error('the simd backend is not installed');
  return current;
}
