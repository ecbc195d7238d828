/** What a batch teaches experts beside its tags: the gate to know its source, the shared features not to show it. */
import { add, mul, scalar, type Scalar, type Tensor2D } from '@tensorflow/tfjs-core';
import { expertsOf } from '../domain/experts.ts';
import { sourcesOf, type Task } from '../domain/task-names.ts';
import { criticLoss } from './discriminator.ts';
import { gateLoss } from './experts.ts';
import type { Network } from './network.ts';

/**
 * λ_gate·L_gate − λ_adversary·L_critic of a batch's shared and private features [N,I]; the target has no expert, so no gate loss. Null for
 * recipes without experts.
 */
export function expertLosses(
  { recipe, parameters }: Network,
  task: Task,
  [shared, own]: readonly Tensor2D[],
): Scalar | null {
  const experts = expertsOf(recipe);
  if (experts === null || shared === undefined || own === undefined) return null;
  const tasks = new Int32Array(shared.shape[0]).fill(recipe.tasks.indexOf(task));
  const critic = criticLoss(parameters, experts.adversary, shared, tasks);
  const deceived: Scalar = mul(critic, scalar(-experts.adversaryWeight));
  const sources = sourcesOf(recipe.tasks);
  const gate = task === 'target' ? null : gateLoss(parameters, sources, sources.indexOf(task), own);
  return gate === null ? deceived : add(deceived, mul(gate, scalar(experts.gateWeight)));
}
