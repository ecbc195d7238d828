/** The training job: documents in, epochs and scores out, ends with a model that travels alone. */
import { encodeDocuments, type FormTable } from '../data/dataset.ts';
import type { WordVectors } from '../data/embeddings.ts';
import { thinDocuments } from '../data/label-rate.ts';
import { goldSpans } from '../data/labelling.ts';
import { tokenCount, type AnnotatedDocument, type Split } from '../domain/document.ts';
import { AppError } from '../domain/errors.ts';
import { expertsOf } from '../domain/experts.ts';
import { deriveSeed, seededRandom } from '../domain/random.ts';
import type { Recipe } from '../domain/recipe.ts';
import type { LabelCountRow } from '../domain/study.ts';
import { plainSource, sourcesOf, taskText, type Task } from '../domain/task-names.ts';
import type { Vocabulary } from '../domain/vocabulary.ts';
import { countMatches, type DocumentCounts } from '../evaluate/match.ts';
import { scoreCounts, withAccuracy } from '../evaluate/scores.ts';
import { tagGold } from '../evaluate/tagged-gold.ts';
import { createTagger, disposeTagger, predictSentences } from '../evaluate/tagger.ts';
import { encodeModel, modelHash, decodeModel } from '../model/checkpoint.ts';
import type { NetworkSizes } from '../model/blocks.ts';
import { createNetwork, type Network } from '../model/network.ts';
import { disposeParameters } from '../model/parameters.ts';
import type { WeightValues } from '../model/tensor-file.ts';
import type { JobOf } from '../protocol-jobs.ts';
import type { JobEvents, JobResults, TaskDocument } from '../protocol.ts';
import { trainNetwork } from '../train/loop.ts';
import { encodePoint, type TrainingPoint } from '../train/training-point.ts';
import { engineFacts, engineFailure, openEngine } from './engine.ts';
import { readTrainingFeatures } from './features.ts';
import { requireMemory } from './memory.ts';
import { prepareTraining } from './prepare.ts';
import { readResume, trainingFacts } from './resume.ts';
import { devDocuments, hasSpans, withIgnoredLabels, type DevDocuments } from './zero-resource.ts';

type Selection = (task: Task, split: Split) => TaskDocument[];

/**
 * @throws AppError `data-missing`, `embeddings-invalid`, `features-invalid`, `memory-exhausted`, `run-not-resumable`, `engine-unavailable`, `cancelled`,
 * `paused`, …
 */
