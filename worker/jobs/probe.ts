/** The probe: one backend tried in a process of its own, on a small network and synthetic batches. */
import { encodeBatch, type Batch } from '../data/batches.ts';
import type { EncodedSentence, FormTable } from '../data/dataset.ts';
import type { ProbeCheck } from '../domain/backends.ts';
import { seededRandom } from '../domain/random.ts';
import { recipeNamed } from '../domain/zoo.ts';
import type { Task } from '../domain/task-names.ts';
import { tryEngine } from '../engine/start.ts';
import type { NetworkSizes } from '../model/blocks.ts';
import { createNetwork, type Network } from '../model/network.ts';
import { disposeParameters } from '../model/parameters.ts';
import type { JobOf } from '../protocol-jobs.ts';
import type { JobEvents, JobResults } from '../protocol.ts';
import { Optimizer } from '../train/optimizer.ts';
import { trainStep, type TrainedStep } from '../train/step.ts';
import { engineFacts } from './engine.ts';

/** The size of a real step: dtn-hs as the paper has it, 16 sentences of up to 30 words. */
const recipe = recipeNamed('dtn-hs');
const sizes: NetworkSizes = { words: 2000, wordSize: 100, characters: 60, tags: { source: 41, target: 41 } };
const sentencesABatch = 16;
const longestSentence = 30;
const longestWord = 12;
/** The first steps compile and fill caches. */
const warmUpSteps = 4;
const timedSteps = 12;

/** Ends with what was found; a backend that crashes takes only this process with it. */
export async function* probeJob(job: JobOf<'probe'>): AsyncGenerator<JobEvents['probe'], JobResults['probe']> {
  const outcome = await tryEngine(job.engine);
  if (!outcome.present) return { finding: { present: false, reason: outcome.reason } };
  const { engine } = outcome;
  const batches = { target: syntheticBatch('target', 1), source: syntheticBatch('source', 2) };
  const run = trainer(() => engine.endStep());
  const check = await selfCheck(run, batches);
  const stepMs = await quickestStep(run, batches);
  return {
    finding: {
      present: true,
      stepMs,
      check,
      engine: engineFacts(engine),
      kernels: engine.kernels ? { reason: engine.kernels.reason, tried: engine.kernels.results } : null,
      memoryBytes: engine.memoryBytes(),
    },
  };
}

interface Trainer {
  step(task: Task, batch: Batch, dropout: boolean): Promise<TrainedStep>;
  dispose(): void;
}

type NewTrainer = () => Trainer;

/** A batch of each task. */
type TwoBatches = Record<'source' | 'target', Batch>;

/** Makes trainers that all start from the same weights. */
function trainer(endStep: () => void): NewTrainer {
  return () => {
    const random = seededRandom(7);
    const table = Float32Array.from({ length: sizes.words * sizes.wordSize }, () => random.next() * 2 - 1);
    const network: Network = createNetwork(recipe, sizes, table, 1);
    const optimizer = new Optimizer(network.parameters, recipe.training);
    let steps = 0;
    return {
      async step(task, batch, dropout) {
        const seed = steps++;
        const trained = await trainStep(
          network,
          optimizer,
          task,
          batch,
          dropout ? (place) => seed + place.length : null,
        );
        endStep();
        return trained;
      },
      dispose() {
        optimizer.dispose();
        disposeParameters(network.parameters);
      },
    };
  };
}

/** Two steps without dropout, whose numbers every backend must agree on. */
async function selfCheck(start: NewTrainer, batches: TwoBatches): Promise<ProbeCheck> {
  const trainer = start();
  const first = await trainer.step('target', batches.target, false);
  await trainer.step('source', batches.source, false);
  const second = await trainer.step('target', batches.target, false);
  trainer.dispose();
  return { firstLoss: first.loss, firstNorm: first.norm, secondLoss: second.loss };
}

/** Milliseconds of a step of each task, averaged: of several the quickest, as a busy machine only ever adds to them. */
async function quickestStep(start: NewTrainer, batches: TwoBatches): Promise<number> {
  const trainer = start();
  const quickest = { target: Infinity, source: Infinity };
  for (let i = 0; i < warmUpSteps + timedSteps; i++) {
    const task = i % 2 === 0 ? 'target' : 'source';
    const started = performance.now();
    await trainer.step(task, batches[task], true);
    if (i >= warmUpSteps) quickest[task] = Math.min(quickest[task], performance.now() - started);
  }
  trainer.dispose();
  return (quickest.target + quickest.source) / 2;
}

/** Sentences of ragged lengths over random words, spellings and tags. */
function syntheticBatch(task: Task, seed: number): Batch {
  const random = seededRandom(seed);
  const below = (count: number): number => Math.floor(random.next() * count);
  const draw = (length: number, count: number): Int32Array => Int32Array.from({ length }, () => below(count));
  const characters = Array.from({ length: 400 }, () => draw(1 + below(longestWord), sizes.characters));
  const forms: FormTable = {
    characters,
    words: characters.map(() => 0),
    ids: new Map(),
    index: { wordId: () => 0, characterIds: () => new Int32Array(0) },
    maxCharacters: longestWord,
  };
  const K = sizes.tags[task] ?? 0;
  const sentences = Array.from({ length: sentencesABatch }, (_, document): EncodedSentence => {
    const length = 1 + below(longestSentence);
    return {
      document,
      firstToken: 0,
      words: draw(length, sizes.words),
      forms: draw(length, characters.length),
      tags: draw(length, K),
    };
  });
  return encodeBatch(sentences, forms, K, null);
}
