/** Skip-gram on the kernels: its tables in their memory, and passes over stretches of text on all threads of the queue. */
import type { Pointer } from './heap.ts';
import { floatBits, kind, type JobQueue } from './jobs.ts';

/** Words of a sentence at most. */
const longestSentence = 1000;

/** Which rows belong to each word besides its own: subwordRows[offsets[w]] up to subwordRows[offsets[w + 1]], counted from 0. */
export interface SubwordRows {
  /** `[words + 1]`. */
  readonly offsets: Int32Array;
  readonly rows: Int32Array;
  /** Distinct subwords. */
  readonly count: number;
}

export interface SkipGramSetup {
  readonly words: number;
  readonly dimensions: number;
  /** Words to each side of a centre at most. */
  readonly window: number;
  /** Noise words for each word of the context. */
  readonly negatives: number;
  /** Alias table `[words, 2]`: a draw's fraction (32 bits) at most the first keeps the entry, else the second is the word. */
  readonly noise: Int32Array;
  /** `[words]`: a word is kept where a 32-bit draw is at most this. */
  readonly keep: Int32Array;
  readonly subwords: SubwordRows | null;
  /** Asked for each number of the input table `[words + subwords.count, dimensions]`, row by row. */
  readonly startValue: () => number;
}

/** Words of the text that one job works through: their numbers, −1 behind each sentence, of at most 1,000 words each. */
export interface Stretch {
  readonly text: Int32Array;
  /** 32 bits; with one thread the same seeds give the same tables. */
  readonly seed: number;
  readonly learningRate: number;
}

export interface SkipGram {
  /**
   * Train on the stretches; they run at the same time on the queue's threads, writing the same tables without locks (Hogwild), so
   * that only one thread gives the same result twice.
   */
  train(stretches: readonly Stretch[]): void;
  /** Words and subwords together. */
  readonly inputRows: number;
  /** Row `row` of the input table `[dimensions]`; words come first, subwords after them. */
  inputRow(row: number): Float32Array;
  /** Gives the memory back. */
  release(): void;
}

const planWords = 16;
const floatsAVector = 8;

/**
 * Allocate and start the tables: input rows as `startValue` gives them, output rows 0 (word2vec).
 * @throws RangeError where memory does not hold the tables.
 */
export function openSkipGram(queue: JobQueue, setup: SkipGramSetup): SkipGram {
  const { heap } = queue;
  const { words, dimensions, window, negatives, subwords } = setup;
  const held: Pointer[] = [];
  const allocate = (floats: number): Pointer => {
    const pointer = heap.allocate(floats);
    held.push(pointer);
    return pointer;
  };
  const upload = (values: Int32Array): Pointer => {
    const pointer = allocate(values.length);
    heap.i32.set(values, pointer >> 2);
    return pointer;
  };
  const width = Math.ceil(dimensions / floatsAVector) * floatsAVector;
  const inputRows = words + (subwords?.count ?? 0);
  const input = allocate(inputRows * width);
  // One row of zeros behind the last word: what fills a group of four up.
  const output = allocate((words + 1) * width);
  heap.f32.fill(0, output >> 2, (output >> 2) + (words + 1) * width);
  for (let row = 0, at = input >> 2; row < inputRows; row++, at += width) {
    for (let k = 0; k < width; k++) heap.f32[at + k] = k < dimensions ? setup.startValue() : 0;
  }
  const outputs = Math.ceil((2 * window * (1 + negatives)) / 4) * 4;
  const pointers = [upload(setup.noise), upload(setup.keep)];
  const subwordPointers = subwords
    ? [upload(subwords.offsets), upload(subwords.rows.map((row) => words + row))]
    : [0, 0];
  const plan = allocate(planWords);
  heap.i32.set(
    [input, output, width * 4, window, negatives, ...pointers, ...subwordPointers, words, outputs],
    plan >> 2,
  );
  const scratchFloats = 2 * width + 2 * outputs + longestSentence;
  let [text, textCapacity, scratch, scratchCount] = [0, 0, 0, 0];

  return {
    train(stretches) {
      const total = stretches.reduce((sum, stretch) => sum + stretch.text.length, 0);
      if (total > textCapacity) [text, textCapacity] = [allocate(total), total];
      if (stretches.length > scratchCount)
        [scratch, scratchCount] = [allocate(stretches.length * scratchFloats), stretches.length];
      let at = text;
      queue.together(() => {
        for (const [i, stretch] of stretches.entries()) {
          heap.i32.set(stretch.text, at >> 2);
          const own = scratch + i * scratchFloats * 4;
          queue.push(kind.skipGram, plan, at, stretch.text.length, stretch.seed, floatBits(stretch.learningRate), own);
          at += stretch.text.length * 4;
        }
      });
      queue.flush();
    },
    inputRows,
    inputRow(row) {
      const at = (input >> 2) + row * width;
      return heap.f32.subarray(at, at + dimensions);
    },
    release() {
      for (const pointer of held.splice(0)) heap.release(pointer);
    },
  };
}
