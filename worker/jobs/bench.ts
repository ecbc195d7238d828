/** The bench job: training or tagging throughput on two column files, the same work as the PyTorch comparison does. */
import { encodeBatch, lengthBatches, type Batch } from '../data/batches.ts';
import { encodeDocuments, formTable, type EncodedSentence } from '../data/dataset.ts';
import { buildVocabulary, wordIndex } from '../data/vocabulary.ts';
import type { AnnotatedDocument, Role } from '../domain/document.ts';
import { seededRandom, shuffled } from '../domain/random.ts';
import { startEngine, type Engine } from '../engine/start.ts';
import { createNetwork, tagBatch } from '../model/network.ts';
import { permittedTags } from '../model/permitted.ts';
import type { JobEvents, JobOf, JobResults } from '../protocol.ts';
import { Optimizer } from '../train/optimizer.ts';
import { trainStep } from '../train/step.ts';
import { importJob } from './import.ts';
import { labelsOf, tokensOf } from './train.ts';

/** As the comparison: 60 training batches a task, 40 tagging batches of 64, the first 4 run untimed. */
const trainingBatches = 60;
const taggingBatches = 40;
const taggingBatchSize = 64;
const warmUp = 4;
const wholeSentences = 1_000_000;

interface Work {
  readonly task: Role;
  readonly batch: Batch;
}

export async function* benchJob(job: JobOf<'bench'>): AsyncGenerator<JobEvents['bench'], JobResults['bench']> {
  const documents: Record<Role, AnnotatedDocument[]> = { source: await readColumns(job.sourceFile), target: await readColumns(job.targetFile) };
  const engine = await startEngine();
  const { recipe } = job;
  const { vocabulary } = buildVocabulary({
    tokens: tokensOf([...documents.source, ...documents.target]),
    vectorWords: [],
    sourceLabels: labelsOf(documents.source),
    targetLabels: labelsOf(documents.target),
  });
  const forms = formTable(wordIndex(vocabulary), recipe.characterEncoder.maxCharacters);
  const random = seededRandom(1);
  const batches = (task: Role, size: number, count: number): Work[] => {
    const tags = vocabulary.tags[task];
    const { sentences } = encodeDocuments(documents[task], forms, tags, wholeSentences);
    const groups = shuffled(lengthBatches(sentences, size), random).slice(0, count);
    return groups.map((group: EncodedSentence[]) => ({ task, batch: encodeBatch(group, forms, tags?.size ?? 0, null) }));
  };
  const isTraining = job.what === 'train';
  const tasks: Role[] = isTraining ? [...recipe.tasks] : ['target'];
  const size = isTraining ? job.batchSize : taggingBatchSize;
  const work = shuffled(tasks.flatMap((task) => batches(task, size, isTraining ? trainingBatches : taggingBatches)), random);
  const sizes = {
    words: vocabulary.words.length,
    wordSize: recipe.wordEmbedding.size,
    characters: vocabulary.characters.length,
    tags: { source: vocabulary.tags.source?.size ?? null, target: vocabulary.tags.target.size },
  };
  const table = Float32Array.from({ length: sizes.words * sizes.wordSize }, () => random.next() * 2 - 1);
  const network = createNetwork(recipe, sizes, table, 1);
  const optimizer = new Optimizer(network.parameters, { ...recipe.training, learningRate: 0.001 });
  const permitted = permittedTags(vocabulary.tags.target);
  let seed = 0;
  const run = ({ task, batch }: Work): void => {
    if (isTraining) trainStep(network, optimizer, task, batch, () => seed++);
    else tagBatch(network, 'target', batch, permitted, 1);
    engine.endStep();
  };
  for (const item of work.slice(0, warmUp)) run(item);
  const tokensPerSecond = yield* measure(work, run, job.seconds);
  return { tokensPerSecond: Math.round(tokensPerSecond), recipe: recipe.name, ...described(engine), batch: size };
}

/** Cycle through the work for some seconds; tokens per second. */
function* measure(work: readonly Work[], run: (item: Work) => void, seconds: number): Generator<JobEvents['bench'], number> {
  let tokens = 0;
  const started = performance.now();
  for (let i = 0; ; i++) {
    const item = work[i % work.length] as Work;
    run(item);
    tokens += item.batch.rows.rows;
    const elapsed = (performance.now() - started) / 1000;
    if (elapsed > seconds) return tokens / elapsed;
    if (i % 50 === 0) yield { kind: 'progress', done: Math.floor(elapsed), total: seconds };
  }
}

function described(engine: Engine): { backend: string; threads: number } {
  return { backend: engine.backend, threads: engine.threads };
}

async function readColumns(path: string): Promise<AnnotatedDocument[]> {
  const documents: AnnotatedDocument[] = [];
  for await (const event of importJob({ kind: 'import', format: 'conll', paths: [path] })) if (event.kind === 'document') documents.push(event.document);
  return documents;
}
