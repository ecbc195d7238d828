/** Starting the engine: one of the backends, and the gradients of our fused operations, which all of them share. */
import type { BackendName, Engine, EngineStart } from './engine.ts';
import { registerGradients } from './gradients.ts';
import { startSimd, type SimdOptions } from './simd/start.ts';

/** What a process asks of its engine. */
export interface EngineWish extends SimdOptions {
  /** Our own kernels where none is named. */
  readonly backend?: BackendName | undefined;
}

/** How each backend is started; the module of a backend is loaded only when it is asked for. */
const candidates: Readonly<Record<BackendName, (wish: EngineWish) => Promise<EngineStart>>> = {
  simd: (wish) => startSimd(wish),
  tensorflow: async (wish) => (await import('./tensorflow/start.ts')).startTensorflow(wish),
  webgpu: async () => (await import('./webgpu/start.ts')).startWebgpu(),
};

let started: Promise<EngineStart> | null = null;

/** Start the engine once a process, or say why it cannot; later calls give what the first one gave. */
export function tryEngine(wish: EngineWish = {}): Promise<EngineStart> {
  started ??= start(wish);
  return started;
}

/** {@link tryEngine} where absence is a failure. @throws Error with the reason. */
export async function startEngine(wish: EngineWish = {}): Promise<Engine> {
  const outcome = await tryEngine(wish);
  if (!outcome.present) throw new Error(`the engine cannot start: ${outcome.reason}`);
  return outcome.engine;
}

async function start(wish: EngineWish): Promise<EngineStart> {
  const outcome = await candidates[wish.backend ?? 'simd'](wish);
  if (!outcome.present) return outcome;
  registerGradients();
  return outcome;
}
