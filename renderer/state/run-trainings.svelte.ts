/** Trainings that this window's core has under way: what their events told so far, and how one is started, put aside and stopped. */
import type { CallInput, CallOutput } from '../../electron/api/contract.ts';
import type { EventData } from '../../electron/api/events.ts';
import { callCore, onConnect, onCoreEvent } from '../desk.svelte.ts';

export interface LossPoint {
  /** In epochs, counted from the start of the training: 2.5 is the middle of the third. */
  readonly x: number;
  readonly y: number;
}

export interface LiveTraining {
  /** Its end is told by this id. */
  readonly job: string;
  /** Of the present epoch; null until its first batches are done. */
  readonly step: EventData<'run.step'> | null;
  readonly prepared: EventData<'run.prepared'> | null;
  /** Losses of single batches, a few hundred at most. */
  readonly losses: readonly LossPoint[];
  /** When the first step was heard, and how far it was; what is left until the first epoch's time is known is told from it. */
  readonly firstStep: { readonly atMs: number; readonly epochs: number } | null;
  readonly isPausing: boolean;
}

type TrainInput = CallInput<'training.train'>;
type Listener = (run: number) => void;

const mostLosses = 400;

let live = $state.raw<ReadonlyMap<number, LiveTraining>>(new Map());
const startListeners = new Set<Listener>();

export const trainings = {
  /** Undefined where this core does not train the run. */
  of(run: number): LiveTraining | undefined {
    return live.get(run);
  },
};

/** Once, at the start. */
export function watchTrainings(): void {
  // A core that was started again trains nothing; that of a window that was loaded anew may.
  onConnect(() => {
    live = new Map();
    // A core that ends before it answers is started again, and asked again.
    findTrainings().catch(() => undefined);
  });
  onCoreEvent((name, data) => {
    if (name === 'run.started' && 'targetDocuments' in data) begin(data);
    else if (name === 'run.prepared' && 'parameters' in data) change(data.run, () => ({ prepared: data }));
    else if (name === 'run.step' && 'batch' in data) change(data.run, (training) => stepped(training, data));
    else if (name === 'job.ended' && 'job' in data) end(data.job);
  });
}

/** Starts a training; its run as soon as there is one. How it ends later is kept with the run. @throws AppError */
export function startTraining(input: TrainInput): Promise<number> {
  return untilStarted(() => callCore('training.train', input));
}

/** Goes on with a run that was put aside or stopped. @throws AppError */
export function resumeTraining(run: number): Promise<number> {
  return untilStarted(() => callCore('training.resume', { run }));
}

/** Puts a run aside after the present batch; it can go on later. @throws AppError */
export async function pauseTraining(run: number): Promise<void> {
  change(run, () => ({ isPausing: true }));
  await callCore('training.pause', { run });
}

/** Stops a run; its finished epochs stay. @throws AppError */
export async function cancelTraining(run: number): Promise<void> {
  await callCore('training.cancel', { run });
}

/** The run that begins next, or the failure that keeps it from beginning. */
async function untilStarted(start: () => Promise<CallOutput<'training.train'>>): Promise<number> {
  let listener: Listener = () => undefined;
  const started = new Promise<number>((resolve) => (listener = resolve));
  startListeners.add(listener);
  try {
    // A training that fails after its start has its error in the run, where the page shows it.
    return await Promise.race([started, start().then(({ run }) => run)]);
  } finally {
    startListeners.delete(listener);
  }
}

async function findTrainings(): Promise<void> {
  const { jobs } = await callCore('jobs.list', {});
  for (const { run, job } of jobs) {
    if (run !== null && !live.has(run)) live = new Map(live).set(run, { ...atStart, job });
  }
}

const atStart = { step: null, prepared: null, losses: [], firstStep: null, isPausing: false } as const;

function begin({ run, job }: EventData<'run.started'>): void {
  live = new Map(live).set(run, { ...atStart, job });
  for (const listener of startListeners) listener(run);
}

function stepped(training: LiveTraining, step: EventData<'run.step'>): Partial<LiveTraining> {
  const epochs = step.epoch - 1 + step.batch / step.batches;
  return {
    step,
    losses: thinned([...training.losses, { x: epochs, y: step.loss }]),
    firstStep: training.firstStep ?? { atMs: Date.now(), epochs },
  };
}

/** Every other point of the older half, once there are too many. */
function thinned(points: readonly LossPoint[]): readonly LossPoint[] {
  return points.length <= mostLosses ? points : points.filter((_point, index) => index % 2 === 0);
}

function change(run: number, update: (training: LiveTraining) => Partial<LiveTraining>): void {
  const training = live.get(run);
  if (training !== undefined) live = new Map(live).set(run, { ...training, ...update(training) });
}

function end(job: string): void {
  live = new Map([...live].filter(([, training]) => training.job !== job));
}
