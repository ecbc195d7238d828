/** LstmSequence by TensorFlow's BlockLSTMV2 and its gradient: one kernel call a direction, over padded time-major tensors. */
import {
  add,
  concat,
  gather,
  reshape,
  slice,
  split,
  tensor1d,
  zeros,
  type KernelBackend,
  type KernelFunc,
  type Rank,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { kernelFunc } from '../composed/register.ts';
import { keepForStep } from '../composed/step.ts';
import type { LstmSequenceAttributes } from '../ops/lstm.ts';
import { paddedIndices, type PaddedIndices } from './padding.ts';

/** What we use of tfjs-node's backend beside tfjs's own interface. */
export interface TensorflowBackend extends KernelBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: Readonly<
    Record<'TF_FLOAT' | 'TF_INT64' | 'TF_ATTR_TYPE' | 'TF_ATTR_FLOAT' | 'TF_ATTR_BOOL', number>
  >;
  readonly tensorMap: { set(dataId: object, value: object): void };
  executeMultipleOutputs(
    name: string,
    attributes: readonly { name: string; type: number; value: unknown }[],
    inputs: readonly { dataId: object }[],
    outputs: number,
  ): Tensor[];
}

type Inputs = Readonly<Record<string, Tensor>>;

interface SavedDirection {
  /** The kernel's nine inputs, and the seven outputs i, cs, f, o, ci, co, h. */
  readonly inputs: readonly { dataId: object }[];
  readonly outputs: readonly Tensor[];
}

interface SavedSequence {
  readonly padded: PaddedTensors;
  readonly directions: readonly SavedDirection[];
}

/** The index arrays of a padded batch on the device. */
interface PaddedTensors extends Omit<PaddedIndices, 'directions'> {
  readonly directions: readonly { readonly source: Tensor1D; readonly place: Tensor1D }[];
}

/** Kernels that take the place of the composed ones. Their gates lie in the order i, f, g, o, as ours do. */
export function blockLstmKernels(backend: TensorflowBackend): Readonly<Record<string, KernelFunc>> {
  const { binding } = backend;
  const floats = { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
  const noPeephole = { name: 'use_peephole', type: binding.TF_ATTR_BOOL, value: false };
  const noClipping = { name: 'cell_clip', type: binding.TF_ATTR_FLOAT, value: 0 };
  const lengthOf = keptLengths(backend);

  function forward(inputs: Inputs, attributes: LstmSequenceAttributes): Tensor[] {
    const { layers, directions, inputSize: I, hiddenSize: H } = attributes;
    const padded = uploadPadding(paddedIndices(attributes.rows, directions));
    const { longest: T, sentences: B } = padded;
    const x = inputs['x'] as Tensor2D;
    const padFrom = (table: Tensor2D, source: Tensor1D): Tensor3D =>
      keepForStep(reshape<Rank.R3>(gather(table, source), [T, B, I]));
    const xs = padded.directions.map(({ source }) => padFrom(withZeroRow(x), source));
    const state = keepForStep(zeros([B, H]));
    const peephole = keepForStep(zeros([H]));
    const saved: SavedDirection[] = [];
    const hidden = Array.from({ length: layers * directions }, (_, i) => {
      const weights = keepForStep(concat([inputs[`kernel${i}`] as Tensor, inputs[`recurrent${i}`] as Tensor]));
      const bias = keepForStep((inputs[`bias${i}`] as Tensor).clone());
      const given = [
        lengthOf(T),
        xs[i % directions] as Tensor,
        state,
        state,
        weights,
        peephole,
        peephole,
        peephole,
        bias,
      ];
      const outputs = backend.executeMultipleOutputs('BlockLSTMV2', [noClipping, noPeephole, floats], given, 7);
      saved.push({ inputs: given, outputs: outputs.map((output) => keepForStep(output)) });
      const flat = reshape<Rank.R2>(outputs[6] as Tensor, [T * B, H]);
      return gather(flat, padded.directions[i % directions]?.place as Tensor1D);
    });
    attributes.saved = { padded, directions: saved } satisfies SavedSequence;
    return Array.from({ length: layers }, (_, layer) =>
      concat(hidden.slice(layer * directions, (layer + 1) * directions), 1),
    );
  }

  function backward(inputs: Inputs, attributes: LstmSequenceAttributes): Tensor[] {
    const { directions, inputSize: I, hiddenSize: H } = attributes;
    const { padded, directions: saved } = attributes.saved as SavedSequence;
    const { longest: T, sentences: B } = padded;
    const noCellGradient = zeros([T, B, H]);
    const dHidden = Array.from({ length: attributes.layers }, (_, layer) =>
      split(withZeroRow(inputs[`dy${layer}`] as Tensor2D), directions, 1),
    ).flat() as Tensor2D[];
    let dx: Tensor2D | null = null;
    const weights = saved.flatMap(({ inputs: given, outputs }, i) => {
      const { source, place } = padded.directions[i % directions] as PaddedTensors['directions'][number];
      const dh = reshape(gather(dHidden[i] as Tensor2D, source), [T, B, H]);
      const all = [...given, ...outputs, noCellGradient, dh];
      const gradients = backend.executeMultipleOutputs('BlockLSTMGradV2', [noPeephole, floats], all, 8);
      const [dPadded, , , dWeights, , , , dBias] = gradients as [Tensor, Tensor, Tensor, Tensor2D, ...Tensor[]];
      const own = gather(reshape<Rank.R2>(dPadded, [T * B, I]), place);
      dx = dx ? add<Tensor2D>(dx, own) : own;
      return [slice(dWeights, [0, 0], [I, -1]), slice(dWeights, [I, 0], [H, -1]), dBias as Tensor];
    });
    return [dx as unknown as Tensor, ...weights];
  }

  return { LstmSequence: kernelFunc(forward), LstmSequenceGrad: kernelFunc(backward) };
}

/** The last row, which padding points to, is zeros. */
function withZeroRow(table: Tensor2D): Tensor2D {
  return concat([table, zeros<Rank.R2>([1, table.shape[1]])]);
}

function uploadPadding({ longest, sentences, directions }: PaddedIndices): PaddedTensors {
  const upload = (indices: Int32Array): Tensor1D => keepForStep(tensor1d(indices, 'int32'));
  return {
    longest,
    sentences,
    directions: directions.map(({ source, place }) => ({ source: upload(source), place: upload(place) })),
  };
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
