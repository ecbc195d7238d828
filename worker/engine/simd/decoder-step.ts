/** One step of the decoder on the simd backend, for any number of rows, and all that can be computed before the first. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { DecoderSpec } from '../ops/decode.ts';
import type { SimdBackend } from './backend.ts';
import type { Pointer } from './heap.ts';
import { kind, type JobQueue } from './jobs.ts';
import { multiply, pack, resegment, type Packed } from './matrix.ts';

interface Cell {
  /** x·W + b of every token [N,4P], and the same for every previous tag [K+1,4P]. */
  readonly fromWord: Pointer;
  readonly fromTag: Pointer;
  readonly recurrent: Packed;
  readonly gates: Pointer;
  readonly state: Pointer;
  readonly hidden: Pointer;
}

interface Gate {
  readonly fromWord: Pointer;
  readonly fromTag: Pointer;
  readonly first: Packed;
  readonly second: Packed;
  readonly z: Pointer;
  readonly out: Pointer;
}

export interface Decoder {
  readonly H: number;
  readonly P: number;
  readonly K: number;
  readonly cells: readonly Cell[];
  readonly gates: readonly Gate[];
  readonly projection: Packed;
  readonly bias: Pointer;
  readonly logits: Pointer;
  readonly stride: number;
  /** Additive masks [K+1, stride], 0 or −1e30. */
  readonly inside: Pointer;
  readonly final: Pointer;
}

const masks = new WeakMap<Uint8Array, Float32Array>();

/** The additive form of a table of permitted tags, its rows `stride` numbers apart; kept as long as the table is. */
function additiveMask(permitted: Uint8Array, K: number, stride: number): Float32Array {
  const known = masks.get(permitted);
  if (known) return known;
  const mask = new Float32Array((K + 1) * stride).fill(-1e30);
  for (const [i, allowed] of permitted.entries()) if (allowed) mask[Math.floor(i / K) * stride + (i % K)] = 0;
  masks.set(permitted, mask);
  return mask;
}

function maskPointer(queue: JobQueue, permitted: Uint8Array, K: number, stride: number): Pointer {
  const mask = additiveMask(permitted, K, stride);
  const pointer = queue.heap.temporary(mask.length);
  queue.heap.f32.set(mask, pointer >> 2);
  return pointer;
}

/** Everything that does not depend on the step: projections of words and tags, packed weights, buffers for `capacity` rows. */
export function prepare(
  backend: SimdBackend,
  spec: DecoderSpec,
  hidden: Pointer,
  N: number,
  I: number,
  capacity: number,
): Decoder {
  const { queue } = backend;
  const at = (tensor: Tensor): Pointer => backend.pointer(tensor);
  const H = spec.projection.kernel.shape[0];
  const P = (H + 3) & ~3;
  const K = spec.projection.kernel.shape[1];
  const E = spec.tagEmbedding.shape[1];
  const temporary = (count: number): Pointer => queue.heap.temporary(count);

  const project = (kernel: Pointer, bias: Pointer, width: number): { fromWord: Pointer; fromTag: Pointer } => {
    const [fromWord, fromTag] = [temporary(N * width), temporary((K + 1) * width)];
    multiply(queue, hidden, N, pack(queue, kernel, I, width), fromWord, { add: bias });
    multiply(queue, at(spec.tagEmbedding), K + 1, pack(queue, kernel + I * width * 4, E, width), fromTag);
    return { fromWord, fromTag };
  };

  const cells = spec.cells.map((weights): Cell => {
    const kernel = resegment(queue, at(weights.kernel), H, P, (I + E) * 4);
    const recurrent = resegment(queue, at(weights.recurrent), H, P, H * 4);
    const bias = resegment(queue, at(weights.bias), H, P, 4);
    return {
      ...project(kernel, bias, 4 * P),
      recurrent: pack(queue, recurrent, H, 4 * P),
      gates: temporary(capacity * 4 * P),
      state: temporary(capacity * P),
      hidden: temporary(capacity * P),
    };
  });
  const gates = spec.gates.map(({ kernel, bias }): Gate => {
    const wide = resegment(queue, at(kernel), H, P, 2 * H + I + E);
    return {
      ...project(wide + 2 * H * P * 4, resegment(queue, at(bias), H, P, 1), P),
      first: pack(queue, wide, H, P),
      second: pack(queue, wide + H * P * 4, H, P),
      z: temporary(capacity * P),
      out: temporary(capacity * P),
    };
  });
  const stride = (K + 15) & ~15;
  return {
    H,
    P,
    K,
    cells,
    gates,
    projection: pack(queue, at(spec.projection.kernel), H, K),
    bias: at(spec.projection.bias),
    logits: temporary(capacity * stride),
    stride,
    inside: maskPointer(queue, spec.permitted.inside, K, stride),
    final: maskPointer(queue, spec.permitted.final, K, stride),
  };
}

/** Queue one step for `n` rows: `words` and `previous` index the projections; logits [n, stride] result. */
export function step(
  queue: JobQueue,
  decoder: Decoder,
  n: number,
  words: Pointer,
  previous: Pointer,
  hasPrevious: boolean,
): void {
  const { H, P, cells } = decoder;
  for (const cell of cells) {
    queue.push(kind.addGathered, cell.gates, cell.fromWord, words, cell.fromTag, previous, n, 4 * P);
    if (hasPrevious) {
      multiply(queue, cell.hidden, n, cell.recurrent, cell.gates, { aStride: P, add: cell.gates, addStride: 4 * P });
    }
    queue.push(kind.cellStep, cell.gates, cell.state, cell.hidden, P, n, hasPrevious ? 1 : 0);
  }
  let output = cells[0]?.hidden ?? 0;
  if (decoder.gates.length === 0 && cells[1]) {
    queue.push(kind.elementwise, 0, output, cells[1].hidden, cells[0]?.gates ?? 0, n * P);
    output = cells[0]?.gates ?? 0;
  }
  for (const [i, gate] of decoder.gates.entries()) {
    const second = cells[i + 1]?.hidden ?? 0;
    queue.push(kind.addGathered, gate.z, gate.fromWord, words, gate.fromTag, previous, n, P);
    multiply(queue, output, n, gate.first, gate.z, { aStride: P, add: gate.z, addStride: P });
    multiply(queue, second, n, gate.second, gate.z, { aStride: P, add: gate.z, addStride: P });
    queue.push(kind.gateForward, gate.z, output, second, gate.out, n * P);
    output = gate.out;
  }
  const { projection, logits, stride, bias } = decoder;
  multiply(queue, output, n, { ...projection, K: H }, logits, { aStride: P, outStride: stride, add: bias });
}

/** Where a decoding leaves its tags [N] and their probabilities [N]. */
export interface Decoded {
  readonly tags: Pointer;
  readonly probabilities: Pointer;
}
