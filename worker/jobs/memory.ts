/** Refuses a training that memory will not hold, before it starts, and says which batch size would fit. */
import type { EncodedSentence } from '../data/dataset.ts';
import { AppError } from '../domain/errors.ts';
import type { Recipe } from '../domain/recipe.ts';
import type { Task } from '../domain/task-names.ts';
import type { Engine } from '../engine/engine.ts';
import { estimateMemory } from '../model/memory.ts';
import type { NetworkSizes } from '../model/blocks.ts';

/** What is there, in bytes. */
export interface MemoryLimits {
  /** Free on the machine, or left to this process where a limit is set. */
  readonly free: number;
  /** The most that the backend's own heap can grow to; null where it has no such limit. */
  readonly heap: number | null;
}

type Sentences = ReadonlyMap<Task, readonly EncodedSentence[]>;

/** Addresses of our kernels are signed 32-bit numbers. */
const simdHeapBytes = 2 ** 31;

/** Limits as they are now. */
export function memoryLimits(backend: Engine['backend']): MemoryLimits {
  return { free: process.availableMemory(), heap: backend === 'simd' ? simdHeapBytes : null };
}

/** What a training with this recipe on these sentences will take, of the engine's heap and in all, in bytes. */
export function neededMemory(
  recipe: Recipe,
  sizes: NetworkSizes,
  sentences: Sentences,
  batchSize = recipe.training.batchSize,
): { readonly bytes: number; readonly heapBytes: number } {
  const { weights, activations, saving, program } = estimateMemory(recipe, sizes, largestBatch(sentences, batchSize));
  return { bytes: weights + activations + saving + program, heapBytes: weights + activations };
}

/**
 * The bytes that this training will take.
 * @throws AppError `memory-exhausted` when they are not there, unless `force`.
 */
export function requireMemory(
  recipe: Recipe,
  sizes: NetworkSizes,
  sentences: Sentences,
  engine: Engine,
  force: boolean,
  limits: MemoryLimits = memoryLimits(engine.backend),
): number {
  const needs = (batchSize: number): { bytes: number; fits: boolean } => {
    const { bytes, heapBytes } = neededMemory(recipe, sizes, sentences, batchSize);
    return { bytes, fits: bytes <= limits.free && (limits.heap === null || heapBytes <= limits.heap) };
  };
  const { batchSize } = recipe.training;
  const { bytes, fits } = needs(batchSize);
  if (fits || force) return bytes;
  let fitting = batchSize;
  while (fitting > 0 && !needs(fitting).fits) fitting = Math.floor(fitting / 2);
  throw tooLarge(bytes, limits, fitting);
}

/** Tokens of the largest batch that can come: of each task's longest sentences. */
function largestBatch(sentences: Sentences, batchSize: number): number {
  const tokens = [...sentences.values()].map((ofTask) =>
    ofTask
      .map(({ words }) => words.length)
      .sort((a, b) => b - a)
      .slice(0, batchSize)
      .reduce((sum, length) => sum + length, 0),
  );
  return Math.max(...tokens);
}

function tooLarge(bytes: number, limits: MemoryLimits, fitting: number): AppError {
  const isShort = bytes > limits.free;
  const there = isShort
    ? `and ${gigabytes(limits.free)} are free`
    : `and the backend simd can hold ${gigabytes(limits.heap ?? 0)}`;
  const nextStep =
    fitting > 0
      ? `Train with --set training.batchSize=${fitting}, or start it all the same with --force.`
      : 'Choose smaller hidden sizes or fewer word vectors (wordEmbedding.maxWords), or start it all the same with --force.';
  return new AppError('memory-exhausted', `This training would take about ${gigabytes(bytes)} of memory, ${there}.`, {
    details: {
      nextStep,
      neededBytes: Math.round(bytes),
      freeBytes: Math.round(limits.free),
      ...(fitting > 0 ? { fittingBatchSize: fitting } : {}),
    },
  });
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
