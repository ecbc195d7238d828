/** The engine that a test process's suites run on: the ordinary one, unless the test file chose another before. */
import type { Engine } from '../../../worker/engine/engine.ts';
import { startEngine as startOrdinaryEngine } from '../../../worker/engine/start.ts';

export type TestEngine = Pick<Engine, 'overlap' | 'endStep' | 'memoryBytes'>;

let chosen: TestEngine | null = null;

/** All suites of this process run on this engine from now on; its backend must be tfjs's current one. */
export function runSuitesOn(engine: TestEngine): void {
  chosen = engine;
}

export async function startEngine(): Promise<TestEngine> {
  return chosen ?? startOrdinaryEngine();
}
