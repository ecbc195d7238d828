/** How a fused operation meets tfjs: run a kernel by name with saved context, and register its gradient kernel. */
import { engine, registerGradient, type NamedAttrMap, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Run the fused kernel `name`. `attributes` carry sizes, index arrays and an empty `saved` object in which the forward
 * kernel leaves what its gradient kernel needs; both live until the backend's step ends.
 */
export function runFused(name: string, inputs: Record<string, Tensor>, attributes: object): Tensor[] {
  const result = engine().runKernel<Tensor | Tensor[]>(name, inputs, attributes as NamedAttrMap);
  return Array.isArray(result) ? result : [result];
}

/** The one output of a fused kernel. */
export function runFusedSingle(name: string, inputs: Record<string, Tensor>, attributes: object): Tensor {
  const [output] = runFused(name, inputs, attributes);
  if (!output) throw new Error(`${name} gave no output`);
  return output;
}

/**
 * Register the gradient of `name`: kernel `nameGrad` gets dy0, dy1, … and the same attributes, and returns one gradient
 * for each of `inputNames(attributes)`, in that order, of exactly the inputs' shapes.
 */
export function registerFusedGradient<A>(name: string, inputNames: (attributes: A) => string[]): void {
  registerGradient({
    kernelName: name,
    inputsToSave: [],
    gradFunc: (dy, _saved, attributes) => {
      const outputs = Array.isArray(dy) ? dy : [dy];
      const gradients = runFused(
        `${name}Grad`,
        Object.fromEntries(outputs.map((tensor, i) => [`dy${i}`, tensor])),
        attributes,
      );
      const named = inputNames(attributes as A).map((input, i) => [input, () => gradients[i] as Tensor] as const);
      return Object.fromEntries(named);
    },
  });
}
