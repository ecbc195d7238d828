/** The bench job: training or tagging throughput on two column files, the same work as the PyTorch comparison does. */
import { encodeBatch, lengthBatches } from '../data/batches.ts';
import { encodeDocuments, formTable, type EncodedSentence, type FormTable } from '../data/dataset.ts';
import { buildVocabulary, wordIndex } from '../data/vocabulary.ts';
import type { AnnotatedDocument } from '../domain/document.ts';
import { AppError } from '../domain/errors.ts';
import { seededRandom, shuffled, type Random } from '../domain/random.ts';
import type { Recipe } from '../domain/recipe.ts';
import type { Task } from '../domain/task-names.ts';
import { tagsOf, type Vocabulary } from '../domain/vocabulary.ts';
import { createTagger, predictSentences, type Tagger } from '../evaluate/tagger.ts';
import { networkSizes } from '../model/blocks.ts';
import { forwardFlops, trainingFlops, workloadOf } from '../model/flops.ts';
import { createNetwork, type Network } from '../model/network.ts';
import type { JobOf } from '../protocol-jobs.ts';
import type { JobEvents, JobResults } from '../protocol.ts';
import { Optimizer } from '../train/optimizer.ts';
import { stepsInTurn, type Steps } from '../train/steps.ts';
import { engineFacts, openEngine } from './engine.ts';
import { importedDocuments } from './import.ts';
import { labelSets, tokensOf } from './prepare.ts';

/** As the comparison: 60 training batches a task, 40 tagging batches of 64, the first 4 run untimed. */
const trainingBatches = 60;
const taggingBatches = 40;
const taggingBatchSize = 64;
const warmUp = 4;
const wholeSentences = 1_000_000;

/** One timed piece of work. */
interface Work {
  readonly tokens: number;
  /** Floating-point operations of its matrix products. */
  readonly flops: number;
  run(): Promise<void>;
}

/** @throws AppError `file-not-found`, `data-missing` for a column file without sentences. */
export async function* benchJob(job: JobOf<'bench'>): AsyncGenerator<JobEvents['bench'], JobResults['bench']> {
  const documents = {
    source: await readColumns(job.sourceFile),
    target: await readColumns(job.targetFile),
  };
  const engine = await openEngine(job.engine);
  const { vocabulary } = buildVocabulary({
    tokens: tokensOf([...documents.source, ...documents.target]),
    vectorWords: [],
    labels: labelSets(job.recipe, new Map<Task, AnnotatedDocument[]>(Object.entries(documents))),
  });
  const forms = formTable(wordIndex(vocabulary), job.recipe.characterEncoder.maxCharacters);
  const random = seededRandom(1);
  const network = randomNetwork(job.recipe, vocabulary, random);
  const groups = (task: Task, size: number, count: number): EncodedSentence[][] => {
    const ofTask = task === 'target' ? documents.target : documents.source;
    const { sentences } = encodeDocuments(ofTask, forms, tagsOf(vocabulary, task), wholeSentences);
    return shuffled(lengthBatches(sentences, size), random).slice(0, count);
  };
  const size = job.what === 'train' ? job.batchSize : taggingBatchSize;
  const optimizer = new Optimizer(network.parameters, { ...job.recipe.training, learningRate: 0.001 });
  const steps = stepsInTurn(network, optimizer, engine);
  const work =
    job.what === 'train'
      ? shuffled(
          job.recipe.tasks.flatMap((task) =>
            trainingWork(network, steps, task, groups(task, size, trainingBatches), forms),
          ),
          random,
        )
      : taggingWork(
          createTagger(network, vocabulary.tags.target, forms, 1, () => engine.endStep()),
          documents.target,
          groups('target', size, taggingBatches),
          (tokens) => forwardFlops(network, 'target', { tokens, words: 0, nodes: 0, characters: 0 }),
        );
  for (const item of work.slice(0, warmUp)) await item.run();
  const tokensPerSecond = yield* measure(work, job.seconds, () => steps.finish());
  return {
    tokensPerSecond: Math.round(tokensPerSecond),
    recipe: job.recipe.name,
    backend: engine.backend,
    threads: engine.threads,
    batch: size,
    engine: engineFacts(engine),
    flopPerToken: Math.round(total(work, 'flops') / total(work, 'tokens')),
    memoryBytes: engine.memoryBytes(),
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  };
}

function total(work: readonly Work[], what: 'flops' | 'tokens'): number {
  return work.reduce((sum, item) => sum + item[what], 0);
}

function randomNetwork(recipe: Recipe, vocabulary: Vocabulary, random: Random): Network {
  const sizes = networkSizes(recipe, vocabulary);
  const table = Float32Array.from({ length: sizes.words * sizes.wordSize }, () => random.next() * 2 - 1);
  return createNetwork(recipe, sizes, table, 1);
}

/** Training steps on batches encoded beforehand, as the comparison's are. */
function trainingWork(
  network: Network,
  steps: Steps,
  task: Task,
  groups: readonly EncodedSentence[][],
  forms: FormTable,
): Work[] {
  let seed = 0;
  return groups.map((group) => {
    const batch = encodeBatch(group, forms, network.sizes.tags[task] ?? 0, null);
    const run = async (): Promise<void> => {
      await steps.begin(task, batch, () => seed++);
    };
    return { tokens: batch.rows.rows, flops: trainingFlops(network, task, workloadOf(batch)), run };
  });
}

/** Tagging as `notegraft tag` does it, from encoded sentences to spans. */
function taggingWork(
  tagger: Tagger,
  documents: readonly AnnotatedDocument[],
  groups: readonly EncodedSentence[][],
  flopsOf: (tokens: number) => number,
): Work[] {
  return groups.map((group) => {
    const tokens = group.reduce((sum, sentence) => sum + sentence.words.length, 0);
    const run = async (): Promise<void> => {
      await predictSentences(tagger, documents, group);
    };
    return { tokens, flops: flopsOf(tokens), run };
  });
}

/** Cycle through the work for some seconds; `finish` waits for what is under way. Tokens per second. */
async function* measure(
  work: readonly Work[],
  seconds: number,
  finish: () => void,
): AsyncGenerator<JobEvents['bench'], number> {
  let tokens = 0;
  const started = performance.now();
  for (let i = 0; ; i++) {
    const item = work[i % work.length] as Work;
    await item.run();
    tokens += item.tokens;
    const elapsed = (performance.now() - started) / 1000;
    if (elapsed > seconds) {
      finish();
      return tokens / ((performance.now() - started) / 1000);
    }
    if (i % 50 === 0) yield { kind: 'progress', done: Math.floor(elapsed), total: seconds };
  }
}

async function readColumns(path: string): Promise<AnnotatedDocument[]> {
  const documents = await importedDocuments({ format: 'conll', paths: [path] });
  if (documents.length === 0) {
    throw new AppError('data-missing', 'The column file holds no sentences.', {
      details: {
        file: path,
        nextStep: 'Give a file of tokens and tags, one a line, with a blank line between sentences.',
      },
    });
  }
  return documents;
}
