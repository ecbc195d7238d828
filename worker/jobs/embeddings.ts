/** The embeddings job: word vectors from the team's own notes, and from the project's corpora where wanted. */
import { type CorpusWords, wordCollector, type WordCollector } from '../data/corpus-words.ts';
import { type Subwords, subwordsOf } from '../data/subwords.ts';
import { zeroDigits } from '../data/vocabulary.ts';
import { AppError, type ErrorRecord, toErrorRecord } from '../domain/errors.ts';
import type { EmbeddingSettings } from '../domain/embeddings.ts';
import { encodeWord2vec } from '../domain/word2vec.ts';
import { simdBackend } from '../engine/simd/backend.ts';
import { discoverNotes } from '../formats/discover.ts';
import { readGroup } from '../formats/readers.ts';
import type { JobOf } from '../protocol-jobs.ts';
import type { JobEvents, JobResults, TaskDocument } from '../protocol.ts';
import { trainSkipGram, type TrainedVectors } from '../train/skip-gram.ts';
import { engineFacts, openEngine } from './engine.ts';

/** Failed notes that are named in the result. */
const mostFailures = 20;
const notesAProgress = 50;

/**
 * Every streamed document tells which words the project needs; those without a trained vector get one composed of subwords. Only the
 * documents that are not test ones are trained on, and only where the job says so.
 * @throws AppError `file-not-found`, `folder-empty`, `data-missing` where no word is frequent enough, `engine-unavailable`, `memory-exhausted`.
 */
export async function* embeddingsJob(
  job: JobOf<'embeddings'>,
  stream: AsyncIterable<TaskDocument>,
): AsyncGenerator<JobEvents['embeddings'], JobResults['embeddings']> {
  const started = performance.now();
  const { settings } = job;
  const collector = wordCollector();
  const wanted = new Set<string>();
  let documents = 0;
  for await (const { text, tokens, split } of stream) {
    for (const [i, start] of tokens.starts.entries()) wanted.add(text.slice(start, tokens.ends[i]).toLowerCase());
    if (!job.corpora || split === 'test') continue;
    collector.add(text, tokens);
    documents++;
  }
  const reading = yield* readNotes(job.paths, collector);
  const corpus = collector.finish(settings.minCount);
  if (corpus.tokens < 2 || corpus.words.length < 2) throw tooLittle(settings.minCount, collector.tokens);
  const subwords = settings.subwords ? subwordsOf(corpus.words, settings.subwords) : null;
  const engine = await openEngine({ ...job.engine, backend: 'simd' });
  const training = trainSkipGram(simdBackend().queue, corpus, subwords, settings);
  let step = await training.next();
  for (; !step.done; step = await training.next()) yield { kind: 'progress', part: 'training', ...step.value };
  const trained = step.value;
  const composed = subwords ? composeMissing(corpus.words, wanted, subwords, trained) : new Map<string, Float32Array>();
  const vectors = encodeAll(corpus, composed, trained, settings);
  trained.release();
  return {
    vectors,
    facts: {
      settings,
      trainedWords: corpus.words.length,
      composedWords: composed.size,
      tokens: collector.tokens,
      trainedTokens: corpus.tokens,
      notes: reading.notes,
      failedNotes: reading.failed,
      documents,
      threads: engine.threads,
      seconds: (performance.now() - started) / 1000,
      trainingSeconds: trained.seconds,
      tokensPerSecond: Math.round(trained.tokensPerSecond),
    },
    failures: reading.failures,
    engine: engineFacts(engine),
  };
}

interface Reading {
  readonly notes: number;
  readonly failed: number;
  readonly failures: { name: string; error: ErrorRecord }[];
}

/** One bad note never sinks the rest. */
async function* readNotes(
  paths: readonly string[],
  collector: WordCollector,
): AsyncGenerator<JobEvents['embeddings'], Reading> {
  const groups = paths.length === 0 ? [] : discoverNotes(paths);
  const failures: Reading['failures'] = [];
  let failed = 0;
  for (const [done, group] of groups.entries()) {
    if (done % notesAProgress === 0) yield { kind: 'progress', part: 'reading', done, total: groups.length };
    try {
      for (const { document } of await readGroup(group, 'text')) collector.add(document.text, document.tokens);
    } catch (thrown) {
      failed++;
      if (failures.length < mostFailures) failures.push({ name: group.name, error: toErrorRecord(thrown) });
    }
  }
  return { notes: groups.length - failed, failed, failures };
}

/** Vectors of the wanted words that the training left out, in the order of their letters; none for a word with few known subwords. */
function composeMissing(
  words: readonly string[],
  wanted: ReadonlySet<string>,
  subwords: Subwords,
  trained: TrainedVectors,
): Map<string, Float32Array> {
  const known = new Set(words);
  // A number's form with zeros is found by the tagger's look-up.
  const missing = [...wanted].filter((word) => !known.has(word) && !known.has(zeroDigits(word)));
  const rows = missing.sort().map((word) => [word, subwords.rowsOf(word)] as const);
  return new Map(rows.filter(([, own]) => own.length > 0).map(([word, own]) => [word, trained.composed(own)]));
}

function encodeAll(
  { words }: CorpusWords,
  composed: ReadonlyMap<string, Float32Array>,
  trained: TrainedVectors,
  { dimensions }: EmbeddingSettings,
): Uint8Array {
  const all = [...words, ...composed.keys()];
  const values = new Float32Array(all.length * dimensions);
  for (const i of words.keys()) values.set(trained.wordVector(i), i * dimensions);
  for (const [i, vector] of [...composed.values()].entries()) values.set(vector, (words.length + i) * dimensions);
  return encodeWord2vec(all, dimensions, values);
}

function tooLittle(minCount: number, tokens: number): AppError {
  const what = tokens === 0 ? 'The notes hold no words.' : `No words occur ${minCount} times or more in the notes.`;
  return new AppError('data-missing', what, {
    details: { tokens, nextStep: 'Name folders with more notes, or give a smaller --min-count.' },
  });
}
