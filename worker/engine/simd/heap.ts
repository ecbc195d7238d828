/** The memory that kernels and JavaScript share: sized free lists for tensors, and a bump arena for one step's intermediates. */

import { listsEnd } from './memory-layout.ts';

/** A byte offset into the shared memory; 64-byte aligned where this module gives it out. */
export type Pointer = number;

interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
}
declare const WebAssembly: {
  Memory: new (descriptor: { initial: number; maximum: number; shared: true }) => WasmMemory;
};

const pageBytes = 65536;
const arenaBlockBytes = 8 * 1024 * 1024;
/** Below this the kernels keep their static data, scratch and the job list. */
const firstFreeByte = listsEnd;

/**
 * Bytes a buffer of `floats` numbers really takes: a multiple of a quarter power of two, with at least 16 bytes of slack,
 * because vector kernels read and write up to the next multiple of four.
 */
function sizeClass(floats: number): number {
  refuseTooLarge(floats);
  const bytes = Math.max(64, floats * 4 + 16);
  const quarter = 1 << Math.max(4, 31 - Math.clz32(bytes) - 2);
  return (Math.ceil(bytes / quarter) * quarter + 63) & ~63;
}

/** Sizes in bytes must fit a signed 32-bit number, as the memory itself does. */
function refuseTooLarge(floats: number): void {
  if (floats > 400_000_000) throw new RangeError(`no memory for ${floats} numbers in one piece`);
}

interface Block {
  readonly start: Pointer;
  readonly bytes: number;
}

/** The temporaries of one step: its blocks, of which the last is being filled. */
interface Arena {
  blocks: Block[];
  used: number;
}

export class Heap {
  readonly memory: WasmMemory = new WebAssembly.Memory({ initial: 256, maximum: 32768, shared: true });
  /** The whole memory as 32-bit floats; replaced when the memory grows, so never keep a copy. */
  f32: Float32Array = new Float32Array(this.memory.buffer);
  /** The whole memory as 32-bit integers; replaced when the memory grows. */
  i32: Int32Array = new Int32Array(this.memory.buffer);
  private top = firstFreeByte;
  private readonly free = new Map<number, Pointer[]>();
  private readonly sizes = new Map<Pointer, number>();
  /** That of the step which is queued now first. */
  private arenas: [Arena, Arena] = [
    { blocks: [], used: 0 },
    { blocks: [], used: 0 },
  ];
  /** Blocks of neither arena, smallest first: the two take from one stock, so that a large step needs its room once. */
  private stock: Block[] = [];

  /** A buffer of `floats` 32-bit numbers, contents undefined, until {@link release}. Throws RangeError when memory ends. */
  allocate(floats: number): Pointer {
    const bytes = sizeClass(floats);
    const reusable = this.free.get(bytes)?.pop();
    if (reusable !== undefined) return reusable;
    const pointer = this.extend(bytes);
    this.sizes.set(pointer, bytes);
    return pointer;
  }

  release(pointer: Pointer): void {
    const bytes = this.sizes.get(pointer);
    if (bytes === undefined) return;
    const list = this.free.get(bytes);
    if (list) list.push(pointer);
    else this.free.set(bytes, [pointer]);
  }

  /** A buffer that lives until {@link endStep}, or the second {@link turn} from now. */
  temporary(floats: number): Pointer {
    refuseTooLarge(floats);
    const bytes = (floats * 4 + 16 + 63) & ~63;
    const [arena] = this.arenas;
    let block = arena.blocks.at(-1);
    if (block === undefined || arena.used + bytes > block.bytes) {
      block = this.blockOf(bytes);
      arena.blocks.push(block);
      arena.used = 0;
    }
    const pointer = block.start + arena.used;
    arena.used += bytes;
    return pointer;
  }

  /** A temporary copy of an index array. */
  integers(values: ArrayLike<number>): Pointer {
    const pointer = this.temporary(values.length);
    this.i32.set(values, pointer >> 2);
    return pointer;
  }

  /** Forget all temporaries. Whoever still holds one holds garbage. */
  endStep(): void {
    for (const arena of this.arenas) this.clear(arena);
  }

  /** The next temporaries are those of another step: the present ones stay, those of the step before are forgotten. */
  turn(): void {
    const [present, before] = this.arenas;
    this.clear(before);
    this.arenas = [before, present];
  }

  /** Bytes taken from the system so far. */
  get bytes(): number {
    return this.memory.buffer.byteLength;
  }

  private blockOf(bytes: number): Block {
    const at = this.stock.findIndex((block) => block.bytes >= bytes);
    const [found] = at < 0 ? [] : this.stock.splice(at, 1);
    if (found !== undefined) return found;
    const size = Math.max(arenaBlockBytes, bytes);
    return { start: this.extend(size), bytes: size };
  }

  private clear(arena: Arena): void {
    this.stock = [...this.stock, ...arena.blocks].sort((a, b) => a.bytes - b.bytes);
    arena.blocks = [];
    arena.used = 0;
  }

  private extend(bytes: number): Pointer {
    const pointer = this.top;
    const end = pointer + bytes;
    const missing = end - this.memory.buffer.byteLength;
    if (missing > 0) {
      const pages = Math.ceil(missing / pageBytes);
      this.memory.grow(Math.max(pages, 256));
      this.f32 = new Float32Array(this.memory.buffer);
      this.i32 = new Int32Array(this.memory.buffer);
    }
    this.top = end;
    return pointer;
  }
}
