/** Backends: each tried in a process of its own, the fastest right one chosen, and the next one when that fails. */
import os from 'node:os';
import {
  backendNames,
  judgeBackends,
  type BackendName,
  type BackendVerdict,
  type EngineOrder,
  type EngineWish,
  type ProbeFinding,
} from '../../worker/domain/backends.ts';
import { toErrorRecord } from '../../worker/domain/errors.ts';
import type { CallOutput, CheckedInput } from '../api/contract.ts';
import { type Findings, readFindings, writeFindings } from './backend-cache.ts';
import type { CoreContext } from './context.ts';

/** A graphics driver that hangs must not hold up the user for longer. */
const probeLimitMs = 60_000;

/** Backends to try in this order, and why the first. */
interface BackendChoice {
  readonly order: readonly [BackendName, ...BackendName[]];
  readonly reason: string;
}

/** Every backend with what was found of it, and the machine's cores and memory. */
export async function describeBackends(
  context: CoreContext,
  { refresh }: CheckedInput<'backends.list'>,
): Promise<CallOutput<'backends.list'>> {
  const verdicts = judgeBackends(await findings(context, refresh));
  return {
    backends: verdicts.map(backendView),
    cores: os.availableParallelism(),
    memory: {
      totalBytes: os.totalmem(),
      freeBytes: process.availableMemory(),
      processLimitBytes: memoryLimit(),
    },
  };
}

function backendView({ backend, usable, chosen, reason, finding }: BackendVerdict): BackendViewOf {
  const base = { backend, present: finding.present, usable, chosen, reason };
  if (!finding.present) return { ...base, stepMs: null, threads: null, kernels: null, notes: [], memoryBytes: null };
  const { engine, kernels, stepMs, memoryBytes } = finding;
  const mode = engine.kernels;
  return {
    ...base,
    stepMs,
    threads: engine.threads,
    kernels: kernels === null || mode === null ? null : { mode, ...kernels },
    notes: engine.notes,
    memoryBytes,
  };
}
type BackendViewOf = CallOutput<'backends.list'>['backends'][number];

/** The limit a container or the system sets to this process; null without one. */
function memoryLimit(): number | null {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < os.totalmem() ? limit : null;
}

/** What a job may do when its backend fails. */
export interface Failover {
  /** Whether the job goes on after a crash in its middle, rather than only where a backend did not start. */
  readonly afterCrash: boolean;
  /** Told before the next backend is tried. */
  onChange(from: BackendName, to: BackendName, reason: string): void;
}

const startOnly: Failover = { afterCrash: false, onChange: () => undefined };

/**
 * Run a job on the backend that is wished for; with `auto` on the fastest, and on the next where that fails.
 * @throws AppError `engine-unavailable` when no backend is left; the job's own.
 */
export async function onBackend<T>(
  context: CoreContext,
  wish: EngineWish,
  attempt: (order: EngineOrder, reason: string) => Promise<T>,
  failover: Failover = startOnly,
): Promise<T> {
  const choice = await chooseBackend(context, wish);
  const { threads } = wish;
  let reason = choice.reason;
  for (const [i, backend] of choice.order.entries()) {
    try {
      return await attempt({ backend, ...(threads === undefined ? {} : { threads }) }, reason);
    } catch (thrown) {
      const next = choice.order[i + 1];
      if (next === undefined || !isBackendFailure(thrown, backend, failover)) throw thrown;
      reason = `${toErrorRecord(thrown).message} The next one is ${next}.`;
      failover.onChange(backend, next, reason);
    }
  }
  throw new Error('a choice of no backends');
}

function isBackendFailure(thrown: unknown, backend: BackendName, { afterCrash }: Failover): boolean {
  const { code } = toErrorRecord(thrown);
  if (code === 'engine-unavailable') return true;
  return afterCrash && backend !== 'simd' && (code === 'worker-crashed' || code === 'memory-exhausted');
}

async function chooseBackend(context: CoreContext, wish: EngineWish): Promise<BackendChoice> {
  if (wish.backend !== 'auto') return { order: [wish.backend], reason: 'Asked for by name.' };
  const verdicts = judgeBackends(await findings(context, false)).filter(({ usable }) => usable);
  const [first, ...others] = verdicts;
  // Where even our own was not found to run, its start says why.
  if (first === undefined) return { order: ['simd'], reason: 'No backend passed its self-test.' };
  return { order: [first.backend, ...others.map(({ backend }) => backend)], reason: first.reason };
}

async function findings(context: CoreContext, refresh: boolean): Promise<Findings> {
  const known = refresh ? null : readFindings(context.appVersion);
  if (known !== null && backendNames.every((name) => known.has(name))) return known;
  const found = new Map<BackendName, ProbeFinding>();
  // One after the other: together they would time each other.
  for (const name of backendNames) found.set(name, await probe(context, name));
  writeFindings(context.appVersion, found);
  return found;
}

/** One backend in a process of its own; whatever happens to it is a finding. @throws AppError `cancelled` when the user cancels. */
async function probe(context: CoreContext, backend: BackendName): Promise<ProbeFinding> {
  let timer: NodeJS.Timeout | undefined;
  let tookTooLong = false;
  try {
    const { finding } = await context.jobs.run<'probe'>('backends.list', (job) => {
      timer = setTimeout(() => {
        tookTooLong = true;
        context.jobs.cancel(job);
      }, probeLimitMs);
      return { job: { kind: 'probe', engine: { backend } }, onEvent: () => undefined };
    });
    return finding;
  } catch (thrown) {
    if (tookTooLong) return { present: false, reason: `its self-test took longer than ${probeLimitMs / 1000} s` };
    const { code, message } = toErrorRecord(thrown);
    if (code === 'cancelled') throw thrown;
    return { present: false, reason: `its self-test failed (${message.replace(/\.$/, '')})` };
  } finally {
    clearTimeout(timer);
  }
}
