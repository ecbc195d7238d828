/** The fused operations composed from plain ones, on tfjs's own backend in JavaScript. */
import { before, describe } from 'node:test';
import '@tensorflow/tfjs-backend-cpu';
import { memory, setBackend } from '@tensorflow/tfjs-core';
import { registerComposedKernels } from '../../../worker/engine/composed/register.ts';
import { endStep } from '../../../worker/engine/composed/step.ts';
import { registerGradients } from '../../../worker/engine/gradients.ts';
import { fusedSuites } from '../../support/engine/engine-suite.ts';
import { runSuitesOn } from '../../support/engine/started-engine.ts';

describe('composed operations on the cpu backend', () => {
  before(async () => {
    await setBackend('cpu');
    registerComposedKernels('cpu');
    registerGradients();
    runSuitesOn({ endStep, memoryBytes: () => memory().numBytes });
  });
  fusedSuites();
});
