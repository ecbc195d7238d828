/** One component's relation between the tasks: which copies of a block run for a task, and how their outputs meet. */
import { add, matMul, ones, reshape, type Rank, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import type { Component, Recipe, Sharing } from '../domain/recipe.ts';
import { sourcesOf, type Task } from '../domain/task-names.ts';
import { gateMix } from '../engine/ops/gate.ts';
import { parameter, uniform, type Initial, type Parameters } from './parameters.ts';

/** The owners' paths of the copies that run for a task, in the order soft, hard, independent. */
export function copies(component: Component, sharing: Sharing, task: Task): string[] {
  const own = (copy: string): string => `${task}/${component}/${copy}`;
  const hard = `shared/${component}/hard`;
  switch (sharing.kind) {
    case 'independent':
      return [own('independent')];
    case 'soft':
      return [own('soft')];
    case 'hard':
    case 'shared-cell':
    case 'layered':
      return [hard];
    case 'experts':
      return [hard, `shared/${component}/private`];
    case 'gated':
      return [own('soft'), hard, ...(sharing.independent && task === 'target' ? [own('independent')] : [])];
  }
}

/**
 * How many of a component's layers run for a task: all, but where they are layered for a source so many that its tags come from its own
 * layer (the first source's is `sourceLayer`, each next one's the layer above, up to the last).
 */
export function layersOfTask({ sharing, tasks }: Recipe, component: Component, task: Task, layers: number): number {
  const relation = sharing[component];
  if (relation.kind !== 'layered' || task === 'target') return layers;
  return Math.min(layers, relation.sourceLayer + sourcesOf(tasks).indexOf(task));
}

/** A gate's weights as stored: kernel [2O+I, O] or, for a scalar gate, [2O+I, 1]. */
export interface GateWeights {
  readonly kernel: Tensor2D;
  readonly bias: Tensor1D;
}

/** How many gates the target's side of a component has: g1 (Eq. 1) and, with an independent copy, g2 (Eq. 3). */
function gateCount(sharing: Sharing): number {
  return sharing.kind === 'gated' ? (sharing.independent ? 2 : 1) : 0;
}

/** Weights of a component's gates: O its output size, I the size of its input a_target. */
export function gateInitials(
  component: Component,
  sharing: Sharing,
  O: number,
  I: number,
): [path: string, initial: Initial][] {
  const width = sharing.kind === 'gated' && sharing.gate === 'scalar' ? 1 : O;
  return Array.from({ length: gateCount(sharing) }, (_, i): [string, Initial][] => [
    [`target/${component}/gate${i + 1}/kernel`, uniform([2 * O + I, width], 2 * O + I)],
    [`target/${component}/gate${i + 1}/bias`, uniform([width], 2 * O + I)],
  ]).flat();
}

/** The gates of the target's side, widened to [.., O] when they are scalars (one value a token, the same for all units). */
export function gates(parameters: Parameters, component: Component, sharing: Sharing, O: number): GateWeights[] {
  return Array.from({ length: gateCount(sharing) }, (_, i) => {
    const kernel = parameter<Tensor2D>(parameters, `target/${component}/gate${i + 1}/kernel`);
    const bias = parameter<Tensor1D>(parameters, `target/${component}/gate${i + 1}/bias`);
    if (kernel.shape[1] === O) return { kernel, bias };
    const row = ones<Rank.R2>([1, O]);
    return {
      kernel: matMul(kernel, row),
      bias: reshape<Rank.R1>(matMul(reshape<Rank.R2>(bias, [1, 1]), row), [O]),
    };
  });
}

/**
 * Meet the copies' outputs [N,O]. Target (Eq. 1–4): o_shared = (1−g1)·hard + g1·soft, o_target = (1−g2)·independent + g2·o_shared.
 * Source: hard + soft. A single copy is its own result. `input` is a_target [N,I].
 */
export function meet(
  outputs: readonly Tensor2D[],
  gateWeights: readonly GateWeights[],
  input: () => Tensor2D,
): Tensor2D {
  const [first, ...others] = outputs;
  if (!first) throw new Error('a component without copies');
  if (gateWeights.length === 0) return others.reduce((sum, output) => add(sum, output), first);
  const a = input();
  return gateWeights.reduce((mixed, gate, i) => {
    const other = others[i];
    if (!other) throw new Error('more gates than copies');
    return gateMix(mixed, other, a, gate.kernel, gate.bias);
  }, first);
}
