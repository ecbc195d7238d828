/** One step of the decoder for any number of rows, and all that can be computed before the first; composed. */
import {
  add,
  gather,
  matMul,
  mul,
  sigmoid,
  slice,
  sub,
  tensor2d,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import type { DecoderSpec } from '../ops/decode.ts';
import { lstmCell } from './recurrence.ts';

/** x·W + b of every token [N,·], and the same for every previous tag [K+1,·]. */
interface Projections {
  readonly fromWord: Tensor2D;
  readonly fromTag: Tensor2D;
}
interface Cell extends Projections {
  readonly recurrent: Tensor2D;
}
interface Gate extends Projections {
  readonly first: Tensor2D;
  readonly second: Tensor2D;
}

export interface Decoder {
  readonly tagCount: number;
  readonly cells: readonly Cell[];
  readonly gates: readonly Gate[];
  readonly projection: DecoderSpec['projection'];
  /** [2(K+1), K], 0 or −1e30: after each previous tag inside a sentence, then the same for a sentence's last token. */
  readonly mask: Tensor2D;
}

/** The state of each cell, [n,H]; null before a sentence's first token. */
export type CellStates = readonly { readonly hidden: Tensor2D; readonly cell: Tensor2D }[] | null;

/** What a step reads: the rows of a token table that its rows stand for, and the tags before them. */
export interface StepInput {
  readonly pick: (table: Tensor2D) => Tensor2D;
  readonly previous: Tensor1D;
  /** For each row 0 inside a sentence, K+1 on its last token. */
  readonly maskRows: Tensor1D;
}

/** `hidden` [N,I]: word encodings of all tokens. */
export function prepareDecoder(spec: DecoderSpec, hidden: Tensor2D): Decoder {
  const { tagEmbedding, projection, permitted } = spec;
  const I = hidden.shape[1];
  const [E, H, K] = [tagEmbedding.shape[1], ...projection.kernel.shape];
  const project = (kernel: Tensor2D, firstRow: number, bias: Tensor1D): Projections => ({
    fromWord: add(matMul(hidden, slice(kernel, [firstRow, 0], [I, -1])), bias),
    fromTag: matMul(tagEmbedding, slice(kernel, [firstRow + I, 0], [E, -1])),
  });
  const inputOf = ({ kernel, bias }: { kernel: unknown; bias: unknown }, firstRow: number): Projections =>
    project(kernel as Tensor2D, firstRow, bias as Tensor1D);
  return {
    tagCount: K,
    cells: spec.cells.map((cell) => ({ ...inputOf(cell, 0), recurrent: cell.recurrent as Tensor2D })),
    gates: spec.gates.map((gate) => ({
      ...inputOf(gate, 2 * H),
      first: slice(gate.kernel, [0, 0], [H, -1]),
      second: slice(gate.kernel, [H, 0], [H, -1]),
    })),
    projection,
    mask: additiveMask(permitted, K),
  };
}

/** New states, and for every tag a score: impossible tags have about −1e30. */
export function decoderStep(
  decoder: Decoder,
  input: StepInput,
  states: CellStates,
): { states: NonNullable<CellStates>; scores: Tensor2D } {
  const next = decoder.cells.map((cell, i) => lstmCell(projected(cell, input), cell.recurrent, states?.[i] ?? null));
  const { kernel, bias } = decoder.projection;
  const output = met(
    decoder.gates,
    next.map(({ hidden }) => hidden),
    input,
  );
  const logits = add<Tensor2D>(matMul(output, kernel), bias);
  return { states: next, scores: add(logits, gather(decoder.mask, add<Tensor1D>(input.previous, input.maskRows))) };
}

function projected({ fromWord, fromTag }: Projections, { pick, previous }: StepInput): Tensor2D {
  return add(pick(fromWord), gather(fromTag, previous));
}

/** The cells' outputs as one: through the gates (DTN Eq. 1–4, see ops/decode.ts for who meets whom), else their sum. */
function met(gates: readonly Gate[], [first, ...others]: readonly Tensor2D[], input: StepInput): Tensor2D {
  if (gates.length === 0) return others.reduce((sum, other) => add(sum, other), first as Tensor2D);
  return gates.reduce((mixed, gate, i) => {
    const other = others[i] as Tensor2D;
    const z = add<Tensor2D>(add(projected(gate, input), matMul(mixed, gate.first)), matMul(other, gate.second));
    return add(other, mul(sigmoid(z), sub(mixed, other)));
  }, first as Tensor2D);
}

function additiveMask({ inside, final }: DecoderSpec['permitted'], K: number): Tensor2D {
  const values = Float32Array.from([...inside, ...final], (allowed) => (allowed ? 0 : -1e30));
  return tensor2d(values, [2 * (K + 1), K]);
}
