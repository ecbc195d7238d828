/** A program for the tests of runtimes that lack something: starts our backend on two threads, trains a step, prints what it found. */
import { tryEngine } from '../../worker/engine/start.ts';
import { probeJob } from '../../worker/jobs/probe.ts';

const outcome = await tryEngine({ backend: 'simd', threads: 2, kernels: 'plain' });
const { value } = await probeJob({ kind: 'probe', engine: { backend: 'simd' } }).next();
process.stdout.write(
  JSON.stringify(
    outcome.present
      ? { present: true, threads: outcome.engine.threads, notes: outcome.engine.notes, probe: value?.finding }
      : { present: false, reason: outcome.reason },
  ),
);