export async function* trainJob(
  job: JobOf<'train'>,
  stream: AsyncIterable<TaskDocument>,
  signal: AbortSignal,
  pause?: AbortSignal,
): AsyncGenerator<JobEvents['train'], JobResults['train']> {
  const started = performance.now();
  const read = await readTrainingFeatures(job.recipe, job.features, await Array.fromAsync(stream));
  const documents = withLabelRate(job.recipe, job.seed, withIgnoredLabels(job.recipe, read.documents));
  const select: Selection = (task, split) =>
    documents.filter((document) => document.task === task && document.split === split);
  const dev = devDocuments(job.recipe, select);
  requireData(job.recipe, select, dev);
  const belongsTo = trainingFacts(job.recipe, job.seed, documents);
  const resumed = job.resume ? readResume(job.resume, belongsTo) : null;
  const engine = await openEngine(job.engine);
  const training = new Map(read.recipe.tasks.map((task) => [task, select(task, 'train')]));
  const { recipe, vectors, vocabulary, occurrences, forms, sizes, sentences, flattened } = await prepareTraining(
    read.recipe,
    job,
    training,
  );
  const memoryBytes = requireMemory(recipe, sizes, sentences, engine, job.force === true);
  const network = newNetwork(recipe, sizes, vectors, job.seed);
  const hasVector = Uint8Array.from(vocabulary.words, (_, id) =>
    id > 0 && id <= (vectors?.words.length ?? 0) ? 1 : 0,
  );
  yield {
    kind: 'prepared',
    parameters: [...network.parameters.values()].reduce((sum, value) => sum + value.size, 0),
    targetSentences: sentences.get('target')?.length ?? 0,
    sourceSentences: countOf(sentences, sourcesOf(recipe.tasks)),
    knownVectorShare: knownShare(occurrences, hasVector),
    flattened,
    engine: engineFacts(engine),
    memoryBytes,
    devFrom: dev.from,
    figure: vocabulary.tags.target.classes === true ? 'accuracy' : 'f1',
  };
  const endStep = (): void => engine.endStep();
  const facts = {
    seed: job.seed,
    targetDocuments: training.get('target')?.length ?? 0,
    sourceDocuments: countOf(training, sourcesOf(recipe.tasks)),
  };
  const encode = (weights: WeightValues): Uint8Array => encodeModel({ recipe, vocabulary, facts }, weights);
  const seconds = (): number => (resumed?.saved.seconds ?? 0) + (performance.now() - started) / 1000;
  const stateOf = (point: TrainingPoint): Uint8Array => encodePoint({ point, facts: belongsTo, seconds: seconds() });
  const countDev = counter(network, vocabulary, forms, dev.documents, endStep);
  const loop = trainNetwork({
    network,
    forms,
    sentences,
    occurrences,
    hasVector,
    seed: job.seed,
    scoreDev: async () => withAccuracy(scoreCounts(await countDev()), vocabulary.tags.target),
    engine,
    signal,
    ...(pause ? { pause } : {}),
    ...(resumed ? { from: { point: resumed.saved.point, best: resumed.best } } : {}),
  });
  const advance = (): ReturnType<typeof loop.next> =>
    loop.next().catch((thrown: unknown) => {
      throw engineFailure(engine, thrown);
    });
  let next = await advance();
  for (; !next.done; next = await advance()) {
    const event = next.value;
    if (event.kind === 'step') yield event;
    else if (event.kind === 'paused') yield { kind: 'paused', state: stateOf(await event.point()) };
    else {
      const isKept = job.checkpoints !== false;
      const model = event.improved && isKept ? encode(event.improved) : null;
      const state = isKept ? stateOf(await event.point()) : null;
      yield { kind: 'epoch', epoch: event.epoch, model, state };
    }
  }
  const outcome = next.value;
  disposeParameters(network.parameters);
  const model = encode(outcome.best);
  const test = select('target', 'test');
  const testCounts = test.length > 0 ? await countModel(model, test, endStep) : null;
  return {
    epochs: outcome.epochs,
    bestEpoch: outcome.bestEpoch,
    seconds: seconds(),
    tokensPerSecond: outcome.trainedTokens / outcome.trainingSeconds,
    dev: outcome.bestDev,
    devFrom: dev.from,
    test: testCounts && withAccuracy(scoreCounts(testCounts), vocabulary.tags.target),
    testCounts: testCounts && testCounts.map(countRows),
    model,
    modelHash: modelHash(model),
    engine: engineFacts(engine),
  };
}

/** Hits of a saved model in each gold document, with the recipe's own decoding. */
async function countModel(
  bytes: Uint8Array,
  documents: readonly AnnotatedDocument[],
  endStep: () => void,
): Promise<DocumentCounts[]> {
  const tagged = await tagGold(decodeModel(bytes), documents, endStep);
  return tagged.map(({ gold, predicted }) => countMatches(gold, predicted));
}

/** Counts the hits of the network as it is when called; the documents are encoded once. */
function counter(
  network: Network,
  vocabulary: Vocabulary,
  forms: FormTable,
  documents: readonly AnnotatedDocument[],
  endStep: () => void,
): () => Promise<DocumentCounts[]> {
  const { training, decoding } = network.recipe;
  const { sentences } = encodeDocuments(documents, forms, null, training.maxSentenceTokens);
  const gold = documents.map(goldSpans);
  return async () => {
    const tagger = createTagger(network, vocabulary.tags.target, forms, decoding.beamWidth, endStep);
    const predicted = await predictSentences(tagger, documents, sentences);
    disposeTagger(tagger);
    return gold.map((spans, i) => countMatches(spans, predicted[i] ?? []));
  };
}

