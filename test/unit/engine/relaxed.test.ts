/** The engine's operations on the kernels' mode "relaxed"; each mode needs a process of its own. */
import { describe } from 'node:test';
import { engineSuite } from '../../support/engine/engine-suite.ts';

describe('kernels: relaxed', await engineSuite('relaxed'));
