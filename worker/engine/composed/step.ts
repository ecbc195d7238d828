/** Tensors that a fused operation saves for its gradient: they live until the batch ends. */
import { clone, keep, type Tensor } from '@tensorflow/tfjs-core';

let saved: Tensor[] = [];

/** Keep a tensor that the calling kernel made beyond its tidy, until {@link endStep}. */
export function keepForStep<T extends Tensor>(tensor: T): T {
  saved.push(tensor);
  return keep(tensor);
}

/** Keep an input's numbers until {@link endStep}, also when the input itself is disposed before. */
export function keepInput<T extends Tensor>(tensor: Tensor): T {
  return keepForStep(clone(tensor)) as T;
}

/** Dispose what was kept: call once a batch, when its gradients have been computed. */
export function endStep(): void {
  for (const tensor of saved) tensor.dispose();
  saved = [];
}
