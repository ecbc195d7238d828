/** The scores that a CRF, or a softmax over whole sentences, chooses tags by. */
import { add, matMul, zeros, type Rank, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import type { TagSet } from '../domain/tags.ts';
import type { Task } from '../domain/task-names.ts';
import { crfPermitted, type CrfSpec } from '../engine/ops/crf.ts';
import { headOwner, type Network } from './network.ts';
import { parameter } from './parameters.ts';
import { permittedTags } from './permitted.ts';

/** Scores [N,K] of the decoder's output [N, output] for a task. */
export function emissionsOf({ recipe, parameters }: Network, task: Task, output: Tensor2D): Tensor2D {
  const owner = headOwner(recipe, task);
  const scores: Tensor2D = matMul(output, parameter<Tensor2D>(parameters, `${owner}/projection/kernel`));
  return add(scores, parameter<Tensor1D>(parameters, `${owner}/projection/bias`));
}

/** A task's transitions; of a softmax all zero, so that only the impossible ones are left out. */
export function crfOf({ recipe, sizes, parameters }: Network, task: Task): CrfSpec {
  const K = sizes.tags[task] ?? 0;
  const transitions =
    recipe.decoder.kind === 'crf'
      ? parameter<Tensor2D>(parameters, `${headOwner(recipe, task)}/transitions`)
      : zeros<Rank.R2>([K + 2, K]);
  return { transitions, permitted: permittedOf(K, sizes.classes?.includes(task) === true) };
}

const known = new Map<string, Uint8Array>();

/** The tag scheme's transitions depend on the number of tags alone; classes may follow each other in any order. */
function permittedOf(K: number, areClasses: boolean): Uint8Array {
  const key = `${K} ${areClasses}`;
  const tags: TagSet = { labels: [], size: K, ...(areClasses ? { classes: true } : {}) };
  const permitted = known.get(key) ?? crfPermitted(permittedTags(tags), K);
  known.set(key, permitted);
  return permitted;
}
