/** The training loop: alternating task batches, target-dev scores after each epoch, best weights kept. A generator of events. */
import { setImmediate } from 'node:timers/promises';
import { batchStream, encodeBatch, type WordDropout } from '../data/batches.ts';
import type { EncodedSentence, FormTable } from '../data/dataset.ts';
import type { Role } from '../domain/document.ts';
import type { EpochRecord, StepProgress } from '../domain/epoch.ts';
import { AppError } from '../domain/errors.ts';
import { deriveSeed, seededRandom, shuffled } from '../domain/random.ts';
import type { Recipe } from '../domain/recipe.ts';
import type { Score } from '../domain/scores.ts';
import { inferenceWeights, type WeightValues } from '../model/checkpoint.ts';
import type { Network } from '../model/network.ts';
import { Optimizer } from './optimizer.ts';
import { trainStep } from './step.ts';

export interface TrainingSetup {
  readonly network: Network;
  readonly forms: FormTable;
  /** Encoded training sentences by task, in the order of the recipe's tasks. */
  readonly sentences: ReadonlyMap<Role, readonly EncodedSentence[]>;
  /** How often each word occurs in training, and which have a vector of their own (never made unknown). */
  readonly occurrences: Int32Array;
  readonly hasVector: Uint8Array;
  readonly seed: number;
  readonly scoreDev: () => Score;
  readonly endStep: () => void;
  readonly signal: AbortSignal;
}

export interface TrainingOutcome {
  readonly epochs: number;
  readonly bestEpoch: number;
  readonly best: WeightValues;
  readonly bestDev: Score;
  readonly trainedTokens: number;
  readonly trainingSeconds: number;
}

/** What the loop reports; `improved` carries the weights to keep. */
export type TrainingEvent =
  | ({ kind: 'step' } & StepProgress)
  | { kind: 'epoch'; epoch: EpochRecord }
  | { kind: 'improved'; epoch: number; weights: WeightValues };

/** How often a step event is sent, in milliseconds. */
const reportEveryMs = 500;

/** Train until the patience or the epochs of the recipe end. @throws AppError `cancelled` when the signal says so. */
export async function* trainNetwork(setup: TrainingSetup): AsyncGenerator<TrainingEvent, TrainingOutcome> {
  const { network, seed, signal } = setup;
  const { training, tasks } = network.recipe;
  const optimizer = new Optimizer(network.parameters, training);
  const random = seededRandom(deriveSeed(seed, 'batches'));
  const streams = new Map(
    tasks.map((task) => [task, batchStream(setup.sentences.get(task) ?? [], training.batchSize, random)]),
  );
  const wordDropout = rareWords(setup);
  let [best, bestDev, bestEpoch, trainedTokens, trainingMs, steps]: [
    WeightValues | null,
    Score | null,
    number,
    number,
    number,
    number,
  ] = [null, null, 0, 0, 0, 0];
  let epoch = 0;
  while (epoch < training.epochs && epoch - bestEpoch < training.patience) {
    epoch++;
    const order = shuffled(
      tasks.flatMap((task) => Array.from({ length: batchesOf(training, task) }, () => task)),
      random,
    );
    const sums = { target: 0, source: 0, share: 0, tokens: 0 };
    const started = performance.now();
    let reported = started;
    for (const [i, task] of order.entries()) {
      const sentences = streams.get(task)?.next().value ?? [];
      const batch = encodeBatch(sentences, setup.forms, network.sizes.tags[task] ?? 0, wordDropout);
      const step = steps++;
      const trained = await trainStep(network, optimizer, task, batch, (place) =>
        deriveSeed(deriveSeed(seed, place) + step, 'dropout'),
      );
      setup.endStep();
      if (!Number.isFinite(trained.loss)) throw diverged(epoch);
      sums[task] += trained.loss;
      sums.share += trained.shareLoss;
      sums.tokens += batch.rows.rows;
      const now = performance.now();
      if (now - reported > reportEveryMs) {
        reported = now;
        yield {
          kind: 'step',
          epoch,
          batch: i + 1,
          batches: order.length,
          loss: trained.loss,
          tokensPerSecond: (sums.tokens / (now - started)) * 1000,
        };
        await setImmediate();
        if (signal.aborted) throw new AppError('cancelled', 'The training was cancelled.');
      }
    }
    const elapsed = performance.now() - started;
    trainedTokens += sums.tokens;
    trainingMs += elapsed;
    const dev = setup.scoreDev();
    // Until the first entity is found every epoch counts as better, so that patience does not end a slow start.
    const isBest = bestDev === null || bestDev.strict.micro.f1 === 0 || dev.strict.micro.f1 > bestDev.strict.micro.f1;
    if (isBest) {
      [best, bestDev, bestEpoch] = [inferenceWeights(network), dev, epoch];
      yield { kind: 'improved', epoch, weights: best };
    }
    yield {
      kind: 'epoch',
      epoch: record(setup, epoch, sums, order.length, dev, isBest, elapsed, performance.now() - started),
    };
    await setImmediate();
    if (signal.aborted) throw new AppError('cancelled', 'The training was cancelled.');
  }
  optimizer.dispose();
  if (!best || !bestDev) throw new AppError('internal', 'The training ended without an epoch.');
  return { epochs: epoch, bestEpoch, best, bestDev, trainedTokens, trainingSeconds: trainingMs / 1000 };
}

/** Batches of a task an epoch. */
function batchesOf(training: Recipe['training'], task: Role): number {
  return task === 'target'
    ? training.batchesPerEpoch
    : Math.max(1, Math.round(training.batchesPerEpoch * training.sourceRatio));
}

function record(
  { network }: TrainingSetup,
  epoch: number,
  sums: { target: number; source: number; share: number; tokens: number },
  steps: number,
  dev: Score,
  best: boolean,
  trainingMs: number,
  wholeMs: number,
): EpochRecord {
  const { training } = network.recipe;
  const hasSource = network.recipe.tasks.includes('source');
  return {
    epoch,
    targetLoss: sums.target / batchesOf(training, 'target'),
    sourceLoss: hasSource ? sums.source / batchesOf(training, 'source') : null,
    shareLoss: hasSource ? sums.share / steps : null,
    devMicroF1: dev.strict.micro.f1,
    devMacroF1: dev.strict.macro.f1,
    best,
    seconds: wholeMs / 1000,
    tokensPerSecond: (sums.tokens / trainingMs) * 1000,
  };
}

/** Words seen once and without a vector become unknown with the recipe's probability, so that "unknown" is trained. */
function rareWords({ network, occurrences, hasVector, seed }: TrainingSetup): WordDropout {
  const random = seededRandom(deriveSeed(seed, 'unknown words'));
  const { unknownProbability } = network.recipe.wordEmbedding;
  return (word) => (occurrences[word] === 1 && hasVector[word] === 0 && random.next() < unknownProbability ? 0 : word);
}

function diverged(epoch: number): AppError {
  return new AppError('recipe-invalid', `The training diverged in epoch ${epoch}: the loss is no longer a number.`, {
    details: { nextStep: 'Lower training.learningRate or training.clipNorm.' },
  });
}
