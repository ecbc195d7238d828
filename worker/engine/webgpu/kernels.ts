/** The webgpu backend's own kernels of fused operations; it takes the composed ones for the rest. */
import { tidy, type KernelFunc, type NamedTensorInfoMap, type Tensor } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { CharacterLstmAttributes, LstmSequenceAttributes } from '../ops/lstm.ts';
import type { DropoutMaskAttributes } from '../composed/dropout.ts';
import type { AdamAttributes } from '../ops/adam.ts';
import { adamUpdate } from './adam.ts';
import { characterSequences, type CharacterSequences } from './character-sequences.ts';
import { lstmBackward, lstmForward, type LstmContext } from './lstm.ts';
import { dropoutMask, pickRows } from './row-shaders.ts';
import { sequenceLayout } from './sequence-layout.ts';

interface CharacterContext {
  readonly lstm: LstmContext;
  readonly sequences: CharacterSequences;
}

/** Kernels by operation: LstmSequence, CharacterLstm and their gradients, AdamUpdate, DropoutMask. */
export function webgpuKernels(): Record<string, KernelFunc> {
  return {
    LstmSequence: kernel<LstmSequenceAttributes>((backend, inputs, a) => {
      const { outputs, context } = lstmForward(backend, {
        layers: a.layers,
        directions: a.directions,
        inputSize: a.inputSize,
        hiddenSize: a.hiddenSize,
        layout: sequenceLayout(a.rows),
        x: inputs['x'] as Tensor,
        sources: null,
        weights: inputs,
      });
      a.saved = context;
      return outputs;
    }),
    LstmSequenceGrad: kernel<LstmSequenceAttributes>((backend, inputs, a) =>
      lstmBackward(backend, a.saved as LstmContext, outputGradients(inputs, a.layers)),
    ),
    CharacterLstm: kernel<CharacterLstmAttributes>((backend, inputs, a) => {
      const sequences = characterSequences(a.tries);
      const { outputs, context } = lstmForward(backend, {
        layers: a.layers,
        directions: 2,
        inputSize: a.inputSize,
        hiddenSize: a.hiddenSize,
        layout: sequences.layout,
        x: inputs['embedding'] as Tensor,
        sources: sequences.ids,
        weights: inputs,
      });
      a.saved = { lstm: context, sequences } satisfies CharacterContext;
      return outputs.map((states) => pickRows(backend, states, sequences.lastRows, 2));
    }),
    CharacterLstmGrad: kernel<CharacterLstmAttributes>((backend, inputs, a) => {
      const { lstm, sequences } = a.saved as CharacterContext;
      const dy = outputGradients(inputs, a.layers).map((one) => pickRows(backend, one, sequences.wordsOfRows, 2));
      return lstmBackward(backend, lstm, dy);
    }),
    DropoutMask: kernel<DropoutMaskAttributes>((backend, _inputs, a) => [dropoutMask(backend, a)]),
    AdamUpdate: kernel<AdamAttributes>((backend, _inputs, a) => adamUpdate(backend, a)),
  };
}

/** A kernel written with tensors: what it does not return or hold is gone afterwards. */
function kernel<A>(
  run: (backend: WebGPUBackend, inputs: Record<string, Tensor>, attributes: A) => Tensor[],
): KernelFunc {
  return ({ inputs, backend, attrs }) =>
    // tfjs hands kernels the tensors themselves.
    tidy(() => run(backend as WebGPUBackend, inputs as NamedTensorInfoMap & Record<string, Tensor>, attrs as A));
}

function outputGradients(inputs: Record<string, Tensor>, layers: number): Tensor[] {
  return Array.from({ length: layers }, (_, layer) => inputs[`dy${layer}`] as Tensor);
}
