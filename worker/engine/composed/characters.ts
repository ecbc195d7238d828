/** CharacterLstm and its gradient, composed: a recurrence over the tries' depths, so that shared beginnings are computed once. */
import {
  add,
  concat,
  gather,
  matMul,
  split,
  sum,
  tensor1d,
  unsortedSegmentSum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import type { CharacterTrie } from '../ops/layout.ts';
import type { CharacterLstmAttributes } from '../ops/lstm.ts';
import { recurrenceGradient, runRecurrence, type SavedRecurrence, type Step } from './recurrence.ts';
import { keepForStep, keepInput } from './step.ts';

type Inputs = Readonly<Record<string, Tensor>>;

/** A trie's indices on the device. */
interface UploadedTrie {
  readonly nodes: number;
  readonly ids: Tensor1D;
  readonly last: Tensor1D;
  readonly steps: readonly Step[];
}

interface SavedDirection {
  readonly trie: UploadedTrie;
  readonly kernel: Tensor2D;
  readonly recurrent: Tensor2D;
  readonly recurrence: SavedRecurrence;
}

interface SavedCharacters {
  readonly embedding: Tensor2D;
  readonly directions: readonly SavedDirection[];
}

/** See ops/lstm.ts. The input projection is a table over the alphabet. */
export function characterLstm(inputs: Inputs, attributes: CharacterLstmAttributes): Tensor2D[] {
  const { layers, tries } = attributes;
  const embedding = inputs['embedding'] as Tensor2D;
  const uploaded = [uploadTrie(tries.forward), uploadTrie(tries.backward)];
  const saved: SavedDirection[] = [];
  const ends = Array.from({ length: layers * 2 }, (_, i) => {
    const trie = uploaded[i % 2] as UploadedTrie;
    const kernel = keepInput<Tensor2D>(inputs[`kernel${i}`] as Tensor);
    const recurrent = keepInput<Tensor2D>(inputs[`recurrent${i}`] as Tensor);
    const table = add<Tensor2D>(matMul(embedding, kernel), inputs[`bias${i}`] as Tensor);
    const run = runRecurrence(trie.steps, gather(table, trie.ids), recurrent);
    saved.push({ trie, kernel, recurrent, recurrence: run.saved });
    return gather(run.hidden, trie.last);
  });
  attributes.saved = { embedding: keepInput<Tensor2D>(embedding), directions: saved } satisfies SavedCharacters;
  return Array.from({ length: layers }, (_, layer) => concat(ends.slice(layer * 2, layer * 2 + 2), 1));
}

/** Gradients of the embedding, then kernel, recurrent and bias of each direction of each layer. */
export function characterLstmGradient(inputs: Inputs, attributes: CharacterLstmAttributes): Tensor[] {
  const { embedding, directions } = attributes.saved as SavedCharacters;
  const dEnds = Array.from(
    { length: attributes.layers },
    (_, layer) => split(inputs[`dy${layer}`] as Tensor2D, 2, 1) as Tensor2D[],
  ).flat();
  let dEmbedding: Tensor2D | null = null;
  const weights = directions.flatMap(({ trie, kernel, recurrent, recurrence }, i) => {
    const dHidden = unsortedSegmentSum(dEnds[i] as Tensor2D, trie.last, trie.nodes) as Tensor2D;
    const gradient = recurrenceGradient(recurrence, recurrent, dHidden);
    const dTable = unsortedSegmentSum(gradient.projected, trie.ids, attributes.alphabet) as Tensor2D;
    const own: Tensor2D = matMul(dTable, kernel, false, true);
    dEmbedding = dEmbedding ? add<Tensor2D>(dEmbedding, own) : own;
    return [matMul(embedding, dTable, true, false), gradient.recurrent, sum(gradient.projected, 0)];
  });
  return [dEmbedding as unknown as Tensor, ...weights];
}

function uploadTrie({ ids, parents, counts, last }: CharacterTrie): UploadedTrie {
  let offset = 0;
  const steps = Array.from(counts, (count, depth): Step => {
    const own = offset;
    const before = own - (counts[depth - 1] ?? 0);
    offset += count;
    if (depth === 0) return { offset: own, count, begin: (state) => state, giveBack: (gradient) => gradient };
    const links = upload(parents.subarray(own, offset).map((parent) => parent - before));
    return {
      offset: own,
      count,
      begin: (state) => gather(state, links),
      giveBack: (gradient) => unsortedSegmentSum(gradient, links, own - before) as Tensor2D,
    };
  });
  return { nodes: ids.length, ids: upload(ids), last: upload(last), steps };
}

function upload(indices: Int32Array): Tensor1D {
  return keepForStep(tensor1d(indices, 'int32'));
}
