/** The training loop: batches of the tasks in random order (SC-LSTM Algorithm 1), target-dev scores after each epoch, best weights kept. A generator of events. */
import { setImmediate } from 'node:timers/promises';
import { batchStream, encodeBatch, type WordDropout } from '../data/batches.ts';
import type { EncodedSentence, FormTable } from '../data/dataset.ts';
import type { EpochRecord, StepProgress } from '../domain/epoch.ts';
import { figureOf } from '../domain/figures.ts';
import { AppError } from '../domain/errors.ts';
import { deriveSeed, seededRandom, shuffled, type Random } from '../domain/random.ts';
import type { Recipe } from '../domain/recipe.ts';
import type { Score } from '../domain/scores.ts';
import type { Engine } from '../engine/engine.ts';
import { sourcesOf, type Task } from '../domain/task-names.ts';
import { inferenceWeights } from '../model/checkpoint.ts';
import type { Network } from '../model/network.ts';
import type { WeightValues } from '../model/tensor-file.ts';
import { criticTurns } from './critic.ts';
import { Optimizer } from './optimizer.ts';
import { stepsInTurn, type DoneStep } from './steps.ts';
import {
  restorePoint,
  takePoint,
  type EpochSums,
  type TrainingPoint,
  type TrainingProgress,
} from './training-point.ts';

export interface TrainingSetup {
  readonly network: Network;
  readonly forms: FormTable;
  /** Encoded training sentences by task, in the order of the recipe's tasks. */
  readonly sentences: ReadonlyMap<Task, readonly EncodedSentence[]>;
  /** How often each word occurs in training, and which have a vector of their own (never made unknown). */
  readonly occurrences: Int32Array;
  readonly hasVector: Uint8Array;
  readonly seed: number;
  readonly scoreDev: () => Promise<Score>;
  readonly engine: Pick<Engine, 'overlap' | 'endStep'>;
  readonly signal: AbortSignal;
  /** Aborts to put the training aside after the present batch. */
  readonly pause?: AbortSignal;
  /** Go on from here, the network being as it began; `best` are the weights of the point's best epoch. */
  readonly from?: { readonly point: TrainingPoint; readonly best: WeightValues | null };
}

export interface TrainingOutcome {
  readonly epochs: number;
  readonly bestEpoch: number;
  readonly best: WeightValues;
  readonly bestDev: Score;
  readonly trainedTokens: number;
  readonly trainingSeconds: number;
}

/**
 * What the loop reports; `improved` are the weights to keep. `point` copies out where to go on should the process end; it is to be
 * called, if at all, before the loop is asked for more.
 */
export type TrainingEvent =
  | ({ kind: 'step' } & StepProgress)
  | { kind: 'epoch'; epoch: EpochRecord; improved: WeightValues | null; point: () => Promise<TrainingPoint> }
  | { kind: 'paused'; point: () => Promise<TrainingPoint> };

/** How often a step event is sent, in milliseconds. */
const reportEveryMs = 500;

/**
 * Train until the patience or the epochs of the recipe end.
 * @throws AppError `cancelled` when the signal says so, `paused` after the event `paused`.
 */
