/** Tagging with frozen weights as one piece, on backends that have it: what depends on a word alone is computed once a word. */
import { getBackend, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import type { CrfSpec } from './crf.ts';
import type { DecodedTags, DecoderGate, DecoderSpec } from './decode.ts';
import type { PackedRows } from './layout.ts';
import type { RecurrentLayer } from './shared-cell.ts';

/** The word encoder and the decoder of one task; copies and gates of the encoder meet as the decoder's do, see {@link DecoderSpec}. */
export interface InferenceSpec {
  readonly cell: 'lstm' | 'gru';
  /** Each copy's bidirectional layers, the lowest first: that reads x [.., I], the others what is below them. Copies are alike. */
  readonly copies: readonly (readonly RecurrentLayer[])[];
  /** Kernel [2·2H + I, 2H], bias [2H]. */
  readonly gates: readonly DecoderGate[];
  readonly decoder: DecoderSpec | ScorerSpec;
}

/**
 * A decoder that scores the tags of every token and chooses whole sequences: copies of a tanh layer over the word encoding (none: that
 * itself), met through gates as the cells of a {@link DecoderSpec}, the projection to scores, and a CRF over them.
 */
export interface ScorerSpec {
  readonly layers: readonly { readonly kernel: Tensor2D; readonly bias: Tensor1D }[];
  /** Kernel [2O + I, O], bias [O]. */
  readonly gates: readonly DecoderGate[];
  readonly projection: DecoderSpec['projection'];
  readonly crf: CrfSpec;
}

/** Sentences in packed rows; `inputs` [N] is what {@link Inference.project} gave for the word of each row. */
export interface InferenceBatch {
  readonly rows: PackedRows;
  readonly inputs: Int32Array;
}

/** Weights laid out for tagging. They are a copy: later changes of the network do not show. */
export interface Inference {
  /** Batches that should run at a time, so that no thread waits. */
  readonly width: number;
  /** Bytes that the projections hold; {@link forget} frees them. */
  readonly bytes: number;
  /** Project the encoder inputs x [W,I] of words; a number for each, valid until {@link forget}. */
  project(x: Tensor2D): Int32Array;
  /** Drop all projections. */
  forget(): void;
  /** Tag batches greedily, all of them at a time; one result a batch, rows in its order. */
  tag(batches: readonly InferenceBatch[]): Promise<DecodedTags[]>;
  /** Free everything. */
  dispose(): void;
}

type Prepare = (spec: InferenceSpec) => Inference;

const implementations = new Map<string, Prepare>();

/** Say how a backend does inference in one piece. */
export function registerInference(backendName: string, prepare: Prepare): void {
  implementations.set(backendName, prepare);
}

/** Lay out the weights for tagging; null where the current backend has no such thing. The caller disposes the result. */
export function prepareInference(spec: InferenceSpec): Inference | null {
  return implementations.get(getBackend())?.(spec) ?? null;
}