/** Counts as plain rows, which cross borders and are stored. */
function countRows(counts: DocumentCounts): LabelCountRow[] {
  return Array.from(counts, ([label, { gold, predicted, strict, lenient }]) => [
    label,
    gold,
    predicted,
    strict,
    lenient,
  ]);
}

function requireData(recipe: Recipe, select: Selection, dev: DevDocuments): void {
  const missing = (what: string, nextStep: string): AppError =>
    new AppError('data-missing', what, { details: { nextStep } });
  if (select('target', 'train').length === 0)
    throw missing(
      'The target has no training documents.',
      'Import target documents with --split train, or run `notegraft split`.',
    );
  if (dev.from === 'sources') {
    if (!hasSpans(dev.documents))
      throw missing(
        'Neither the target nor a source has annotated development documents, so no epoch could be told from another.',
        'Share out a source with `notegraft split --role source`, or import annotated target documents with --split dev.',
      );
  } else if (dev.documents.length === 0)
    throw missing(
      'The target has no development documents.',
      'Import target documents with --split dev, or run `notegraft split`.',
    );
  for (const source of sourcesOf(recipe.tasks).filter((task) => select(task, 'train').length === 0)) {
    throw source === plainSource
      ? missing(
          `The recipe ${recipe.name} learns from a source, and the project has none.`,
          'Import one with --role source, or train the recipe baseline.',
        )
      : missing(
          `The ${taskText(source)} has no training documents.`,
          `Import some with --role source:${source} --split train, or leave it out with --sources.`,
        );
  }
  for (const task of recipe.tasks) {
    if (!hasSpans(select(task, 'train')) && !(task === 'target' && expertsOf(recipe)))
      throw missing(
        `The ${taskText(task)} training documents have no annotations.`,
        'Check the import audit with `notegraft audit`.',
      );
    if (select(task, 'train').every(({ tokens }) => tokenCount(tokens) === 0))
      throw missing(`The ${taskText(task)} training documents hold no words.`, 'Import documents that hold text.');
  }
  if (!hasSpans(dev.documents))
    throw missing(
      'The target development documents have no annotations, so no epoch could be told from another.',
      'Import annotated documents with --split dev, or run `notegraft split` with another seed.',
    );
}

/** How many there are of all these tasks together. */
function countOf(all: ReadonlyMap<Task, readonly unknown[]>, tasks: readonly Task[]): number {
  return tasks.reduce((sum, task) => sum + (all.get(task)?.length ?? 0), 0);
}

/** All documents; of the target's training sentences the share that the recipe learns from. */
function withLabelRate({ training }: Recipe, seed: number, documents: readonly TaskDocument[]): TaskDocument[] {
  const isThinned = ({ task, split }: TaskDocument): boolean => task === 'target' && split === 'train';
  const thinned = thinDocuments(documents.filter(isThinned), training.labelRate, seed);
  return [...documents.filter((document) => !isThinned(document)), ...thinned];
}

/** Share of the training tokens' occurrences that start from a given vector, 0..1. */
function knownShare(occurrences: Int32Array, hasVector: Uint8Array): number {
  let [known, all] = [0, 0];
  for (const [word, count] of occurrences.entries()) {
    all += count;
    if (hasVector[word]) known += count;
  }
  return all === 0 ? 0 : known / all;
}

/** Words without a vector start uniform in ±√(3/size) (Lample et al. 2016); unknown likewise. */
function newNetwork(recipe: Recipe, sizes: NetworkSizes, vectors: WordVectors | null, seed: number): Network {
  const random = seededRandom(deriveSeed(seed, 'word vectors'));
  const bound = Math.sqrt(3 / sizes.wordSize);
  const table = Float32Array.from({ length: sizes.words * sizes.wordSize }, () => (random.next() * 2 - 1) * bound);
  if (vectors) table.set(vectors.values, sizes.wordSize);
  return createNetwork(recipe, sizes, table, seed);
}
