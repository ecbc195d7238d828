/** Starts the engine that core ordered for a job. */
import type { EngineFacts, EngineOrder } from '../domain/backends.ts';
import { AppError } from '../domain/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { tryEngine } from '../engine/start.ts';

/** @throws AppError `engine-unavailable` with the reason. */
export async function openEngine(order: EngineOrder = { backend: 'simd' }): Promise<Engine> {
  const outcome = await tryEngine(order);
  if (outcome.present) return outcome.engine;
  throw engineUnavailable(order.backend, outcome.reason);
}

/** What is told of an engine beside a job's result. */
export function engineFacts({ backend, threads, kernels, notes }: Engine): EngineFacts {
  return { backend, threads, kernels: kernels?.mode ?? null, notes };
}

/** A backend that stops in the middle of its work, a GPU that was taken away: core may go on with another. Passes errors of ours on. */
export function engineFailure(engine: Engine, thrown: unknown): unknown {
  if (engine.backend === 'simd' || thrown instanceof AppError) return thrown;
  return engineUnavailable(engine.backend, thrown instanceof Error ? thrown.message : String(thrown), thrown);
}

function engineUnavailable(backend: string, reason: string, cause?: unknown): AppError {
  const nextStep =
    backend === 'simd'
      ? 'Run Notegraft on a machine whose processor has SSE4.1 (made since 2008) or on any 64-bit ARM.'
      : '`notegraft backends --refresh` tries every backend again; --backend simd always runs on the processor.';
  return new AppError('engine-unavailable', `The backend ${backend} cannot be used: ${reason}.`, {
    details: { nextStep },
    cause,
  });
}
