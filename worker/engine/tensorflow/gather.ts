/** GatherV2 without tfjs-node's check of every index, for which it reads the indices back from the device. */
import { scalar, type KernelFunc, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import type { TensorflowBackend } from './backend.ts';

/** The kernel of tfjs's gather. Indices out of range are the caller's fault. */
export function gatherKernel(backend: TensorflowBackend): KernelFunc {
  const { TF_ATTR_INT, TF_ATTR_TYPE, TF_FLOAT, TF_INT32 } = backend.binding;
  return ({ inputs, attrs }) => {
    const [x, indices] = [inputs['x'] as TensorInfo, inputs['indices'] as TensorInfo];
    const axis = scalar(attrs?.['axis'] as number, 'int32');
    const attributes = [
      { name: 'batch_dims', type: TF_ATTR_INT, value: attrs?.['batchDims'] },
      { name: 'Tparams', type: TF_ATTR_TYPE, value: x.dtype === 'int32' ? TF_INT32 : TF_FLOAT },
      { name: 'Tindices', type: TF_ATTR_TYPE, value: TF_INT32 },
      { name: 'Taxis', type: TF_ATTR_TYPE, value: TF_INT32 },
    ];
    const [gathered] = backend.executeMultipleOutputs('GatherV2', attributes, [x, indices, axis], 1);
    axis.dispose();
    return gathered as Tensor;
  };
}
