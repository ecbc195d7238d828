/** LSTMs by TensorFlow's BlockLSTMV2 and its gradient: one kernel call a direction and block of sentences of similar length. */
import {
  addN,
  concat,
  gather,
  reshape,
  slice,
  split,
  tensor1d,
  zeros,
  type KernelFunc,
  type Rank,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { kernelFunc } from '../composed/register.ts';
import { keepForStep, keepInput } from '../composed/step.ts';
import type { LstmSequenceAttributes } from '../ops/lstm.ts';
import type { TensorflowBackend } from './backend.ts';
import { paddedBlocks, type PaddedBlock } from './padding.ts';

type Inputs = Readonly<Record<string, Tensor>>;

interface SavedBlock {
  readonly longest: number;
  readonly sentences: number;
  /** For each direction the rows of the block's places. */
  readonly sources: readonly Tensor1D[];
  /** For each direction x [longest, sentences, I]. */
  readonly xs: readonly Tensor3D[];
  readonly state: Tensor;
  /** For each direction of each layer the kernel's nine inputs and seven outputs: i, cs, f, o, ci, co, h. */
  readonly calls: { readonly inputs: readonly { dataId: object }[]; readonly outputs: readonly Tensor[] }[];
}

interface SavedSequence {
  readonly places: readonly Tensor1D[];
  readonly blocks: readonly SavedBlock[];
}

/** Kernels that take the place of the composed ones. Their gates lie in the order i, f, g, o, as ours do. */
export function blockLstmKernels(backend: TensorflowBackend): Readonly<Record<string, KernelFunc>> {
  const { binding } = backend;
  const floats = { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
  const noPeephole = { name: 'use_peephole', type: binding.TF_ATTR_BOOL, value: false };
  const noClipping = { name: 'cell_clip', type: binding.TF_ATTR_FLOAT, value: 0 };
  const lengthOf = keptLengths(backend);

  function forward(inputs: Inputs, attributes: LstmSequenceAttributes): Tensor[] {
    const { layers, directions, hiddenSize: H } = attributes;
    const padded = paddedBlocks(attributes.rows, directions);
    const places = padded.places.map(upload);
    const x = withZeroRow(inputs['x'] as Tensor2D);
    const blocks = padded.blocks.map((block) => uploadBlock(block, x, H));
    attributes.saved = { places, blocks } satisfies SavedSequence;
    const peephole = keepForStep(zeros([H]));
    const hidden = Array.from({ length: layers * directions }, (_, i) => {
      const weights = keepForStep(concat([inputs[`kernel${i}`] as Tensor, inputs[`recurrent${i}`] as Tensor]));
      const bias = keepInput(inputs[`bias${i}`] as Tensor);
      const flat = blocks.map(({ longest, sentences, xs, state, calls }) => {
        const own = xs[i % directions] as Tensor3D;
        const given = [lengthOf(longest), own, state, state, weights, peephole, peephole, peephole, bias];
        const outputs = backend.executeMultipleOutputs('BlockLSTMV2', [noClipping, noPeephole, floats], given, 7);
        calls.push({ inputs: given, outputs: outputs.map((output) => keepForStep(output)) });
        return reshape<Rank.R2>(outputs[6] as Tensor, [longest * sentences, H]);
      });
      return gather(concat(flat), places[i % directions] as Tensor1D);
    });
    return Array.from({ length: layers }, (_, layer) =>
      concat(hidden.slice(layer * directions, (layer + 1) * directions), 1),
    );
  }

  /** Through one block of one direction: gradients of x [places, I], of kernel and recurrent below each other, and of the bias. */
  function throughBlock(
    { longest, sentences, calls, sources }: SavedBlock,
    call: number,
    dHidden: Tensor2D,
    { directions, hiddenSize: H, inputSize: I }: LstmSequenceAttributes,
  ): { x: Tensor2D; weights: Tensor2D; bias: Tensor1D } {
    const shape: [number, number, number] = [longest, sentences, H];
    const dh = reshape(gather(dHidden, sources[call % directions] as Tensor1D), shape);
    const { inputs, outputs } = calls[call] as SavedBlock['calls'][number];
    const given = [...inputs, ...outputs, zeros(shape), dh];
    const gradients = backend.executeMultipleOutputs('BlockLSTMGradV2', [noPeephole, floats], given, 8);
    return {
      x: reshape<Rank.R2>(gradients[0] as Tensor, [longest * sentences, I]),
      weights: gradients[3] as Tensor2D,
      bias: gradients[7] as Tensor1D,
    };
  }

  function backward(inputs: Inputs, attributes: LstmSequenceAttributes): Tensor[] {
    const { layers, directions, inputSize: I, hiddenSize: H } = attributes;
    const { places, blocks } = attributes.saved as SavedSequence;
    const dHidden = Array.from({ length: layers }, (_, layer) =>
      split(withZeroRow(inputs[`dy${layer}`] as Tensor2D), directions, 1),
    ).flat() as Tensor2D[];
    const dx: Tensor2D[] = [];
    const weights = dHidden.flatMap((dh, i) => {
      const gradients = blocks.map((block) => throughBlock(block, i, dh, attributes));
      dx.push(gather(concat(gradients.map((gradient) => gradient.x)), places[i % directions] as Tensor1D));
      const dWeights = addN(gradients.map((gradient) => gradient.weights));
      return [
        slice(dWeights, [0, 0], [I, -1]),
        slice(dWeights, [I, 0], [H, -1]),
        addN(gradients.map((gradient) => gradient.bias)),
      ];
    });
    return [addN(dx), ...weights];
  }

  return { LstmSequence: kernelFunc(forward), LstmSequenceGrad: kernelFunc(backward) };
}

function upload(indices: Int32Array): Tensor1D {
  return keepForStep(tensor1d(indices, 'int32'));
}

function uploadBlock({ longest, sentences, sources }: PaddedBlock, x: Tensor2D, H: number): SavedBlock {
  const uploaded = sources.map(upload);
  return {
    longest,
    sentences,
    sources: uploaded,
    xs: uploaded.map((source) => keepForStep(reshape<Rank.R3>(gather(x, source), [longest, sentences, x.shape[1]]))),
    state: keepForStep(zeros([sentences, H])),
    calls: [],
  };
}

/** The last row, which padding points to, is zeros. */
function withZeroRow(table: Tensor2D): Tensor2D {
  return concat([table, zeros<Rank.R2>([1, table.shape[1]])]);
}

/** int64 scalars, which tfjs has no type for: written once for each length and kept, since the addon's own leak a handle a call. */
function keptLengths(backend: TensorflowBackend): (length: number) => { dataId: object } {
  const known = new Map<number, { dataId: object }>();
  return (length) => {
    const kept = known.get(length) ?? { dataId: {} };
    if (!known.has(length)) {
      known.set(length, kept);
      const values = Int32Array.of(length, 0);
      backend.tensorMap.set(kept.dataId, { shape: [], dtype: backend.binding.TF_INT64, id: -1, values, refCount: 1 });
    }
    return kept;
  };
}
