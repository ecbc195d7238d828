/** The LSTM operations' kernels on the simd backend. */
import type { NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { CharacterLstmAttributes, LstmSequenceAttributes } from '../ops/lstm.ts';
import type { CharacterTrie } from '../ops/layout.ts';
import type { SimdBackend } from './backend.ts';
import type { Pointer } from './heap.ts';
import {
  lstmBackward,
  lstmForward,
  trieBackward,
  trieForward,
  type Columns,
  type DirectionContext,
  type DirectionGradients,
  type DirectionWeights,
  type UploadedRows,
  type UploadedTrie,
} from './lstm.ts';
import { transpose } from './matrix.ts';
import { simdKernel } from './plain-kernels.ts';

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
    backend.wrap(kernel, [I, 4 * H]),
    backend.wrap(recurrent, [H, 4 * H]),
    backend.wrap(bias, [4 * H]),
  ]);
}

interface SequenceContext {
  readonly x: Pointer;
  readonly layout: UploadedRows;
  readonly directions: DirectionContext[];
}

function registerSequence(backend: SimdBackend): void {
  const { queue } = backend;
  simdKernel('LstmSequence', ({ inputs, attrs }) => {
    const a = attrs as unknown as LstmSequenceAttributes;
    const x = pointerOf(backend, inputs, 'x');
    const steps = queue.heap.integers(a.rows.steps);
    const layout = { rows: a.rows.rows, sentences: a.rows.sentences, steps, longest: a.rows.steps.length };
    const context: SequenceContext = { x, layout, directions: [] };
    a.saved = context;
    const width = a.directions * a.hiddenSize;
    return Array.from({ length: a.layers }, (_, layer) => {
      const out = queue.heap.temporary(a.rows.rows * width);
      for (let d = 0; d < a.directions; d++) {
        const weights = weightsOf(backend, inputs, layer * a.directions + d);
        const columns = { pointer: out + d * a.hiddenSize * 4, stride: width };
        context.directions.push(lstmForward(queue, layout, x, a.inputSize, a.hiddenSize, weights, d === 1, columns));
      }
      return backend.wrap(out, [a.rows.rows, width]);
    });
  });
  simdKernel('LstmSequenceGrad', ({ inputs, attrs }) => {
    const a = attrs as unknown as LstmSequenceAttributes;
    const { x, layout, directions } = a.saved as SequenceContext;
    const width = a.directions * a.hiddenSize;
    const xT = transpose(queue, x, layout.rows, a.inputSize);
    const dx = queue.heap.temporary(layout.rows * a.inputSize);
    const gradients = directions.map((context, i) => {
      const [layer, d] = [Math.floor(i / a.directions), i % a.directions];
      const dOut: Columns = { pointer: pointerOf(backend, inputs, `dy${layer}`) + d * a.hiddenSize * 4, stride: width };
      return lstmBackward(queue, layout, context, a.inputSize, a.hiddenSize, xT, dOut, dx, i > 0);
    });
    return [
      backend.wrap(dx, [layout.rows, a.inputSize]),
      ...gradientTensors(backend, gradients, a.inputSize, a.hiddenSize),
    ];
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
  readonly tries: readonly UploadedTrie[];
  readonly directions: DirectionContext[];
}

function registerCharacters(backend: SimdBackend): void {
  const { queue } = backend;
  simdKernel('CharacterLstm', ({ inputs, attrs }) => {
    const a = attrs as unknown as CharacterLstmAttributes;
    const embedding = pointerOf(backend, inputs, 'embedding');
    const tries = [uploadTrie(backend, a.tries.forward), uploadTrie(backend, a.tries.backward)];
    const context: CharacterContext = { embedding, tries, directions: [] };
    a.saved = context;
    const width = 2 * a.hiddenSize;
    return Array.from({ length: a.layers }, (_, layer) => {
      const out = queue.heap.temporary(a.tries.words * width);
      for (const [d, trie] of tries.entries()) {
        const weights = weightsOf(backend, inputs, layer * 2 + d);
        const columns = { pointer: out + d * a.hiddenSize * 4, stride: width };
        context.directions.push(
          trieForward(queue, trie, a.tries.words, embedding, a.alphabet, a.inputSize, a.hiddenSize, weights, columns),
        );
      }
      return backend.wrap(out, [a.tries.words, width]);
    });
  });
  simdKernel('CharacterLstmGrad', ({ inputs, attrs }) => {
    const a = attrs as unknown as CharacterLstmAttributes;
    const { embedding, tries, directions } = a.saved as CharacterContext;
    const width = 2 * a.hiddenSize;
    const embeddingT = transpose(queue, embedding, a.alphabet, a.inputSize);
    const dEmbedding = queue.heap.temporary(a.alphabet * a.inputSize);
    const gradients = directions.map((context, i) => {
      const [layer, d] = [i >> 1, i & 1];
      const dOut: Columns = { pointer: pointerOf(backend, inputs, `dy${layer}`) + d * a.hiddenSize * 4, stride: width };
      const trie = tries[d] as UploadedTrie;
      return trieBackward(
        queue,
        trie,
        context,
        a.tries.words,
        embeddingT,
        a.alphabet,
        a.inputSize,
        a.hiddenSize,
        dOut,
        dEmbedding,
        i > 0,
      );
    });
    return [
      backend.wrap(dEmbedding, [a.alphabet, a.inputSize]),
      ...gradientTensors(backend, gradients, a.inputSize, a.hiddenSize),
    ];
  });
}

/** Register LstmSequence, CharacterLstm and their gradients. */
export function registerLstmKernels(backend: SimdBackend): void {
  registerSequence(backend);
  registerCharacters(backend);
}
