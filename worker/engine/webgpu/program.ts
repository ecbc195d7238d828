/** How our WGSL programs meet tfjs's webgpu backend: one shader, its inputs, one output, the result a tensor that tfjs owns. */
import { engine, type DataType, type Tensor } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';

/** A compute shader. tfjs adds the bindings (each input by its name, the output as `result`) and `uniforms`. */
export interface ComputeShader {
  /** Compiled once for each key and the ranks of the tensors: names every number that {@link code} has built in. */
  readonly key: string;
  /** Defines `fn main(index : i32)` and what it needs. */
  readonly code: string;
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly uniforms: Readonly<Record<string, number>>;
  readonly outputShape: readonly number[];
  readonly workgroupThreads: number;
  /** Workgroups in x and y. */
  readonly workgroups: readonly [number, number];
}

/** Queue a shader. The result belongs to tfjs's current scope. */
export function runShader(backend: WebGPUBackend, shader: ComputeShader): Tensor {
  const names = Object.keys(shader.uniforms);
  const outputShape = [...shader.outputShape];
  const info = backend.runWebGPUProgram(
    {
      shaderKey: `notegraft ${shader.key}`,
      getUserCode: () => shader.code,
      variableNames: Object.keys(shader.inputs),
      uniforms: names.map((name) => `${name} : i32,`).join(' '),
      outputShape,
      workgroupSize: [shader.workgroupThreads, 1, 1],
      dispatch: [...shader.workgroups, 1],
      dispatchLayout: { x: outputShape.map((_, i) => i) },
    },
    Object.values(shader.inputs),
    'float32' satisfies DataType,
    names.map((name) => ({ type: 'int32', data: [shader.uniforms[name] ?? 0] })),
  );
  return engine().makeTensorFromTensorInfo(info, backend);
}

/** Threads and workgroups for a shader that computes one number of its output a thread. */
export function elementwise(count: number): Pick<ComputeShader, 'workgroupThreads' | 'workgroups'> {
  const workgroupThreads = 64;
  return { workgroupThreads, workgroups: [Math.ceil(count / workgroupThreads), 1] };
}
