/** Where in the shared memory the kernels find their lists. */

/** Byte addresses below the heap's first. Every thread has 1 KiB of scratch of its own from `scratch` on. */
export const addresses = {
  scratch: 64 * 1024,
  control: 256 * 1024,
  counters: 512 * 1024,
  ends: 1024 * 1024,
  jobs: 1280 * 1024,
} as const;

/** Regions a list can have, each with a cache line of counters, and jobs: some ten training steps. */
export const regionCapacity = 8192;
export const jobCapacity = 16_384;
/** All of these lists end below. */
export const listsEnd = 3 * 1024 * 1024;
export const scratchBytes = 1024;
/** Threads that fit the doors between `control` and `counters`. */
export const mostThreads = 64;
