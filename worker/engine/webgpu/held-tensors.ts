/** Tensors that a forward kernel leaves for its gradient kernel; they live until the backend's step ends. */
import { keep, type Tensor } from '@tensorflow/tfjs-core';

let saved: Tensor[] = [];

/** Keep a tensor, whatever scope made it, until {@link endStep}. */
export function keepForStep<T extends Tensor>(tensor: T): T {
  saved.push(tensor);
  return keep(tensor);
}

/** Dispose everything kept: call when a step ends. */
export function endStep(): void {
  for (const tensor of saved) tensor.dispose();
  saved = [];
}