export async function* trainNetwork(setup: TrainingSetup): AsyncGenerator<TrainingEvent, TrainingOutcome> {
  const { network, seed, signal } = setup;
  const { training } = network.recipe;
  const optimizer = new Optimizer(network.parameters, training);
  const { progress, best: bestSoFar, unknownWords } = await startingPoint(setup, optimizer);
  let best = bestSoFar;
  const nextEpoch = batchOrder(setup, progress);
  const criticsTurn = criticTurns(setup, optimizer, progress.steps);
  const random = seededRandom(unknownWords);
  const wordDropout = rareWords(setup, random);
  const point = (): Promise<TrainingPoint> => takePoint(network, optimizer, progress, random.state);
  const steps = stepsInTurn(network, optimizer, setup.engine);
  while (progress.epochs < training.epochs && progress.epochs - (progress.best?.epoch ?? 0) < training.patience) {
    const epoch = progress.epochs + 1;
    const { order, draw } = nextEpoch();
    const { sums } = progress;
    const started = performance.now() - progress.epochMs;
    let reported = performance.now();
    let loss = NaN;
    const add = (done: DoneStep | null): void => {
      if (done === null) return;
      if (!Number.isFinite(done.loss)) throw diverged(epoch);
      ({ loss } = done);
      sums.losses[done.task] = (sums.losses[done.task] ?? 0) + done.loss;
      sums.share += done.shareLoss;
      sums.tokens += done.tokens;
      progress.batches++;
    };
    const rest = order.slice(progress.batches);
    try {
      for (const [i, task] of rest.entries()) {
        const batch = encodeBatch(draw(task), setup.forms, network.sizes.tags[task] ?? 0, wordDropout);
        if (criticsTurn !== null) {
          add(steps.finish());
          await criticsTurn();
        }
        const step = progress.steps++;
        const seeds = (place: string): number => deriveSeed(deriveSeed(seed, place) + step, 'dropout');
        add(await steps.begin(task, batch, seeds));
        const now = performance.now();
        if (now - reported > reportEveryMs && sums.tokens > 0) {
          reported = now;
          yield {
            kind: 'step',
            epoch,
            batch: progress.batches,
            batches: order.length,
            loss,
            tokensPerSecond: (sums.tokens / (now - started)) * 1000,
          };
          await setImmediate();
          if (signal.aborted) throw new AppError('cancelled', 'The training was cancelled.');
        }
        if (setup.pause?.aborted === true && i + 1 < rest.length) {
          add(steps.finish());
          progress.epochMs = performance.now() - started;
          yield { kind: 'paused', point };
          throw paused();
        }
      }
      add(steps.finish());
    } finally {
      // However the training ends, no queued work outlives it.
      steps.finish();
    }
    const elapsed = performance.now() - started;
    const dev = await setup.scoreDev();
    // Until the first entity is found every epoch counts as better, so that patience does not end a slow start.
    const bestFigure = progress.best ? figureOf(progress.best.dev) : 0;
    const isBest = bestFigure === 0 || figureOf(dev) > bestFigure;
    if (isBest) {
      best = await inferenceWeights(network);
      progress.best = { epoch, dev };
    }
    const entry = record(setup, epoch, sums, order, dev, isBest, elapsed, performance.now() - started);
    endEpoch(network, progress, elapsed);
    yield { kind: 'epoch', epoch: entry, improved: isBest ? best : null, point };
    await setImmediate();
    if (signal.aborted) throw new AppError('cancelled', 'The training was cancelled.');
    if (setup.pause?.aborted === true) {
      yield { kind: 'paused', point };
      throw paused();
    }
  }
  optimizer.dispose();
  if (!best || !progress.best) throw new AppError('internal', 'The training ended without an epoch.');
  return {
    epochs: progress.epochs,
    bestEpoch: progress.best.epoch,
    best,
    bestDev: progress.best.dev,
    trainedTokens: progress.trainedTokens,
    trainingSeconds: progress.trainingMs / 1000,
  };
}

const noSums = ({ recipe }: Network): EpochSums => ({
  losses: Object.fromEntries(recipe.tasks.map((task) => [task, 0])),
  share: 0,
  tokens: 0,
});

/** The beginning, or what was saved: then network and optimizer are brought to that point. */
async function startingPoint(
  { network, from, seed }: TrainingSetup,
  optimizer: Optimizer,
): Promise<{ progress: TrainingProgress; best: WeightValues | null; unknownWords: number }> {
  if (from) {
    await restorePoint(network, optimizer, from.point);
    const { progress, unknownWords } = from.point;
    return { progress: structuredClone(progress), best: from.best, unknownWords };
  }
  const fresh = { epochs: 0, batches: 0, steps: 0, epochMs: 0, trainedTokens: 0, trainingMs: 0, best: null };
  return {
    progress: { ...fresh, sums: noSums(network) },
    best: null,
    unknownWords: deriveSeed(seed, 'unknown words'),
  };
}

