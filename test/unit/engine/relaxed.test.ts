/** The engine's operations on the kernels' mode "relaxed" with three threads; each mode needs a process of its own. */
import { describe } from 'node:test';
import { engineSuite } from '../../support/engine/engine-suite.ts';

describe('kernels: relaxed, three threads', await engineSuite('relaxed', 3));
