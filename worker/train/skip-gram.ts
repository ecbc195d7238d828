/** Trains word vectors: skip-gram with negative sampling (Mikolov et al. 2013), subwords where wanted (Bojanowski et al. 2017). */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CorpusWords } from '../data/corpus-words.ts';
import type { Subwords } from '../data/subwords.ts';
import type { EmbeddingSettings } from '../domain/embeddings.ts';
import { deriveSeed, seededRandom } from '../domain/random.ts';
import type { JobQueue } from '../engine/simd/jobs.ts';
import { openSkipGram, type SkipGram, type Stretch } from '../engine/simd/skip-gram.ts';
import { aliasTable, threshold } from './alias-table.ts';

export interface SkipGramProgress {
  /** Tokens trained on so far, counted once an epoch. */
  readonly done: number;
  readonly total: number;
  readonly tokensPerSecond: number;
}

export interface TrainedVectors {
  /** Vector of a vocabulary word `[dimensions]`: its own, or the mean of its own and its subwords'. */
  wordVector(word: number): Float32Array;
  /** Mean of the vectors of subwords `[dimensions]`; zeros for none. */
  composed(rows: readonly number[]): Float32Array;
  readonly seconds: number;
  readonly tokensPerSecond: number;
  /** Gives the tables back; no vector can be asked for afterwards. */
  release(): void;
}

/** Words of one kernel job: the text of some tens of milliseconds at most. */
const stretchWords = 8192;
/** Kernel jobs a thread between two looks at the clock. */
const jobsAThread = 4;
const progressEveryMs = 250;
/** The learning rate falls to this share of its start (word2vec.c). */
const lastRateShare = 1e-4;
/** Noise words are drawn by count to this power (Mikolov et al. 2013, §2.2). */
const noisePower = 0.75;

/**
 * Train on a queue's threads. With one thread the same settings and text give the same vectors; several threads write the same
 * tables without locks, and their vectors differ a little from run to run. Gives control back at each report.
 * @throws RangeError where memory does not hold the tables.
 */
export async function* trainSkipGram(
  queue: JobQueue,
  corpus: CorpusWords,
  subwords: Subwords | null,
  settings: EmbeddingSettings,
): AsyncGenerator<SkipGramProgress, TrainedVectors> {
  const { dimensions, epochs, seed } = settings;
  const random = seededRandom(deriveSeed(seed, 'word vectors'));
  const skipGram = openSkipGram(queue, {
    words: corpus.words.length,
    dimensions,
    window: settings.window,
    negatives: settings.negatives,
    noise: aliasTable(Float64Array.from(corpus.counts, (count) => count ** noisePower)),
    keep: keepThresholds(corpus, settings.subsample),
    subwords,
    startValue: () => (random.next() - 0.5) / dimensions,
  });
  const stretches = cutStretches(corpus.text);
  const steps = epochs * stretches.length;
  const together = queue.threads * jobsAThread;
  const started = performance.now();
  const progress = (step: number): SkipGramProgress => {
    const done = Math.round((corpus.tokens * step) / stretches.length);
    return { done, total: corpus.tokens * epochs, tokensPerSecond: done / ((performance.now() - started) / 1000) };
  };
  let reported = started;
  let isWhole = false;
  try {
    for (let step = 0; step < steps; step += together) {
      const jobs = Array.from({ length: Math.min(together, steps - step) }, (_, i): Stretch => ({
        text: stretches[(step + i) % stretches.length] as Int32Array,
        seed: deriveSeed(seed, String(step + i)),
        learningRate: settings.learningRate * Math.max(lastRateShare, 1 - (step + i) / steps),
      }));
      skipGram.train(jobs);
      if (performance.now() - reported < progressEveryMs) continue;
      reported = performance.now();
      yield progress(step + jobs.length);
      await nextTurn();
    }
    isWhole = true;
  } finally {
    if (!isWhole) skipGram.release();
  }
  const { tokensPerSecond } = progress(steps);
  return { ...vectorsOf(skipGram, subwords, settings), seconds: (performance.now() - started) / 1000, tokensPerSecond };
}

function vectorsOf(skipGram: SkipGram, subwords: Subwords | null, { dimensions }: EmbeddingSettings) {
  const words = subwords ? skipGram.inputRows - subwords.count : skipGram.inputRows;
  const mean = (rows: readonly number[]): Float32Array => {
    const sum = new Float32Array(dimensions);
    for (const row of rows) {
      const values = skipGram.inputRow(row);
      for (let k = 0; k < dimensions; k++) sum[k] = (sum[k] ?? 0) + (values[k] ?? 0);
    }
    return rows.length === 0 ? sum : sum.map((value) => value / rows.length);
  };
  return {
    wordVector(word: number) {
      const own = subwords?.rows.subarray(subwords.offsets[word], subwords.offsets[word + 1]) ?? [];
      return mean([word, ...Array.from(own, (row) => words + row)]);
    },
    composed: (rows: readonly number[]) => mean(rows.map((row) => words + row)),
    release: () => skipGram.release(),
  };
}

/** Thinning of frequent words as word2vec.c does it: a word of share f is kept with probability (√(f/t) + 1)·t/f. */
function keepThresholds({ counts, tokens }: CorpusWords, subsample: number): Int32Array {
  return Int32Array.from(counts, (count) => {
    const share = count / tokens / subsample;
    return threshold(subsample === 0 ? 1 : Math.min(1, (Math.sqrt(share) + 1) / share));
  });
}

/** The text in parts of whole sentences. */
function cutStretches(text: Int32Array): Int32Array[] {
  const found: Int32Array[] = [];
  for (let at = 0; at < text.length;) {
    let end = Math.min(text.length, at + stretchWords);
    while (end < text.length && text[end - 1] !== -1) end++;
    found.push(text.subarray(at, end));
    at = end;
  }
  return found;
}
