/** What we use of tfjs-node's backend beside tfjs's own interface. */
import type { KernelBackend, Tensor } from '@tensorflow/tfjs-core';

/** TensorFlow's numbers for types and kinds of attribute. */
type TensorflowConstant =
  'TF_FLOAT' | 'TF_INT32' | 'TF_INT64' | 'TF_ATTR_BOOL' | 'TF_ATTR_FLOAT' | 'TF_ATTR_INT' | 'TF_ATTR_TYPE';

export interface TensorflowBackend extends KernelBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: Readonly<Record<TensorflowConstant, number>>;
  readonly tensorMap: { set(dataId: object, value: object): void };
  /** Run a TensorFlow operation by name. */
  executeMultipleOutputs(
    name: string,
    attributes: readonly { name: string; type: number; value: unknown }[],
    inputs: readonly { dataId: object }[],
    outputs: number,
  ): Tensor[];
}
