/** A helper thread: kernels of its own over the shared memory, working on job lists until told to end. */
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { HelperData } from './threads.ts';
import { addresses, scratchBytes } from './memory-layout.ts';
import { instantiate } from './wasm.ts';

/** Turns of spinning before a helper sleeps between lists: some hundred microseconds, about what lies between two lists of a step. */
const spin = 200_000;

const { index, memory, options } = workerData as HelperData;
const kernels = instantiate(readFileSync(new URL(`./build/${options.build}.wasm`, import.meta.url)), memory);
kernels.configure(addresses.scratch + (index + 1) * scratchBytes, options.wide);
parentPort?.postMessage('ready');
// Ends only when the queue closes; the message above is on its way before this blocks.
setImmediate(() => kernels.help(addresses.control, addresses.counters, addresses.ends, addresses.jobs, index, spin));
