/** JoinRows and CharacterMean with their gradients, composed. */
import {
  concat,
  gather,
  matMul,
  mul,
  split,
  tensor1d,
  tensor2d,
  unsortedSegmentSum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import type { CharacterTries } from '../ops/layout.ts';
import type { CharacterMeanAttributes, JoinAttributes } from '../ops/rows.ts';
import { dropoutMask } from './dropout.ts';
import { keepForStep } from './step.ts';

type Inputs = Readonly<Record<string, Tensor>>;

interface SavedPart {
  readonly index: Tensor1D | null;
  readonly mask: Tensor2D | null;
}

/** See ops/rows.ts. */
export function joinRows(inputs: Inputs, attributes: JoinAttributes): Tensor2D {
  const tables = [inputs['left'], inputs['right']] as Tensor2D[];
  const saved: SavedPart[] = attributes.parts.map(({ index, columns, dropout }) => ({
    index: index && keepForStep(tensor1d(index, 'int32')),
    mask: dropoutMask(attributes.rows, columns, dropout),
  }));
  attributes.saved = saved;
  const parts = saved.map(({ index, mask }, i): Tensor2D => {
    const table = tables[i] as Tensor2D;
    const rows = index ? gather(table, index) : table;
    return mask ? mul(rows, mask) : rows;
  });
  return concat(parts, 1);
}

/** Gradients of both tables: rows picked more than once get the sum. */
export function joinRowsGradient(inputs: Inputs, attributes: JoinAttributes): Tensor2D[] {
  const widths = attributes.parts.map((part) => part.columns);
  const gradients = split<Tensor2D>(inputs['dy0'] as Tensor, widths, 1);
  return (attributes.saved as SavedPart[]).map(({ index, mask }, i) => {
    const gradient = gradients[i] as Tensor2D;
    const kept: Tensor2D = mask ? mul(gradient, mask) : gradient;
    return index ? unsortedSegmentSum<Tensor2D>(kept, index, attributes.parts[i]?.rows ?? 0) : kept;
  });
}

/** See ops/rows.ts. */
export function characterMean(inputs: Inputs, attributes: CharacterMeanAttributes): Tensor2D {
  const shares = keepForStep(characterShares(attributes.tries, attributes.alphabet));
  attributes.saved = shares;
  return matMul(shares, inputs['embedding'] as Tensor2D);
}

export function characterMeanGradient(inputs: Inputs, attributes: CharacterMeanAttributes): Tensor2D {
  return matMul(attributes.saved as Tensor2D, inputs['dy0'] as Tensor2D, true, false);
}

/** [W,A]: the share each character of the alphabet has in each word. */
function characterShares({ words, lengths, forward }: CharacterTries, alphabet: number): Tensor2D {
  const shares = new Float32Array(words * alphabet);
  for (let w = 0; w < words; w++) {
    for (let node = forward.last[w] ?? -1; node >= 0; node = forward.parents[node] ?? -1) {
      const place = w * alphabet + (forward.ids[node] ?? 0);
      shares[place] = (shares[place] ?? 0) + 1 / (lengths[w] ?? 1);
    }
  }
  return tensor2d(shares, [words, alphabet]);
}
