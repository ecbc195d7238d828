/** One job's conversation with its worker process: the job and its documents go in, events and the result come out. */
import { AppError, type ErrorCode, type ErrorDetails, fromErrorRecord } from '../../worker/domain/errors.ts';
import { type JobKind, type JobOf } from '../../worker/protocol-jobs.ts';
import {
  type FromWorker,
  fromWorkerSchema,
  type JobEvents,
  type JobResults,
  type TaskDocument,
} from '../../worker/protocol.ts';
import type { WorkerEnd, WorkerHost } from './worker-host.ts';

export interface WorkerJob<K extends JobKind> {
  readonly job: JobOf<K>;
  /** Read while they are sent, so that never more than a chunk is in memory here. */
  readonly documents?: Iterable<readonly TaskDocument[]>;
  /** Called for each event in order; what it throws ends the job. */
  onEvent(event: JobEvents[K]): void;
}

/** How long a cancelled worker may take to clean up before it is killed. */
const cancelGraceMs = 3000;
/** How long a worker that has given its result may take to end. */
const endGraceMs = 2000;

/**
 * Run a job in a process of its own and wait for the process to be gone.
 * @throws AppError the worker's own error; `cancelled` once `signal` aborts; `worker-crashed` or `memory-exhausted` when the process
 * ends without a result; whatever `onEvent` or `documents` throw. When `pausing` aborts the worker is told; what comes of it is its own.
 */
export function runWorkerJob<K extends JobKind>(
  host: WorkerHost,
  work: WorkerJob<K>,
  signal: AbortSignal,
  pausing?: AbortSignal,
): Promise<JobResults[K]> {
  if (signal.aborted) return Promise.reject(cancelledError());
  return new Promise((resolve, reject) => {
    let outcome: { result: JobResults[K] } | { failure: Error } | null = null;
    let hasEnded = false;
    let killTimer: NodeJS.Timeout | undefined;

    const worker = host({
      onMessage(message) {
        if (outcome !== null) return;
        try {
          receive(readMessage<K>(message));
        } catch (thrown) {
          fail(thrown);
        }
      },
      onEnd(end) {
        if (hasEnded) return;
        hasEnded = true;
        clearTimeout(killTimer);
        signal.removeEventListener('abort', cancel);
        pausing?.removeEventListener('abort', pause);
        outcome ??= { failure: crashError(end) };
        if ('result' in outcome) resolve(outcome.result);
        else reject(outcome.failure);
      },
    });

    function receive(message: FromWorker<K>): void {
      if (message.type === 'event') return work.onEvent(message.event);
      if (message.type === 'done') outcome = { result: message.result };
      else
        outcome = {
          failure: fromErrorRecord(message.error),
        };
      killTimer ??= setTimeout(() => worker.kill(), endGraceMs);
    }

    function fail(failure: unknown): void {
      outcome ??= { failure: failure instanceof Error ? failure : new Error(String(failure)) };
      worker.kill();
    }

    function cancel(): void {
      if (outcome !== null) return;
      outcome = { failure: cancelledError() };
      killTimer = setTimeout(() => worker.kill(), cancelGraceMs);
      // A worker that is gone already needs no word; its end is on the way.
      worker.send({ type: 'cancel' }).catch(() => worker.kill());
    }

    function pause(): void {
      // A worker that is gone has nothing to put aside; how it ended says the rest.
      worker.send({ type: 'pause' }).catch(() => undefined);
    }

    async function feed(): Promise<void> {
      await worker.send({ type: 'job', job: work.job });
      for (const documents of work.documents ?? []) {
        if (outcome !== null) return;
        await worker.send({ type: 'documents', documents });
      }
      await worker.send({ type: 'start' });
    }

    signal.addEventListener('abort', cancel);
    if (pausing?.aborted === true) pause();
    else pausing?.addEventListener('abort', pause);
    feed().catch((thrown: unknown) => {
      if (!isClosedChannel(thrown)) fail(thrown);
      // Otherwise the worker has gone: how it ended says why.
    });
  });
}

function readMessage<K extends JobKind>(message: unknown): FromWorker<K> {
  const checked = fromWorkerSchema.safeParse(message);
  if (!checked.success)
    throw new AppError('worker-crashed', 'The worker process sent a message that is not understood.');
  // The schema knows the outer shape only and would strip the rest; our own worker vouches for the inner one.
  return message as FromWorker<K>;
}

function isClosedChannel(thrown: unknown): boolean {
  const codes = ['ERR_IPC_CHANNEL_CLOSED', 'EPIPE', 'ECONNRESET', 'ERR_IPC_DISCONNECTED'];
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown && codes.includes(String(thrown.code));
}

function cancelledError(): AppError {
  return new AppError('cancelled', 'The job was cancelled.');
}

function crashError(end: WorkerEnd): AppError {
  if (end.outOfMemory) {
    return jobError('memory-exhausted', 'The worker process ran out of memory.', {
      nextStep: 'Close other programs or choose a smaller batch size.',
    });
  }
  const how = end.signal === null ? `code ${end.exitCode ?? 'unknown'}` : `signal ${end.signal}`;
  return jobError('worker-crashed', `The worker process ended unexpectedly (${how}).`, {
    nextStep: 'Run the command again; what was stored before is intact.',
  });
}

function jobError(code: ErrorCode, message: string, details: ErrorDetails): AppError {
  return new AppError(code, message, { details });
}
