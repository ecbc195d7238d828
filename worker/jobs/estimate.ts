/** The estimate job: a short timed training on the project's own documents, with a network of the size that they make. */
import { batchStream, encodeBatch } from '../data/batches.ts';
import { encodeDocuments, type EncodedSentence, type FormTable } from '../data/dataset.ts';
import { AppError } from '../domain/errors.ts';
import { seededRandom } from '../domain/random.ts';
import { taskText, type Task } from '../domain/task-names.ts';
import type { Engine } from '../engine/engine.ts';
import { startEngine } from '../engine/start.ts';
import { createTagger, disposeTagger, predictSentences } from '../evaluate/tagger.ts';
import { createNetwork, type Network } from '../model/network.ts';
import { disposeParameters } from '../model/parameters.ts';
import type { JobOf } from '../protocol-jobs.ts';
import type { JobEvents, JobResults, TaskDocument } from '../protocol.ts';
import { Optimizer } from '../train/optimizer.ts';
import { stepsInTurn } from '../train/steps.ts';
import { withStandIns } from './features.ts';
import { neededMemory } from './memory.ts';
import { prepareTraining } from './prepare.ts';

/** Batches of a task before the clock runs, and while it runs. */
const warmUpBatches = 3;
const timedBatches = 12;
/** A task is timed for this long at most, in milliseconds, but for two batches at least. */
const longestProbeMs = 4000;
/** Dev sentences that are tagged for the clock; the rest is scaled by tokens. */
const mostDevSentences = 256;

/**
 * Seconds a batch of each task and a scoring of dev, weights, and the memory that a training is expected to take.
 * @throws AppError `data-missing` without target documents to train on.
 */
export async function* estimateJob(
  job: JobOf<'estimate'>,
  stream: AsyncIterable<TaskDocument>,
): AsyncGenerator<JobEvents['estimate'], JobResults['estimate']> {
  const documents = withStandIns(job.recipe, await Array.fromAsync(stream));
  const engine = await startEngine();
  const training = new Map(
    job.recipe.tasks.map((task) => [task, documents.filter((each) => each.task === task && each.split === 'train')]),
  );
  const { recipe, vocabulary, forms, sizes, sentences } = await prepareTraining(job.recipe, job, training);
  const random = seededRandom(1);
  // The values of word vectors do not change the time.
  const table = Float32Array.from({ length: sizes.words * sizes.wordSize }, () => random.next() - 0.5);
  const network = createNetwork(recipe, sizes, table, 1);
  const optimizer = new Optimizer(network.parameters, recipe.training);
  const parameters = [...network.parameters.values()].reduce((sum, value) => sum + value.size, 0);
  const timed = new Map<Task, Timed>();
  for (const [index, task] of recipe.tasks.entries()) {
    yield { kind: 'progress', done: index, total: recipe.tasks.length + 1 };
    const ofTask = sentences.get(task) ?? [];
    if (ofTask.length === 0) throw nothingToTime(task);
    timed.set(task, await timeTask(network, optimizer, task, ofTask, forms, engine));
  }
  yield { kind: 'progress', done: recipe.tasks.length, total: recipe.tasks.length + 1 };
  const dev = documents.filter(({ task, split }) => task === 'target' && split === 'dev');
  const encoded = encodeDocuments(dev, forms, null, recipe.training.maxSentenceTokens);
  const some = encoded.sentences.slice(0, mostDevSentences);
  const tagger = createTagger(network, vocabulary.tags.target, forms, recipe.decoding.beamWidth, () =>
    engine.endStep(),
  );
  const started = performance.now();
  await predictSentences(tagger, dev, some);
  const taggedTokens = some.reduce((sum, { words }) => sum + words.length, 0);
  disposeTagger(tagger);
  const devMs = (performance.now() - started) * (taggedTokens === 0 ? 0 : encoded.tokens / taggedTokens);
  optimizer.dispose();
  disposeParameters(network.parameters);
  const all = [...timed.values()];
  const target = timed.get('target');
  const sources = all.filter((each) => each !== target);
  if (target === undefined) throw nothingToTime('target');
  return {
    parameters,
    // A probe holds neither the largest batch nor what saving an epoch takes.
    memoryBytes: Math.round(neededMemory(recipe, sizes, sentences).bytes),
    targetBatchSeconds: secondsABatch(target),
    sourceBatchSeconds: timed.size > 1 ? sum(sources.map(secondsABatch)) : null,
    devSeconds: devMs / 1000,
    tokensPerSecond: sum(all.map(({ tokens }) => tokens)) / sum(all.map(({ seconds }) => seconds)),
    backend: engine.backend,
    threads: engine.threads,
  };
}

interface Timed {
  readonly batches: number;
  readonly seconds: number;
  readonly tokens: number;
}

function secondsABatch({ seconds, batches }: Timed): number {
  return seconds / batches;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

async function timeTask(
  network: Network,
  optimizer: Optimizer,
  task: Task,
  sentences: readonly EncodedSentence[],
  forms: FormTable,
  engine: Engine,
): Promise<Timed> {
  const batches = batchStream(sentences, network.recipe.training.batchSize, seededRandom(2));
  const steps = stepsInTurn(network, optimizer, engine);
  let seed = 0;
  const step = async (): Promise<number> => {
    const batch = encodeBatch(batches.next().value, forms, network.sizes.tags[task] ?? 0, null);
    await steps.begin(task, batch, () => seed++);
    return batch.rows.rows;
  };
  for (let i = 0; i < warmUpBatches; i++) await step();
  steps.finish();
  const started = performance.now();
  let [done, tokens] = [0, 0];
  while (done < timedBatches && (done < 2 || performance.now() - started < longestProbeMs)) {
    tokens += await step();
    done++;
  }
  steps.finish();
  return { batches: done, seconds: (performance.now() - started) / 1000, tokens };
}

function nothingToTime(task: Task): AppError {
  return new AppError('data-missing', `The ${taskText(task)} documents to train on hold no words.`, {
    details: { nextStep: 'Import documents that hold text.' },
  });
}
