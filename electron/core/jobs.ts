/** The jobs that are running now, so that they can be watched and cancelled by id. */
import { AppError } from '../../worker/domain/errors.ts';
import type { CallName } from '../api/contract.ts';
import type { EventListener } from '../api/events.ts';
import type { JobKind } from '../../worker/protocol-jobs.ts';
import type { JobResults } from '../../worker/protocol.ts';
import type { WorkerHost } from './worker-host.ts';
import { runWorkerJob, type WorkerJob } from './worker-job.ts';

export interface Jobs {
  /** The program ends: jobs that fail with `cancelled` now were not cancelled by the user. */
  readonly isClosing: boolean;
  /** Those at work, oldest first. */
  list(): { readonly job: string; readonly call: CallName }[];
  /**
   * Run one job for a call. `work` is asked for once the job has its id.
   * @throws AppError as {@link runWorkerJob}.
   */
  run<K extends JobKind>(call: CallName, work: (job: string) => WorkerJob<K>): Promise<JobResults[K]>;
  /** Whether there was such a job. Its call fails with `cancelled` when its process is gone. */
  cancel(job: string): boolean;
  /** Ask a training to put itself aside. Whether there was such a job; its call fails with `paused`. */
  pause(job: string): boolean;
  /** Put trainings aside and cancel all else. Until `settled` resolves, new jobs are refused with `cancelled`. */
  stop(settled: () => Promise<unknown>): Promise<void>;
  /** Cancel all, and wait until they are gone. */
  close(): Promise<void>;
}

interface Running {
  readonly call: CallName;
  readonly controller: AbortController;
  readonly pausing: AbortController;
  readonly ended: Promise<void>;
}

/** `emit` is told when a job starts and ends. */
export function openJobs(host: WorkerHost, emit: EventListener): Jobs {
  const running = new Map<string, Running>();
  let started = 0;
  let isClosing = false;
  let isStopping = false;

  return {
    get isClosing() {
      return isClosing;
    },
    list: () => [...running].map(([job, { call }]) => ({ job, call })),
    async run(call, work) {
      if (isStopping) throw new AppError('cancelled', 'All work on the project is being stopped.');
      const job = `job-${++started}`;
      const controller = new AbortController();
      const pausing = new AbortController();
      const ended = Promise.withResolvers<void>();
      // Known before it is announced: whoever hears of it may cancel it at once.
      running.set(job, { call, controller, pausing, ended: ended.promise });
      try {
        emit('job.started', { job, call });
        return await runWorkerJob(host, work(job), controller.signal, pausing.signal);
      } finally {
        running.delete(job);
        ended.resolve();
        emit('job.ended', { job });
      }
    },
    cancel(job) {
      running.get(job)?.controller.abort();
      return running.has(job);
    },
    pause(job) {
      running.get(job)?.pausing.abort();
      return running.has(job);
    },
    async stop(settled) {
      isStopping = true;
      for (const { call, controller, pausing } of running.values()) {
        if (call === 'training.train' || call === 'training.resume') pausing.abort();
        else controller.abort();
      }
      try {
        await settled();
      } finally {
        isStopping = false;
      }
    },
    async close() {
      isClosing = true;
      const open = [...running.values()];
      for (const { controller } of open) controller.abort();
      await Promise.all(open.map(({ ended }) => ended));
    },
  };
}
