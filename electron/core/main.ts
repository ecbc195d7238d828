/** Core: every call of the contract answered, one project open at a time, one process a job. Knows no face and no Electron. */
import { AppError, toErrorRecord } from '../../worker/domain/errors.ts';
import { type CallName, type CallOutput, calls, type CheckedInput, type CoreClient } from '../api/contract.ts';
import type { EventListener } from '../api/events.ts';
import { describeBackends } from './backends.ts';
import { bench } from './bench.ts';
import type { CoreContext, Log } from './context.ts';
import { exportCorpus, importCorpus, listImports, splitCorpus } from './corpora.ts';
import { embeddingsHandlers } from './embeddings-handlers.ts';
import { evaluate, scoreFiles } from './evaluation.ts';
import type { Handlers } from './handlers.ts';
import { openJobs } from './jobs.ts';
import { exportModel } from './models.ts';
import { describeProject, type OpenProject, projectHolder } from './projects.ts';
import { reportHandlers } from './report-handlers.ts';
import { reviewHandlers } from './review-handlers.ts';
import { inspectAfter } from './run-inspection.ts';
import { recipeHandlers } from './recipe-handlers.ts';
import { setupHandlers } from './setup-handlers.ts';
import { searchHandlers } from './search-handlers.ts';
import { studyHandlers } from './study-handlers.ts';
import { tag } from './tagging.ts';
import { taggingHandlers } from './tagging-handlers.ts';
import { cancelTraining, describeRun, findRun, listRuns, pauseTraining, resumeTraining, train } from './training.ts';
import { openUnderWay, type UnderWay } from './under-way.ts';
import { nodeWorkerHost, type WorkerHost } from './worker-host.ts';

export interface CoreOptions {
  readonly appVersion: string;
  /** How worker processes are started; as children of this Node process by default. */
  readonly host?: WorkerHost;
  readonly onEvent?: EventListener;
  readonly log?: Log;
}

export interface Core extends CoreClient {
  /** Cancel running jobs, wait for them, and close the project. */
  close(): Promise<void>;
}

/** A core with no project open. */
export function createCore(options: CoreOptions): Core {
  const emit: EventListener = options.onEvent ?? (() => undefined);
  const log: Log = options.log ?? (() => undefined);
  const jobs = openJobs(options.host ?? nodeWorkerHost(), emit);
  const context: CoreContext = {
    appVersion: options.appVersion,
    jobs,
    trainings: new Map(),
    studies: new Map(),
    emit,
    log,
    project: () => projects.current(),
  };
  const underWay = openUnderWay(context);
  const projects = projectHolder(options.appVersion, log, underWay);
  const handlers = handlersOf(context, projects, underWay);

  return {
    async call(name, input) {
      const started = performance.now();
      const note = (outcome: string): void =>
        log({ event: 'call', call: name, ms: Math.round(performance.now() - started), outcome });
      try {
        const answer = dispatch(handlers, name, input);
        // These wait for all others.
        const output = await (name === 'project.open' || name === 'project.close' ? answer : underWay.watch(answer));
        note('ok');
        return output;
      } catch (thrown) {
        const { code, message, details } = toErrorRecord(thrown);
        note(code);
        throw thrown instanceof AppError ? thrown : new AppError(code, message, { details, cause: thrown });
      }
    },
    async close() {
      await jobs.close();
      await Promise.all([...context.studies.values()].map(({ ended }) => ended));
      projects.close();
    },
  };
}

/** What is at work, and for which run where it trains one. */
function listJobs({ jobs, trainings }: CoreContext): CallOutput<'jobs.list'>['jobs'] {
  const runs = new Map([...trainings].map(([run, job]) => [job, run]));
  return jobs.list().map(({ job, call }) => ({ job, call, run: runs.get(job) ?? null }));
}

async function dispatch<K extends CallName>(handlers: Handlers, name: K, input: unknown): Promise<CallOutput<K>> {
  const schema = calls[name];
  const checked = schema.input.safeParse(input);
  if (!checked.success) {
    const problems = checked.error.issues.map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`);
    throw new AppError('usage', `${problems.join('; ')}.`);
  }
  const output = await handlers[name](checked.data as CheckedInput<K>);
  return schema.output.parse(output) as CallOutput<K>;
}

function handlersOf(context: CoreContext, projects: OpenProject, underWay: UnderWay): Handlers {
  const store = context.project;
  return {
    'project.create': ({ path }) => projects.create(path),
    'project.open': ({ path, access, stopRunning }) => projects.open(path, access, stopRunning),
    'project.close': async ({ stopRunning }) => {
      await underWay.leave(stopRunning);
      projects.close();
      return {};
    },
    'project.current': () => ({ project: projects.shown() }),
    'project.info': () => describeProject(store()),
    'corpora.import': (input) => importCorpus(context, input),
    'corpora.split': (input) => splitCorpus(store(), input),
    'corpora.imports': () => listImports(store()),
    'corpora.audit': ({ import: id, ...page }) => ({ rows: store().imports.audit(id, page) }),
    'corpora.export': (input) => exportCorpus(context, input),
    'training.train': (input) => inspectAfter(context, train(context, input)),
    'training.resume': (input) => inspectAfter(context, resumeTraining(context, input)),
    'training.pause': (input) => pauseTraining(context, input),
    'training.cancel': (input) => cancelTraining(context, input),
    'backends.list': (input) => describeBackends(context, input),
    'runs.list': ({ trials }) => ({ runs: listRuns(store(), trials) }),
    'runs.get': ({ run }) => describeRun(store(), run),
    'runs.epochs': ({ run }) => ({ epochs: store().runs.epochs(findRun(store(), run).id) }),
    'evaluation.evaluate': (input) => evaluate(context, input),
    'evaluation.files': (input) => scoreFiles(context, input),
    'tagging.tag': (input) => tag(context, input),
    'models.export': (input) => exportModel(store(), input),
    'bench.run': (input) => bench(context, input),
    ...setupHandlers(context),
    ...recipeHandlers(context),
    ...reportHandlers(context),
    ...taggingHandlers(context),
    ...reviewHandlers(context),
    ...embeddingsHandlers(context),
    ...studyHandlers(context),
    ...searchHandlers(context),
    'jobs.list': () => ({ jobs: listJobs(context) }),
    'jobs.cancel': ({ job }) => ({ found: context.jobs.cancel(job) }),
  };
}
