/** How our WGSL programs meet tfjs's webgpu backend: one shader, its inputs, one output, the result a tensor that tfjs owns. */
import { engine, type DataType, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';

/** A compute shader. tfjs adds the bindings (each input by its name, the output as `result`) and `uniforms`. */
export interface ComputeShader {
  /** Compiled once for each key and the ranks of the tensors: names every number that {@link code} has built in. */
  readonly key: string;
  /** Defines `fn main(index : i32)` and what it needs. */
  readonly code: string;
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** Whole numbers the shader reads as `uniforms.name`. */
  readonly uniforms: Readonly<Record<string, number>>;
  /** The same for fractions. */
  readonly fractions?: Readonly<Record<string, number>>;
  readonly outputShape: readonly number[];
  readonly workgroupThreads: number;
  /** Workgroups in x and y. */
  readonly workgroups: readonly [number, number];
}

/** Queue a shader. The result belongs to tfjs's current scope. */
export function runShader(backend: WebGPUBackend, shader: ComputeShader): Tensor {
  return engine().makeTensorFromTensorInfo(queue(backend, shader), backend);
}

/** Queue a shader whose `result`, which it may read too, is a tensor that exists: its numbers are changed in place. */
export function changeInPlace(
  backend: WebGPUBackend,
  target: Tensor,
  shader: Omit<ComputeShader, 'outputShape'>,
): void {
  queue(backend, { ...shader, outputShape: target.shape }, target);
  // tfjs keeps what was read of a tensor and would not read it again.
  backend.tensorMap.get(target.dataId).values = null as never;
}

function queue(backend: WebGPUBackend, shader: ComputeShader, output?: Tensor): TensorInfo {
  const wholes = Object.entries(shader.uniforms);
  const fractions = Object.entries(shader.fractions ?? {});
  const outputShape = [...shader.outputShape];
  return backend.runWebGPUProgram(
    {
      shaderKey: `notegraft ${shader.key}`,
      getUserCode: () => shader.code,
      variableNames: Object.keys(shader.inputs),
      uniforms: [...wholes.map(([name]) => `${name} : i32,`), ...fractions.map(([name]) => `${name} : f32,`)].join(' '),
      outputShape,
      workgroupSize: [shader.workgroupThreads, 1, 1],
      dispatch: [...shader.workgroups, 1],
      dispatchLayout: { x: outputShape.map((_, i) => i) },
    },
    Object.values(shader.inputs),
    'float32' satisfies DataType,
    [
      ...wholes.map(([, value]) => ({ type: 'int32', data: [value] })),
      ...fractions.map(([, value]) => ({ type: 'float32', data: [value] })),
    ],
    output,
  );
}

/** Threads and workgroups for a shader that computes one number of its output a thread. */
export function elementwise(count: number): Pick<ComputeShader, 'workgroupThreads' | 'workgroups'> {
  const workgroupThreads = 64;
  return { workgroupThreads, workgroups: [Math.ceil(count / workgroupThreads), 1] };
}
