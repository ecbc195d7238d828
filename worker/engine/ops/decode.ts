/** Tagging: the decoder LSTM fed with its own previous tag, choosing among permitted tags only. */
import { keep, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { runFused } from './kernel-call.ts';
import type { PackedRows } from './layout.ts';
import type { LstmWeights } from './lstm.ts';

/** A gate of the decoder, see ops/gate.ts: kernel [2H + I + E, H], bias [H]. */
export interface DecoderGate {
  readonly kernel: Tensor2D;
  readonly bias: Tensor1D;
}

/**
 * The decoder of one task. Cells read [word encoding (I) ‖ embedding of the previous tag (E)]. One cell: its state is
 * the output. With one gate: cells are [soft, hard] and the gate mixes them (first = soft). With two: cells are
 * [soft, hard, independent] and the second gate mixes the first gate's output (first) with the independent cell (second).
 * Without gates and with several cells, the outputs are added.
 */
export interface DecoderSpec {
  readonly cells: readonly LstmWeights[];
  readonly gates: readonly DecoderGate[];
  /** [K+1, E]; the last row is the tag before a sentence's first token. */
  readonly tagEmbedding: Tensor2D;
  /** [H, K] and [K]. */
  readonly projection: { readonly kernel: Tensor2D; readonly bias: Tensor1D };
  /** [K+1, K] 0/1: may tag k follow tag p (row K: start of sentence)? `final` the same where no token follows. */
  readonly permitted: { readonly inside: Uint8Array; readonly final: Uint8Array };
}

export interface DecodeAttributes {
  readonly spec: DecoderSpec;
  readonly rows: PackedRows;
  readonly beamWidth: number;
}

/** Tags [N] and, for each, its probability among the permitted tags given the tags before it, in packed row order. */
export interface DecodedTags {
  readonly tags: Int32Array;
  readonly probabilities: Float32Array;
}

/**
 * Decode `hidden` [N,I]: greedily for a beam width of 1, else by beam search over whole sentences. The inputs are read before the
 * first wait, so the caller's scope may end then.
 */
export async function decodeTagRows(
  hidden: Tensor2D,
  spec: DecoderSpec,
  rows: PackedRows,
  beamWidth: number,
): Promise<DecodedTags> {
  const attributes: DecodeAttributes = { spec, rows, beamWidth };
  const [tags, probabilities] = runFused('DecodeTags', { hidden }, attributes).map(keep) as [Tensor, Tensor];
  const values = await Promise.all([tags.data<'int32'>(), probabilities.data<'float32'>()]);
  tags.dispose();
  probabilities.dispose();
  return { tags: values[0], probabilities: values[1] };
}
