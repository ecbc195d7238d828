/** A training put aside: everything that a later process needs to go on as if it had never stopped. */
import { gather, keep, tensor, tensor1d, tidy, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { AppError } from '../domain/errors.ts';
import type { Score } from '../domain/scores.ts';
import type { Task } from '../domain/task-names.ts';
import { wordTable, type Network } from '../model/network.ts';
import { encodeTensors, readTensorFile, type WeightValues } from '../model/tensor-file.ts';
import type { Moments, Optimizer } from './optimizer.ts';

/** Losses of the epoch under way, summed over its batches, by task; `share` is L_share before λ. */
export interface EpochSums {
  losses: Record<Task, number>;
  share: number;
  tokens: number;
}

/** How far a training is. */
export interface TrainingProgress {
  /** Epochs that are done. */
  epochs: number;
  /** Batches of the epoch after these that are done, 0 between two epochs. */
  batches: number;
  /** Optimizer steps so far. */
  steps: number;
  /** Of the epoch under way. */
  sums: EpochSums;
  epochMs: number;
  /** Of the epochs that are done. */
  trainedTokens: number;
  trainingMs: number;
  /** The epoch whose weights are kept, and its score; its weights are those of the run's model. */
  best: { epoch: number; dev: Score } | null;
}

/** One point of a training. Of the word table only the rows that training has changed are here. */
export interface TrainingPoint {
  readonly progress: TrainingProgress;
  /** State of the generator that makes rare words unknown. */
  readonly unknownWords: number;
  readonly wordRows: readonly number[];
  /** `weight/PATH`, `first/PATH`, `second/PATH`. */
  readonly tensors: WeightValues;
  /** Optimizer steps of each weight. */
  readonly weightSteps: Readonly<Record<string, number>>;
}

const formatVersion = 'training 2';

/** A point as it is kept. */
export interface SavedPoint {
  readonly point: TrainingPoint;
  /** What must be the same for the training to go on: a fingerprint of its data and recipe. */
  readonly facts: string;
  /** Seconds of work that led here. */
  readonly seconds: number;
}

/** Copy the present state out. The temporaries it leaves go with the next step's end. */
export async function takePoint(
  network: Network,
  optimizer: Optimizer,
  progress: TrainingProgress,
  unknownWords: number,
): Promise<TrainingPoint> {
  const rows = optimizer.touchedRows;
  const tensors: WeightValues = new Map();
  const save = async (kind: string, path: string, value: Tensor): Promise<void> => {
    if (path !== wordTable)
      tensors.set(`${kind}/${path}`, { values: (await value.data()) as Float32Array, shape: value.shape });
    else if (rows.length > 0) tensors.set(`${kind}/${path}`, await readRows(value as Tensor2D, rows));
  };
  for (const [path, value] of network.parameters) await save('weight', path, value);
  for (const [path, { first, second }] of optimizer.moments) {
    await save('first', path, first);
    if (second) await save('second', path, second);
  }
  return {
    progress: structuredClone(progress),
    unknownWords,
    wordRows: [...rows],
    tensors,
    weightSteps: Object.fromEntries([...optimizer.moments].map(([path, { step }]) => [path, step])),
  };
}

/** Rows of the table that are read at once: a fixed number, so that saving after every epoch takes no more of the engine's memory. */
const rowsAtOnce = 1024;

async function readRows(table: Tensor2D, rows: Int32Array): Promise<{ values: Float32Array; shape: number[] }> {
  const columns = table.shape[1];
  const values = new Float32Array(rows.length * columns);
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    const picked = tidy(() => gather(table, tensor1d(rows.subarray(from, from + rowsAtOnce), 'int32')));
    values.set(await picked.data(), from * columns);
    picked.dispose();
  }
  return { values, shape: [rows.length, columns] };
}

/**
 * Put a point's weights and moments into a network as it began (same recipe, vocabulary, vectors and seed) and a new optimizer.
 * @throws AppError `run-not-resumable` when the point belongs to another network.
 */
export async function restorePoint(network: Network, optimizer: Optimizer, point: TrainingPoint): Promise<void> {
  const { tensors, wordRows } = point;
  const { words, wordSize } = network.sizes;
  const whole = (kind: string, path: string, base: () => Float32Array): Tensor => {
    const saved = tensors.get(`${kind}/${path}`);
    const shape = network.parameters.get(path)?.shape;
    if (!saved || !shape) throw notTheSame();
    if (path !== wordTable) {
      if (saved.shape.join() !== shape.join()) throw notTheSame();
      return keep(tensor(saved.values, shape));
    }
    const values = base();
    for (const [i, row] of wordRows.entries())
      values.set(saved.values.subarray(i * wordSize, (i + 1) * wordSize), row * wordSize);
    return keep(tensor(values, shape));
  };
  for (const [path, value] of [...network.parameters]) {
    if (path === wordTable && wordRows.length === 0) continue;
    const begun = path === wordTable ? ((await value.data()) as Float32Array) : new Float32Array(0);
    network.parameters.set(
      path,
      whole('weight', path, () => begun),
    );
    value.dispose();
  }
  const zeros = (): Float32Array => new Float32Array(words * wordSize);
  const moments = new Map<string, Moments>();
  for (const [path, step] of Object.entries(point.weightSteps))
    moments.set(path, {
      first: whole('first', path, zeros),
      second: network.recipe.training.optimizer === 'adam' ? whole('second', path, zeros) : null,
      step,
    });
  optimizer.restore(moments, Int32Array.from(wordRows));
}

/** Serialise. */
export function encodePoint({ point, facts, seconds }: SavedPoint): Uint8Array {
  const { tensors, ...rest } = point;
  return encodeTensors(formatVersion, tensors, { point: JSON.stringify(rest), facts, seconds: String(seconds) });
}

const metadataSchema = z.object({
  notegraft: z.literal(formatVersion),
  point: z.string(),
  facts: z.string(),
  seconds: z.string(),
});

/** @throws AppError `run-not-resumable` when the bytes are cut, changed, or of another version. */
export function decodePoint(bytes: Uint8Array): SavedPoint {
  const file = readTensorFile(bytes, damaged);
  const metadata = metadataSchema.safeParse(file.metadata);
  if (!metadata.success) throw damaged('it was written by another version of Notegraft');
  const tensors = file.tensors();
  const rest = JSON.parse(metadata.data.point) as Omit<TrainingPoint, 'tensors'>;
  const { facts, seconds } = metadata.data;
  return { point: { ...rest, tensors }, facts, seconds: Number(seconds) };
}

function damaged(why: string, cause?: unknown): AppError {
  return new AppError('run-not-resumable', `The saved state of the training cannot be used: ${why}.`, {
    details: { nextStep: 'Train again; the best model of the run so far is still there.' },
    cause,
  });
}

/** For a point that belongs to other data, another recipe or another network. */
export function notTheSame(): AppError {
  return new AppError('run-not-resumable', 'The training documents are no longer those the run began with.', {
    details: { nextStep: 'Train again; the best model of the run so far is still there.' },
  });
}
