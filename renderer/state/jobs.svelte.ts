/** The jobs that run now, as core's events tell. */
import type { CallName } from '../../electron/api/contract.ts';
import { callCore, onConnect, onCoreEvent } from '../desk.svelte.ts';

export interface Job {
  readonly id: string;
  /** The call that started it. */
  readonly call: string;
  readonly title: string;
  readonly done: number;
  /** Null where nobody knows. */
  readonly total: number | null;
  readonly failed: number;
  readonly tokensPerSecond: number | null;
}

const titles: Partial<Record<CallName, string>> = {
  'corpora.detect': 'Looking at the folder',
  'corpora.import': 'Importing',
  'corpora.export': 'Exporting',
  'training.estimate': 'Measuring',
  'training.train': 'Training',
  'studies.start': 'Training for a study',
  'evaluation.evaluate': 'Evaluating',
  'tagging.tag': 'Tagging',
  'tagging.start': 'Tagging',
  'tagging.resume': 'Tagging',
  'taggings.export': 'Exporting entities',
  'runs.inspect': 'Preparing the reports',
  'runs.tokenGates': 'Reading a sentence',
  'runs.experts': 'Asking the experts',
  'runs.exportGates': 'Exporting gates',
  'studies.export': 'Exporting a study',
  'runs.difference': 'Comparing',
  'runs.keptRetention': 'Comparing',
  'runs.retention': 'Beside a source-only model',
  'bench.run': 'Measuring',
  'embeddings.train': 'Learning word vectors',
};

let running = $state.raw<readonly Job[]>([]);

export const jobs = {
  get running(): readonly Job[] {
    return running;
  },
};

/** 0…1, or null where nobody knows. */
export function shareDone({ done, total }: Job): number | null {
  return total === null || total === 0 ? null : done / total;
}

export function cancelJob(job: string): Promise<unknown> {
  return callCore('jobs.cancel', { job });
}

/** Once, at the start. */
export function watchJobs(): void {
  // A core that was started again has none of the jobs of the one before; that of a window that was loaded anew may have some.
  onConnect(() => {
    running = [];
    // A core that ends before it answers is started again, and asked again.
    findJobs().catch(() => undefined);
  });
  onCoreEvent((name, data) => {
    if (name === 'job.started' && 'call' in data) {
      running = [...running, newJob(data)];
    } else if (name === 'job.progress' && 'total' in data) {
      running = running.map((job) => (job.id === data.job ? { ...job, ...progressOf(data) } : job));
    } else if (name === 'job.ended' && 'job' in data) {
      running = running.filter((job) => job.id !== data.job);
    }
  });
}

/** Those that began before this window was loaded. */
async function findJobs(): Promise<void> {
  const { jobs: found } = await callCore('jobs.list', {});
  const known = new Set(running.map(({ id }) => id));
  running = [...found.filter(({ job }) => !known.has(job)).map(newJob), ...running];
}

function newJob({ job, call }: { job: string; call: string }): Job {
  const title = titles[call as CallName] ?? 'Working';
  return { id: job, call, title, done: 0, total: null, failed: 0, tokensPerSecond: null };
}

function progressOf(data: {
  done: number;
  total: number | null;
  failed?: number | undefined;
  tokensPerSecond?: number | undefined;
}): Omit<Job, 'id' | 'call' | 'title'> {
  const { done, total, failed = 0, tokensPerSecond = null } = data;
  return { done, total, failed, tokensPerSecond };
}
