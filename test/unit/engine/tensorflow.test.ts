/** The engine's operations on TensorFlow, where its addon is installed or NOTEGRAFT_TFJS_NODE names it. */
import { describe, test } from 'node:test';
import { startTensorflow } from '../../../worker/engine/tensorflow/start.ts';
import { fusedSuites } from '../../support/engine/engine-suite.ts';
import { runSuitesOn } from '../../support/engine/started-engine.ts';

const started = await startTensorflow();
if (started.present) runSuitesOn(started.engine);

describe('operations on the tensorflow backend', () => {
  if (started.present) fusedSuites();
  else test('tensorflow', { skip: `TensorFlow is absent: ${started.reason}` });
});
