/** What every backend offers to the rest of the worker, and how one says that it cannot run here. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { KernelChoice } from './simd/kernel-modes.ts';

/** The backends, the embedded one first. */
export type BackendName = 'simd' | 'tensorflow' | 'webgpu';

/** Lets one training step be queued while the one before it is computed. */
export interface StepOverlap {
  /** To be called when a step is queued: the function returned waits for that step, not for what is queued since, and reads its `report`. */
  reading(report: Tensor): () => Float32Array;
  /** The step before the one queued last has been read: its temporaries are taken back for the next. */
  turn(): void;
}

/** What runs the numbers, as shown to the user. */
export interface Engine {
  readonly backend: BackendName;
  /** Threads that share the work; 1 where the backend keeps its own counsel. */
  readonly threads: number;
  /** How our kernels run, and why so; null on backends that bring their own. */
  readonly kernels: KernelChoice | null;
  /** What the user should know of this start, a sentence each ("one thread only, because …"). */
  readonly notes: readonly string[];
  /** Ends a batch: temporaries of fused operations are taken back. */
  endStep(): void;
  /** Null where each step has to be read and ended before the next is queued. */
  readonly overlap: StepOverlap | null;
  /** Bytes the engine holds. */
  memoryBytes(): number;
}

/** A backend that is not installed, finds no device or lacks what it needs is an expected outcome, not an error. */
export type EngineStart =
  { readonly present: true; readonly engine: Engine } | { readonly present: false; readonly reason: string };

/** What a start may ask for; what is left out the backend decides. */
export interface EngineOptions {
  /** 1… */
  readonly threads?: number | undefined;
}
