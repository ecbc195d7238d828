/** Forward and backward of LSTM directions on the GPU, whatever the rows stand for: one dispatch a pass beside the matrix products. */
import {
  concat,
  matMul,
  oneHot,
  reshape,
  slice,
  tensor1d,
  transpose,
  type Tensor,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { keepForStep } from '../composed/step.ts';
import { backwardCode, forwardCode, shapeKey, workgroupBytes, type LstmShape } from './lstm-shaders.ts';
import { runShader } from './program.ts';
import { statesBefore, sumPlanes } from './row-shaders.ts';
import { layoutTable, rowsBefore, type SequenceLayout } from './sequence-layout.ts';

/** Directions that read the same input, layer by layer: kernel0, recurrent0, bias0, kernel1, … as ops/lstm.ts names them. */
export interface LstmInputs {
  readonly layers: number;
  readonly directions: number;
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly layout: SequenceLayout;
  /** [S,I]: the distinct inputs. */
  readonly x: Tensor;
  /** The input that each row reads [N]; null: row n reads input n. */
  readonly sources: Int32Array | null;
  readonly weights: Readonly<Record<string, Tensor>>;
}

/** What the backward pass needs of the forward pass. */
export interface LstmContext {
  readonly shape: LstmShape;
  readonly inputs: LstmInputs;
  /** [1,S,I], [Q,I,4H] and [Q,H,4H]. */
  readonly x: Tensor3D;
  readonly kernels: Tensor3D;
  readonly recurrents: Tensor3D;
  readonly trace: Tensor;
  readonly table: Tensor;
}

/** Workgroups that keep a large GPU busy; fewer sentences than four times this are not put together. */
const busyWorkgroups = 128;

/** The whole forward pass. Returns each layer's hidden states [N, directions·H]; the context lives until the step ends. */
export function lstmForward(backend: WebGPUBackend, inputs: LstmInputs): { outputs: Tensor[]; context: LstmContext } {
  const { layers, directions, layout, inputSize: I, hiddenSize: H } = inputs;
  const planes = layers * directions;
  const S = inputs.x.shape[0] ?? 0;
  const shape = shapeFor(backend.device.limits, H, directions, layout.sentences * planes);
  const x: Tensor3D = keepForStep(reshape(inputs.x, [1, S, I]));
  const kernels = keepForStep(stacked(inputs.weights, 'kernel', [planes, I, 4 * H]));
  const recurrents = keepForStep(stacked(inputs.weights, 'recurrent', [planes, H, 4 * H]));
  const table = keepForStep(tensor1d(layoutTable(layout, inputs.sources), 'int32'));
  const trace = keepForStep(
    runShader(backend, {
      key: `LSTM forward ${shapeKey(shape)}`,
      code: forwardCode(shape),
      inputs: {
        projected: matMul(x, kernels),
        bias: stacked(inputs.weights, 'bias', [planes, 1, 4 * H]),
        recurrent: recurrents,
        places: table,
      },
      uniforms: { ...uniformsOf(layout, planes), sources: S },
      outputShape: [planes * layout.rows * 6 * H],
      ...dispatch(shape, layout, planes),
    }),
  );
  const size = layout.rows * directions * H;
  const outputs = Array.from({ length: layers }, (_, layer) =>
    reshape(slice(trace, [layer * size], [size]), [layout.rows, directions * H]),
  );
  return { outputs, context: { shape, inputs, x, kernels, recurrents, trace, table } };
}

/**
 * The whole backward pass from dy of each layer [N, directions·H]. Returns the gradient of x [S,I], then of each
 * direction's kernel, recurrent weights and bias.
 */
export function lstmBackward(backend: WebGPUBackend, context: LstmContext, dy: readonly Tensor[]): Tensor[] {
  const { shape, inputs, x, kernels, recurrents, trace, table } = context;
  const { directions, layout, inputSize: I, hiddenSize: H } = inputs;
  const planes = inputs.layers * directions;
  const gates = runShader(backend, {
    key: `LSTM backward ${shapeKey(shape)}`,
    code: backwardCode(shape),
    inputs: {
      trace,
      dy: joined(dy.map((one) => reshape(one, [one.size]))),
      transposed: transpose(recurrents, [0, 2, 1]),
      places: table,
    },
    uniforms: uniformsOf(layout, planes),
    outputShape: [planes, layout.rows, 4 * H],
    ...dispatch(shape, layout, planes),
  }) as Tensor3D;
  const projected = inputs.sources ? addBySource(gates, inputs.sources, x.shape[1]) : gates;
  const dKernels = matMul(x, projected, true, false);
  const dx = sumPlanes(backend, matMul(projected, kernels, false, true));
  const states = statesBefore(backend, trace, rowsBefore(layout, directions), { planes, directions, hidden: H });
  const dRecurrents = matMul(states as Tensor3D, gates, true, false);
  const perDirection = Array.from({ length: planes }, (_, q) => [
    part(dKernels, q, 0, [I, 4 * H]),
    part(dRecurrents, q, 0, [H, 4 * H]),
    part(dRecurrents, q, H, [4 * H]),
  ]);
  return [dx, ...perDirection.flat()];
}

function shapeFor(limits: GPUSupportedLimits, hidden: number, directions: number, sequences: number): LstmShape {
  const lanes = sequences >= 4 * busyWorkgroups && fits(limits, hidden, 4) ? 4 : 1;
  if (!fits(limits, hidden, lanes))
    throw new Error(`an LSTM of ${hidden} units needs more workgroup memory than this GPU has`);
  const most = Math.min(limits.maxComputeInvocationsPerWorkgroup, limits.maxComputeWorkgroupSizeX);
  const warp = 32;
  return { hidden, directions, lanes, threads: Math.min(most, Math.ceil((4 * hidden) / warp) * warp) };
}

const fits = (limits: GPUSupportedLimits, hidden: number, lanes: 1 | 4): boolean =>
  workgroupBytes(hidden, lanes) <= limits.maxComputeWorkgroupStorageSize;

const uniformsOf = (layout: SequenceLayout, planes: number): Record<string, number> => ({
  rows: layout.rows,
  sentences: layout.sentences,
  longest: layout.longest,
  planes,
});

function dispatch(
  { threads, lanes }: LstmShape,
  { sentences }: SequenceLayout,
  planes: number,
): { workgroupThreads: number; workgroups: [number, number] } {
  return { workgroupThreads: threads, workgroups: [Math.ceil(sentences / lanes), planes] };
}

/** One kind of weight of all directions, one below the other. */
function stacked(weights: Readonly<Record<string, Tensor>>, name: string, shape: [number, number, number]): Tensor3D {
  return reshape(joined(Array.from({ length: shape[0] }, (_, q) => weights[`${name}${q}`] as Tensor)), shape);
}

function joined(tensors: Tensor[]): Tensor {
  return tensors.length === 1 ? (tensors[0] as Tensor) : concat(tensors, 0);
}

/** Rows of one plane, from `first` on, as many as the shape holds. */
function part(planes: Tensor, q: number, first: number, shape: number[]): Tensor {
  const columns = planes.shape[2] ?? 0;
  const rows = shape.length === 1 ? 1 : (shape[0] ?? 1);
  return reshape(slice(planes as Tensor3D, [q, first, 0], [1, rows, columns]), shape);
}

/** The gradient of each source: the sum of its rows', [Q,N,C] to [Q,S,C]. */
function addBySource(rows: Tensor3D, sources: Int32Array, count: number): Tensor3D {
  const reads = reshape(oneHot(tensor1d(sources, 'int32'), count, 1, 0, 'float32'), [1, sources.length, count]);
  return matMul(reads as Tensor3D, rows, true, false);
}
