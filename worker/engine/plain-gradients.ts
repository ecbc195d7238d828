/** Gradients of the few plain tfjs operations that models use between the fused ones (tfjs-core's Node build brings none). */
import { matMul, registerGradient, reshape, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';

/** Register the gradients of Add (equal shapes), BatchMatMul (untransposed), Identity, Reshape and Cast. */
export function registerPlainGradients(): void {
  registerGradient({
    kernelName: 'Add',
    inputsToSave: [],
    gradFunc: (dy) => ({ a: () => (dy as Tensor).clone(), b: () => (dy as Tensor).clone() }),
  });
  registerGradient({
    kernelName: 'BatchMatMul',
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, saved) => {
      const [a, b] = saved as [Tensor2D, Tensor2D];
      return {
        a: () => matMul(dy as Tensor2D, b, false, true),
        b: () => matMul(a, dy as Tensor2D, true, false),
      };
    },
  });
  registerGradient({ kernelName: 'Identity', gradFunc: (dy) => ({ x: () => (dy as Tensor).clone() }) });
  registerGradient({
    kernelName: 'Reshape',
    inputsToSave: ['x'],
    gradFunc: (dy, saved) => ({ x: () => reshape(dy as Tensor, (saved[0] as Tensor).shape) }),
  });
  registerGradient({ kernelName: 'Cast', gradFunc: (dy) => ({ x: () => (dy as Tensor).clone() }) });
}
