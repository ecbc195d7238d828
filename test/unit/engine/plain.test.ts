/** The engine's operations on the kernels' mode "plain" with one thread; each mode needs a process of its own. */
import { describe } from 'node:test';
import { engineSuite } from '../../support/engine/engine-suite.ts';

describe('kernels: plain, one thread', await engineSuite('plain', 1));
