/** A worker process: takes one job over its channel, loads only what that job needs, reports events, ends. */
import { AppError, toErrorRecord } from './domain/errors.ts';
import { documentQueue } from './document-queue.ts';
import { type Job, type JobKind } from './protocol-jobs.ts';
import { type FromWorker, type JobEvents, type JobResults, type TaskDocument, toWorkerSchema } from './protocol.ts';

type AnyJobRun = AsyncGenerator<JobEvents[JobKind], JobResults[JobKind]>;

const documents = documentQueue<TaskDocument>();
const cancelling = new AbortController();
const pausing = new AbortController();
let hasJob = false;
/** How long a worker outlives its core at most. */
const partingMs = 1000;

// Ctrl-C in a terminal, or closing it, reaches every process of the command: core decides what it means for the job.
for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => undefined);
// Without core there is nobody to work for: put the files in order, and end whether or not that is done in time.
process.on('disconnect', () => {
  cancel();
  setTimeout(() => process.exit(0), partingMs);
});
process.on('message', (message) => {
  receive(message).catch(end);
});

async function receive(message: unknown): Promise<void> {
  const checked = toWorkerSchema.safeParse(message);
  if (!checked.success)
    throw new AppError('internal', `Core sent what the worker does not understand: ${checked.error.message}`);
  switch (checked.data.type) {
    case 'job':
      if (hasJob) throw new AppError('internal', 'A worker runs one job.');
      hasJob = true;
      await run(checked.data.job);
      break;
    case 'documents':
      // The schema checks them; the originals spare a copy, and keep what exactOptionalPropertyTypes asks for.
      documents.push((message as { documents: TaskDocument[] }).documents);
      break;
    case 'start':
      documents.close();
      break;
    case 'pause':
      pausing.abort();
      break;
    case 'cancel':
      cancel();
      break;
  }
}

function cancel(): void {
  cancelling.abort();
  documents.fail(cancelledError());
}

function cancelledError(): AppError {
  return new AppError('cancelled', 'The job was cancelled.');
}

/** Pumps a job's events to core, never faster than they leave. */
async function run(job: Job): Promise<void> {
  const events = await open(job, documents, cancelling.signal);
  try {
    for (;;) {
      const step = await events.next();
      if (step.done === true) return await finish({ type: 'done', result: step.value });
      await send({ type: 'event', event: step.value });
      if (cancelling.signal.aborted && !heedsCancel(job.kind)) throw cancelledError();
    }
  } finally {
    // A job that was left early still closes and removes its files.
    await events.return(undefined as never);
  }
}

/** Jobs that take the signal end on their own, with their files in order; the others are stopped between two events. */
function heedsCancel(kind: JobKind): boolean {
  return kind === 'train' || kind === 'tag' || kind === 'tag-notes';
}

async function open(job: Job, documents: AsyncIterable<TaskDocument>, signal: AbortSignal): Promise<AnyJobRun> {
  switch (job.kind) {
    case 'import': {
      const { importJob } = await import('./jobs/import.ts');
      return importJob(job);
    }
    case 'train': {
      const { trainJob } = await import('./jobs/train.ts');
      return trainJob(job, documents, signal, pausing.signal);
    }
    case 'evaluate': {
      const { evaluateJob } = await import('./jobs/evaluate.ts');
      return evaluateJob(job, documents);
    }
    case 'tag': {
      const { tagJob } = await import('./jobs/tag.ts');
      return tagJob(job, signal);
    }
    case 'export': {
      const { exportJob } = await import('./jobs/export.ts');
      return exportJob(job, documents);
    }
    case 'bench': {
      const { benchJob } = await import('./jobs/bench.ts');
      return benchJob(job);
    }
    case 'preview': {
      const { previewJob } = await import('./jobs/preview.ts');
      return previewJob(job);
    }
    case 'estimate': {
      const { estimateJob } = await import('./jobs/estimate.ts');
      return estimateJob(job, documents);
    }
    case 'inspect': {
      const { inspectJob } = await import('./jobs/inspect.ts');
      return inspectJob(job, documents);
    }
    case 'token-gates': {
      const { tokenGatesJob } = await import('./jobs/inspect.ts');
      return tokenGatesJob(job, documents);
    }
    case 'tag-notes': {
      const { tagNotesJob } = await import('./jobs/tag-notes.ts');
      return tagNotesJob(job, signal);
    }
    case 'export-entities': {
      const { exportEntitiesJob } = await import('./jobs/export-entities.ts');
      return exportEntitiesJob(job, documents);
    }
    case 'probe': {
      const { probeJob } = await import('./jobs/probe.ts');
      return probeJob(job);
    }
    case 'embeddings': {
      const { embeddingsJob } = await import('./jobs/embeddings.ts');
      return embeddingsJob(job, documents);
    }
    case 'compare': {
      const { compareJob } = await import('./jobs/compare.ts');
      return compareJob(job);
    }
    case 'score-files': {
      const { scoreFilesJob } = await import('./jobs/score-files.ts');
      return scoreFilesJob(job);
    }
    case 'export-gates': {
      const { exportGatesJob } = await import('./jobs/export-gates.ts');
      return exportGatesJob(job, documents);
    }
    case 'expert-gates': {
      const { expertGatesJob } = await import('./jobs/expert-gates.ts');
      return expertGatesJob(job, documents);
    }
    case 'propose': {
      const { proposeJob } = await import('./jobs/propose.ts');
      return proposeJob(job);
    }
    case 'export-tables': {
      const { exportTablesJob } = await import('./jobs/export-tables.ts');
      return exportTablesJob(job);
    }
  }
}

/** Resolves when the message has left this process. */
function send(message: FromWorker): Promise<void> {
  return new Promise((resolve, reject) => {
    if (process.send === undefined) throw new Error('A worker is started by core, over a channel.');
    process.send(message, undefined, undefined, (error) => (error === null ? resolve() : reject(error)));
  });
}

async function finish(message: FromWorker): Promise<void> {
  await send(message);
  process.exit(0);
}

function end(thrown: unknown): void {
  // Where even the last word cannot be sent, core reads the exit code.
  finish({ type: 'error', error: toErrorRecord(thrown) }).catch(() => process.exit(1));
}
