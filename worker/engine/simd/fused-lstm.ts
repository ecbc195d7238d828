/** The LSTM operations' kernels on the simd backend. */
import type { NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { CharacterLstmAttributes, LstmSequenceAttributes } from '../ops/lstm.ts';
import type { CharacterTrie } from '../ops/layout.ts';
import type { SimdBackend } from './backend.ts';
import type { Pointer } from './heap.ts';
import { lstmBackward, lstmForward, type DirectionContext } from './lstm.ts';
import type { DirectionGradients, DirectionWeights } from './lstm-weights.ts';
import type { Columns } from './matrix.ts';
import { uploadRows, type UploadedRows } from './packed-rows.ts';
import { simdKernel } from './plain-kernels.ts';
import { trieBackward, trieForward, type TrieContext, type UploadedTrie } from './trie.ts';

const pointerOf = (backend: SimdBackend, inputs: NamedTensorInfoMap, name: string): Pointer =>
  backend.pointer(inputs[name] as TensorInfo);

function weightsOf(backend: SimdBackend, inputs: NamedTensorInfoMap, direction: number): DirectionWeights {
  const at = (name: string): Pointer => pointerOf(backend, inputs, `${name}${direction}`);
  return { kernel: at('kernel'), recurrent: at('recurrent'), bias: at('bias') };
}

function gradientTensors(
  backend: SimdBackend,
  gradients: readonly DirectionGradients[],
  I: number,
  H: number,
): TensorInfo[] {
  return gradients.flatMap(({ kernel, recurrent, bias }) => [
    backend.wrapLate(kernel, [I, 4 * H]),
    backend.wrapLate(recurrent, [H, 4 * H]),
    backend.wrapLate(bias, [4 * H]),
  ]);
}

interface SequenceContext {
  readonly x: Pointer;
  readonly layout: UploadedRows;
  readonly directions: readonly DirectionContext[];
}

/** The columns of direction `d` inside a layer's rows of `directions` · H numbers. */
function directionColumns(layer: Pointer, d: number, directions: number, H: number): Columns {
  return { pointer: layer + d * H * 4, stride: directions * H };
}

function registerSequence(backend: SimdBackend): void {
  const { queue } = backend;
  simdKernel('LstmSequence', ({ inputs, attrs }) => {
    const a = attrs as unknown as LstmSequenceAttributes;
    const [N, H, D] = [a.rows.rows, a.hiddenSize, a.directions];
    const x = pointerOf(backend, inputs, 'x');
    const layout = uploadRows(queue, a.rows);
    const outputs = Array.from({ length: a.layers }, () => queue.heap.temporary(N * D * H));
    const wanted = outputs.flatMap((output, layer) =>
      Array.from({ length: D }, (_, d) => ({
        weights: weightsOf(backend, inputs, layer * D + d),
        reverse: d === 1,
        out: directionColumns(output, d, D, H),
      })),
    );
    a.saved = {
      x,
      layout,
      directions: lstmForward(queue, layout, x, a.inputSize, H, wanted),
    } satisfies SequenceContext;
    return outputs.map((output) => backend.wrap(output, [N, D * H]));
  });
  simdKernel('LstmSequenceGrad', ({ inputs, attrs }) => {
    const a = attrs as unknown as LstmSequenceAttributes;
    const { x, layout, directions } = a.saved as SequenceContext;
    const [I, H, D] = [a.inputSize, a.hiddenSize, a.directions];
    const dx = queue.heap.temporary(layout.rows * I);
    const dOut = directions.map((_, i) =>
      directionColumns(pointerOf(backend, inputs, `dy${Math.floor(i / D)}`), i % D, D, H),
    );
    const gradients = lstmBackward(queue, layout, x, I, H, directions, dOut, dx);
    return [backend.wrap(dx, [layout.rows, I]), ...gradientTensors(backend, gradients, I, H)];
  });
}

/** A trie's index arrays, copied into the step's memory. */
export function uploadTrie(backend: SimdBackend, trie: CharacterTrie): UploadedTrie {
  const { heap } = backend.queue;
  return {
    nodes: trie.ids.length,
    widest: trie.counts.reduce((widest, count) => Math.max(widest, count), 0),
    depths: trie.counts.length,
    counts: heap.integers(trie.counts),
    ids: heap.integers(trie.ids),
    parents: heap.integers(trie.parents),
    last: heap.integers(trie.last),
  };
}

interface CharacterContext {
  readonly embedding: Pointer;
  readonly directions: readonly TrieContext[];
}

function registerCharacters(backend: SimdBackend): void {
  const { queue } = backend;
  simdKernel('CharacterLstm', ({ inputs, attrs }) => {
    const a = attrs as unknown as CharacterLstmAttributes;
    const [W, H] = [a.tries.words, a.hiddenSize];
    const embedding = pointerOf(backend, inputs, 'embedding');
    const tries = [uploadTrie(backend, a.tries.forward), uploadTrie(backend, a.tries.backward)];
    const outputs = Array.from({ length: a.layers }, () => queue.heap.temporary(W * 2 * H));
    const wanted = outputs.flatMap((output, layer) =>
      tries.map((trie, d) => ({
        weights: weightsOf(backend, inputs, layer * 2 + d),
        trie,
        out: directionColumns(output, d, 2, H),
      })),
    );
    a.saved = {
      embedding,
      directions: trieForward(queue, W, embedding, a.alphabet, a.inputSize, H, wanted),
    } satisfies CharacterContext;
    return outputs.map((output) => backend.wrap(output, [W, 2 * H]));
  });
  simdKernel('CharacterLstmGrad', ({ inputs, attrs }) => {
    const a = attrs as unknown as CharacterLstmAttributes;
    const { embedding, directions } = a.saved as CharacterContext;
    const [I, H] = [a.inputSize, a.hiddenSize];
    const dEmbedding = queue.heap.temporary(a.alphabet * I);
    const dOut = directions.map((_, i) => directionColumns(pointerOf(backend, inputs, `dy${i >> 1}`), i & 1, 2, H));
    const gradients = trieBackward(queue, a.tries.words, embedding, a.alphabet, I, H, directions, dOut, dEmbedding);
    return [backend.wrap(dEmbedding, [a.alphabet, I]), ...gradientTensors(backend, gradients, I, H)];
  });
}

/** Register LstmSequence, CharacterLstm and their gradients. */
export function registerLstmKernels(backend: SimdBackend): void {
  registerSequence(backend);
  registerCharacters(backend);
}
