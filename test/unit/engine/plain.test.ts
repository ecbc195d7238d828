/** The engine's operations on the kernels' mode "plain"; each mode needs a process of its own. */
import { describe } from 'node:test';
import { engineSuite } from '../../support/engine/engine-suite.ts';

describe('kernels: plain', await engineSuite('plain'));
