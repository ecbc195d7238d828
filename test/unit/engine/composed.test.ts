/** The fused operations composed from plain ones, on tfjs's own backend in JavaScript. */
import { before, describe } from 'node:test';
import { startComposedOnCpu } from '../../support/engine/backends.ts';
import { fusedSuites } from '../../support/engine/engine-suite.ts';
import { runSuitesOn } from '../../support/engine/started-engine.ts';

describe('composed operations on the cpu backend', () => {
  before(async () => {
    runSuitesOn(await startComposedOnCpu());
  });
  fusedSuites();
});
