/** The engine's operations on the kernels' mode "revectorized" with two threads; each mode needs a process of its own. */
import { describe } from 'node:test';
import { engineSuite } from '../../support/engine/engine-suite.ts';

describe('kernels: revectorized, two threads', await engineSuite('revectorized', 2));
