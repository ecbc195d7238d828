/** The skip-gram kernel against its equations in double precision, and what trained vectors are like. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { wordCollector, type CorpusWords } from '../../worker/data/corpus-words.ts';
import { subwordsOf, type Subwords } from '../../worker/data/subwords.ts';
import { tokenTable } from '../../worker/data/tokenize.ts';
import { embeddingSettingsSchema, type EmbeddingSettings } from '../../worker/domain/embeddings.ts';
import { applyMode, kernelModes } from '../../worker/engine/simd/kernel-modes.ts';
import { JobQueue } from '../../worker/engine/simd/jobs.ts';
import { openSkipGram, type SubwordRows } from '../../worker/engine/simd/skip-gram.ts';
import { trainSkipGram, type TrainedVectors } from '../../worker/train/skip-gram.ts';
import { finished } from '../support/jobs.ts';
import { topicContrast, topicSentences } from '../support/word-topics.ts';

const dimensions = 10;
const rate = 0.3;
/** Word 3 is all noise, and no sentence holds it. */
const noiseWord = 3;
const words = 4;
const everyDraw = Int32Array.from({ length: words }, () => -1);
const onlyNoiseWord = Int32Array.from({ length: 2 * words }, (_, i) => (i % 2 === 0 ? 0 : noiseWord));
const sentences = [
  [0, 1],
  [2, 0, 2],
];
const subwordRows: SubwordRows = { offsets: Int32Array.of(0, 2, 2, 3, 3), rows: Int32Array.of(1, 0, 1), count: 2 };

const startValue = (row: number, k: number): number => Math.fround(Math.sin(1 + row * 31 + k * 7) / 2);

/**
 * One pass over {@link sentences} with a window of one word and two noise words for each word of the context, in double precision:
 * the hidden vector is the mean of the centre's rows (Bojanowski et al. 2017, Eq. 1), its gradient is that of Mikolov et al. 2013, Eq. 4,
 * summed over the window. Outputs are taken by fours, each four from the rows as they are before it.
 */
function reference(subwords: SubwordRows | null): number[][] {
  const input = Array.from({ length: words + (subwords?.count ?? 0) }, (_, row) =>
    Array.from({ length: dimensions }, (_unused, k) => startValue(row, k)),
  );
  const output = Array.from({ length: words }, () => new Array<number>(dimensions).fill(0));
  for (const sentence of sentences) {
    for (const [i, centre] of sentence.entries()) {
      const own = subwords?.rows.subarray(subwords.offsets[centre], subwords.offsets[centre + 1]) ?? [];
      const rows = [centre, ...Array.from(own, (row) => words + row)].map((row) => input[row] ?? []);
      const hidden = Array.from(
        { length: dimensions },
        (_, k) => rows.reduce((sum, row) => sum + (row[k] ?? 0), 0) / rows.length,
      );
      const neighbours = [sentence[i - 1], sentence[i + 1]].flatMap((word) => word ?? []);
      const outputs = neighbours.flatMap((word) => [
        { row: output[word] ?? [], wanted: 1 },
        { row: output[noiseWord] ?? [], wanted: 0 },
        { row: output[noiseWord] ?? [], wanted: 0 },
      ]);
      const gradient = new Array<number>(dimensions).fill(0);
      for (let at = 0; at < outputs.length; at += 4) {
        const four = outputs.slice(at, at + 4);
        const scores = four.map(({ row }) => row.reduce((sum, value, k) => sum + value * (hidden[k] ?? 0), 0));
        for (const [o, { row, wanted }] of four.entries()) {
          const g = (wanted - 1 / (1 + Math.exp(-(scores[o] ?? 0)))) * rate;
          for (let k = 0; k < dimensions; k++) {
            gradient[k] = (gradient[k] ?? 0) + g * (row[k] ?? 0);
            row[k] = (row[k] ?? 0) + g * (hidden[k] ?? 0);
          }
        }
      }
      for (const row of rows) for (let k = 0; k < dimensions; k++) row[k] = (row[k] ?? 0) + (gradient[k] ?? 0);
    }
  }
  return input;
}

