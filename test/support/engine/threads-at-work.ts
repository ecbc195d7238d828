/** A process with helper threads for the tests of their life: `once` works and is done, `forever` says that it works and never ends. */
import { writeSync } from 'node:fs';
import { JobQueue, kind } from '../../../worker/engine/simd/jobs.ts';
import { kernelModes } from '../../../worker/engine/simd/kernel-modes.ts';

const queue = new JobQueue(kernelModes.plain);
await queue.useThreads(4);

function work(): void {
  const out = queue.heap.temporary(1000);
  queue.together(() => {
    for (let i = 0; i < 8; i++) queue.push(kind.zero, out + i * 400, 400);
  });
  queue.flush();
  queue.heap.endStep();
}

work();
writeSync(1, 'done');
while (process.argv[2] === 'forever') work();