function endEpoch(network: Network, progress: TrainingProgress, elapsedMs: number): void {
  progress.epochs++;
  progress.trainedTokens += progress.sums.tokens;
  progress.trainingMs += elapsedMs;
  progress.batches = 0;
  progress.epochMs = 0;
  progress.sums = noSums(network);
}

interface EpochBatches {
  /** The task of each batch. */
  readonly order: readonly Task[];
  /** The next batch of a task. */
  readonly draw: (task: Task) => EncodedSentence[];
}

/** Batches epoch by epoch, all from one seed. What was trained before `progress` is drawn again, so that the rest follows as it would have. */
function batchOrder({ network, sentences, seed }: TrainingSetup, progress: TrainingProgress): () => EpochBatches {
  const { training, tasks } = network.recipe;
  const random = seededRandom(deriveSeed(seed, 'batches'));
  const streams = new Map(
    tasks.map((task) => [task, batchStream(sentences.get(task) ?? [], training.batchSize, random)]),
  );
  const draw = (task: Task): EncodedSentence[] => streams.get(task)?.next().value ?? [];
  const nextOrder = (): Task[] => taskOrder(training, tasks, random);
  for (let epoch = 0; epoch < progress.epochs; epoch++) nextOrder().forEach(draw);
  let done = progress.batches;
  return () => {
    const order = nextOrder();
    order.slice(0, done).forEach(draw);
    done = 0;
    return { order, draw };
  };
}

/** The task of each batch of an epoch: the batches asked for in random order, or each drawn with the tasks' shares of them (Yang 2017 §3.3). */
function taskOrder(training: Recipe['training'], tasks: readonly Task[], random: Random): Task[] {
  const even = tasks.flatMap((task) => Array.from({ length: batchesOf(training, task) }, () => task));
  if (training.schedule === 'even') return shuffled(even, random);
  return even.map(() => even[Math.floor(random.next() * even.length)] ?? 'target');
}

/** Batches of a task an epoch: of each source as many. */
function batchesOf(training: Recipe['training'], task: Task): number {
  return task === 'target'
    ? training.batchesPerEpoch
    : Math.max(1, Math.round(training.batchesPerEpoch * training.sourceRatio));
}

function record(
  { network }: TrainingSetup,
  epoch: number,
  sums: EpochSums,
  order: readonly Task[],
  dev: Score,
  best: boolean,
  trainingMs: number,
  wholeMs: number,
): EpochRecord {
  const sources = sourcesOf(network.recipe.tasks);
  const hasSource = sources.length > 0;
  const meanLoss = (tasks: readonly Task[]): number => {
    const batches = order.filter((drawn) => tasks.includes(drawn)).length;
    return tasks.reduce((sum, task) => sum + (sums.losses[task] ?? 0), 0) / Math.max(1, batches);
  };
  return {
    epoch,
    targetLoss: meanLoss(['target']),
    sourceLoss: hasSource ? meanLoss(sources) : null,
    shareLoss: hasSource ? sums.share / order.length : null,
    devMicroF1: figureOf(dev),
    devMacroF1: dev.strict.macro.f1,
    best,
    seconds: wholeMs / 1000,
    tokensPerSecond: (sums.tokens / trainingMs) * 1000,
  };
}

/** Words seen once and without a vector become unknown with the recipe's probability, so that "unknown" is trained. */
function rareWords({ network, occurrences, hasVector }: TrainingSetup, random: Random): WordDropout {
  const { unknownProbability } = network.recipe.wordEmbedding;
  return (word) => (occurrences[word] === 1 && hasVector[word] === 0 && random.next() < unknownProbability ? 0 : word);
}

function paused(): AppError {
  return new AppError('paused', 'The training was paused.', {
    details: { nextStep: 'Go on with `notegraft train PROJECT --resume RUN`.' },
  });
}

function diverged(epoch: number): AppError {
  return new AppError('recipe-invalid', `The training diverged in epoch ${epoch}: the loss is no longer a number.`, {
    details: { nextStep: 'Lower training.learningRate or training.clipNorm.' },
  });
}