describe('one pass gives the equations’ vectors', () => {
  for (const mode of ['plain', 'relaxed', 'revectorized'] as const) {
    for (const subwords of [null, subwordRows]) {
      test(`${mode}, ${subwords ? 'with' : 'without'} subwords`, () => {
        const queue = new JobQueue(applyMode(mode));
        let asked = 0;
        const skipGram = openSkipGram(queue, {
          ...{ words, dimensions, window: 1, negatives: 2, noise: onlyNoiseWord, keep: everyDraw, subwords },
          startValue: () => startValue(Math.floor(asked / dimensions), asked++ % dimensions),
        });
        const text = Int32Array.from(sentences.flatMap((sentence) => [...sentence, -1]));
        skipGram.train([{ text, seed: 5, learningRate: rate }]);
        for (const [row, expected] of reference(subwords).entries()) {
          for (const [k, value] of skipGram.inputRow(row).entries())
            assert.ok(
              Math.abs(value - (expected[k] ?? NaN)) < 1e-5,
              `row ${row}, number ${k}: ${value}, ${expected[k]}`,
            );
        }
        skipGram.release();
      });
    }
  }
});

const settings = embeddingSettingsSchema.parse({
  dimensions: 16,
  epochs: 8,
  minCount: 1,
  subsample: 0,
  learningRate: 0.05,
});
const text = topicSentences(1500).join('.\n');

function corpusOf(note: string): CorpusWords {
  const collector = wordCollector();
  collector.add(note, tokenTable(note));
  return collector.finish(1);
}

const corpus = corpusOf(text);
const queues = { 1: new JobQueue(kernelModes.plain), 2: new JobQueue(kernelModes.plain) };
after(() => Promise.all([queues[1].close(), queues[2].close()]));

async function trainedOn(threads: 1 | 2, subwords: Subwords | null, changed: Partial<EmbeddingSettings> = {}) {
  await queues[threads].useThreads(threads);
  const { result } = await finished(trainSkipGram(queues[threads], corpus, subwords, { ...settings, ...changed }));
  return result;
}

/** All vectors in the order of the words. */
function table(trained: TrainedVectors): number[] {
  return corpus.words.flatMap((_, word) => [...trained.wordVector(word)]);
}

const subwords = subwordsOf(corpus.words, { shortest: 3, longest: 5, buckets: 1000 });

describe('words that share their sentences get vectors that are alike', () => {
  for (const threads of [1, 2] as const) {
    for (const parts of [null, subwords]) {
      test(`on ${threads} thread${threads === 1 ? '' : 's'}, ${parts ? 'with' : 'without'} subwords`, async () => {
        const trained = await trainedOn(threads, parts);
        const contrast = topicContrast((word) => trained.wordVector(corpus.words.indexOf(word)));
        assert.ok(contrast > 0.5, `${contrast}`);
        trained.release();
      });
    }
  }
});

test('on one thread the same seed gives the same vectors, and another seed others', async () => {
  const [first, second, other] = [
    await trainedOn(1, subwords),
    await trainedOn(1, subwords),
    await trainedOn(1, subwords, { seed: 2 }),
  ];
  assert.deepEqual(table(second), table(first));
  assert.notDeepEqual(table(other), table(first));
  for (const trained of [first, second, other]) trained.release();
});

test('a word that was never seen gets the mean of its subwords, like the words it resembles', async () => {
  const trained = await trainedOn(1, subwords);
  const unseen = trained.composed(subwords.rowsOf('heparins'));
  const contrast = topicContrast((word) =>
    word === 'heparin' ? unseen : trained.wordVector(corpus.words.indexOf(word)),
  );
  assert.ok(contrast > 0.5, `${contrast}`);
  assert.deepEqual([...trained.composed([])], new Array(settings.dimensions).fill(0));
  trained.release();
});

test('thinning out frequent words trains on fewer of them, and still tells the topics apart', async () => {
  const trained = await trainedOn(1, null, { subsample: 0.02 });
  assert.ok(topicContrast((word) => trained.wordVector(corpus.words.indexOf(word))) > 0.5);
  trained.release();
});
